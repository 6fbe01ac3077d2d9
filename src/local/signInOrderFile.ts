import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject } from '../setup/json.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';

/** Ids of projects in their order, in a file of this machine. No secret. */
export class SignInOrderFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async all(): Promise<readonly string[]> {
    if (!existsSync(this.#path)) return [];
    return idsIn(await readTextFile(this.#path, { root: dirname(this.#path) }));
  }

  async change(edit: (ids: readonly string[]) => readonly string[]): Promise<void> {
    const root = dirname(this.#path);
    await mkdir(root, { recursive: true, mode: 0o700 });
    await updateTextFile(this.#path, (text) => textOf(edit(idsIn(text))), { root, newMode: 0o600 });
  }
}

function textOf(projectIds: readonly string[]): string {
  return `${JSON.stringify({ schema: 1, projectIds })}\n`;
}

/** A file that can't be read names nobody, and is written anew by the next change. */
function idsIn(text: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    const ids: unknown = isJsonObject(value) && value['schema'] === 1 ? value['projectIds'] : [];
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
