import { asSetupError, isCancellation } from '../setup/errors.ts';
import { parseArguments } from './arguments.ts';
import { readCloudFile, readJsonFile } from './cloudFile.ts';
import { errorEvent, printEvent } from './output.ts';
import { respawnFor } from './respawn.ts';
import { setupCommand } from './setupCommand.ts';
import { askedSpecSchema } from '../setup/askedSpec.ts';
import { specSchema } from '../setup/projectSpec.ts';
import { UsageError } from './usageError.ts';

const STOPPED = 130;

/** Exit codes: 0 done, 1 failed, 2 wrong arguments or files, 130 stopped by the user. */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  const cloud = await readCloudFile(options.cloud);
  const spec = await readJsonFile(
    options.spec,
    'spec',
    options.mode === 'undo' ? specSchema : askedSpecSchema,
  );
  const elsewhere = await respawnFor(cloud);
  if (elsewhere !== undefined) return elsewhere;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
  return await setupCommand(options, spec, cloud, stop.signal);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else if (isCancellation(error)) {
    process.exitCode = STOPPED;
  } else {
    printEvent(errorEvent(asSetupError(error), Date.now()));
    process.exitCode = 1;
  }
}
// A request that was cancelled leaves its timer behind, and the process would wait minutes for that.
if (process.exitCode === STOPPED) process.stdout.write('', () => process.exit());
