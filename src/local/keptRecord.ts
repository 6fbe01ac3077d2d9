import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject } from '../setup/json.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';
import { processSeen } from './processIdentity.ts';

/** A server that outlives its window, as the next one finds it. No secret. */
export interface KeptRecord {
  readonly pid: number;
  /** Of the process that was started: its number alone may be another program's by now. */
  readonly identity: string;
  readonly url: string;
}

export async function writeKeptRecord(file: string, record: KeptRecord): Promise<void> {
  const text = `${JSON.stringify({ schema: 1, ...record })}\n`;
  await updateTextFile(file, () => text, { root: dirname(file), newMode: 0o600 });
}

/** What the file says, whether or not that server still runs. */
export async function readKeptRecord(file: string): Promise<KeptRecord | undefined> {
  try {
    const text = await readTextFile(file, { root: dirname(file) });
    const value: unknown = JSON.parse(text ?? 'null');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the record away, unless it is of another server by now. */
export async function forgetKeptRecord(file: string, { pid, identity }: KeptRecord): Promise<void> {
  const there = await readKeptRecord(file);
  if (there?.pid === pid && there.identity === identity) await rm(file, { force: true });
}

/** What has become of the very process of the record. */
export async function stateOf({ pid, identity }: KeptRecord): Promise<'runs' | 'gone' | 'unknown'> {
  const seen = await processSeen(pid);
  // Another process has the number by now.
  return seen.state === 'runs' && seen.identity !== identity ? 'gone' : seen.state;
}

function isRecord(value: unknown): value is KeptRecord {
  return (
    isJsonObject(value) &&
    value['schema'] === 1 &&
    Number.isSafeInteger(value['pid']) &&
    Number(value['pid']) > 1 &&
    typeof value['identity'] === 'string' &&
    typeof value['url'] === 'string'
  );
}
