import { parseArgs } from 'node:util';
import { worldNames } from './core/worlds.ts';
import type { SimulatorOptions, StartLine } from './faces/startSimulator.ts';

const usage =
  'npm run simulator -- [--port N] [--world NAME] [--time-scale N] [--seed N] [--lag none|seeded]';

/** `npm run simulator`: one JSON line that tells clients how to get in, then runs until stopped. */
async function main(): Promise<number> {
  let options: SimulatorOptions;
  try {
    options = optionsFrom(process.argv.slice(2));
  } catch (error) {
    return complain(`${messageOf(error)} Usage: ${usage}`);
  }
  try {
    const stopped = untilSignal();
    // Loaded late: whoever has mistyped an option need not wait for it.
    const { startSimulator } = await import('./faces/startSimulator.ts');
    const simulator = await startSimulator(options);
    const { endpoints, suffixes, proxyUrl, caFile, controlUrl, sample } = simulator;
    const auth = { kind: 'clientSecret', tenantId: sample.tenantId, clientId: sample.clientId };
    const line: StartLine & { auth: typeof auth } = {
      ...{ endpoints, suffixes, proxyUrl, caFile, controlUrl, auth, sample },
    };
    simulator.simulated.requests.onUnsupported((operation) => {
      process.stderr.write(`Not simulated: ${operation}\n`);
    });
    process.stdout.write(`${JSON.stringify(line)}\n`);
    await stopped;
    await simulator.close();
    return 0;
  } catch (error) {
    return complain(whyNotStarted(error, options.port ?? 0));
  }
}

function optionsFrom(args: readonly string[]): SimulatorOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      world: { type: 'string', default: 'single' },
      'time-scale': { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      lag: { type: 'string', default: 'seeded' },
    },
  });
  const { world, lag } = values;
  if (!worldNames().includes(world)) {
    throw new RangeError(`There is no world "${world}"; there are ${worldNames().join(', ')}.`);
  }
  if (lag !== 'none' && lag !== 'seeded') throw new RangeError('--lag is none or seeded.');
  return {
    port: numberFrom('--port', values.port, /^\d+$/, 0, 65_535),
    timeScale: numberFrom('--time-scale', values['time-scale'], /^\d+(\.\d+)?$/, 0.001, 100_000),
    seed: numberFrom('--seed', values.seed, /^\d+$/, 0, 2 ** 32 - 1),
    world,
    lag,
  };
}

function numberFrom(name: string, text: string, form: RegExp, min: number, max: number): number {
  const value = Number(text);
  if (form.test(text) && value >= min && value <= max) return value;
  throw new RangeError(`${name} is a number from ${min} to ${max}.`);
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function whyNotStarted(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what listens there, or choose another with --port.`;
  }
  return `The simulated Azure could not start: ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 1;
}

process.exitCode = await main();
