import { join } from 'node:path';
import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import type { JournalEntry } from '../setup/journal.ts';
import type { Journal } from '../setup/ports.ts';
import { fileError } from './fileErrors.ts';
import { errorCode, nodeFileSystem, type FileSystem } from './fileSystem.ts';

/**
 * The journal as files: one JSON line per entry, one file per project, only ever appended to. An
 * entry is on the disk when `append` resolves. A line that a crash tore is no entry: its call was
 * never sent, because the sender waits for `append`.
 */
export class JournalFile implements Journal {
  readonly #folder: string;
  readonly #fs: FileSystem;
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder the extension's own storage; made when it is first needed */
  constructor(folder: string, fileSystem: FileSystem = nodeFileSystem) {
    this.#folder = folder;
    this.#fs = fileSystem;
  }

  /** @throws SetupError `file_not_writable`, `disk_full` */
  append(entry: JournalEntry): Promise<void> {
    return this.#inTurn(entry.projectId, (path) => this.#write(path, entry));
  }

  /** @throws SetupError `journal_too_new` if a later version of the extension wrote it */
  read(projectId: string): Promise<readonly JournalEntry[]> {
    return this.#inTurn(projectId, async (path) => {
      const text = await this.#text(path);
      return text.split('\n').flatMap((line) => entryOf(path, line) ?? []);
    });
  }

  forget(projectId: string): Promise<void> {
    return this.#inTurn(projectId, (path) => this.#fs.rm(path, { force: true }));
  }

  /** One operation after the other, so that a line is never inside another one. */
  async #inTurn<T>(projectId: string, action: (path: string) => Promise<T>): Promise<T> {
    const path = this.#path(projectId);
    const turn = this.#last.then(() => action(path));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      throw fileError(path, error);
    }
  }

  async #write(path: string, entry: JournalEntry): Promise<void> {
    await this.#fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const handle = await this.#fs.open(path, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const isTorn = bytesRead === 1 && buffer.toString() !== '\n';
      await handle.appendFile(`${isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #text(path: string): Promise<string> {
    try {
      return await this.#fs.readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    }
  }

  #path(projectId: string): string {
    if (!/^[0-9a-f-]{36}$/i.test(projectId)) throw new TypeError('not a project id');
    return join(this.#folder, `journal-${projectId.toLowerCase()}.jsonl`);
  }
}

function entryOf(path: string, line: string): JournalEntry | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null || !('schema' in entry)) return undefined;
  if (entry.schema === 1) return entry as JournalEntry;
  throw new SetupError({
    code: 'journal_too_new',
    source: 'user',
    message: t('The record of an earlier run was written by a newer version of this extension.'),
    remedy: t('Update the extension, then go on.'),
    object: path,
  });
}
