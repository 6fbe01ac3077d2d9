import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seenByPs } from '../../../src/local/processIdentity.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const path = process.env['PATH'];

/** A `ps` that runs this line of shell. */
async function withPs(line: string): Promise<void> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ps'), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  process.env['PATH'] = [folder, path].join(delimiter);
}

describe('What "ps" says of a process', () => {
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('is the same in every time zone', async () => {
    await withPs('echo "  at noon, $TZ $LC_ALL"');
    expect(await seenByPs(42)).toEqual({ state: 'runs', identity: 'at noon, UTC C' });
  });

  it.each(['exit 1', 'exit 0'])(
    'is that there is none where it has no word for it: %s',
    async (line) => {
      await withPs(line);
      expect(await seenByPs(42)).toEqual({ state: 'gone' });
    },
  );

  it.each(['exit 2', 'kill -9 $$'])('is unknown, not gone, where it fails: %s', async (line) => {
    await withPs(line);
    expect(await seenByPs(42)).toEqual({ state: 'unknown' });
  });
});
