import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject } from '../setup/json.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';
import { processSeen } from './processIdentity.ts';

/** A process: its number alone may be another program's by now. */
export interface KnownProcess {
  readonly pid: number;
  readonly identity: string;
}

/** A server as other windows find it. No secret. */
export interface KeptRecord extends KnownProcess {
  readonly url: string;
  /** The window that it is to end with; a server that is kept has none. */
  readonly owner?: KnownProcess;
}

/** The process of this number as it is known from now on; undefined where this machine can't tell. */
export async function knownProcess(pid: number | undefined): Promise<KnownProcess | undefined> {
  const seen = pid === undefined ? undefined : await processSeen(pid);
  if (pid === undefined || seen?.state !== 'runs') return undefined;
  return { pid, identity: seen.identity };
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

/** What has become of the very process. */
export async function stateOf({
  pid,
  identity,
}: KnownProcess): Promise<'runs' | 'gone' | 'unknown'> {
  const seen = await processSeen(pid);
  // Another process has the number by now.
  return seen.state === 'runs' && seen.identity !== identity ? 'gone' : seen.state;
}

function isRecord(value: unknown): value is KeptRecord {
  if (!isJsonObject(value) || !isProcess(value)) return false;
  const { schema, url, owner } = value as { readonly [field: string]: unknown };
  const isOwned = owner === undefined || (isJsonObject(owner) && isProcess(owner));
  return schema === 1 && typeof url === 'string' && isOwned;
}

function isProcess(value: { readonly [field: string]: unknown }): boolean {
  const { pid, identity } = value;
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof identity === 'string';
}
