import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';

const program = path.resolve(import.meta.dirname, '..', 'companion', 'azureCli', 'az.mjs');

/** A folder for the PATH with a stand-in for Azure CLI, to which nobody is signed in at first. */
export class AzureCli {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** For VS Code. Without the mark it would take the PATH of a login shell instead of this one. */
  get env(): Readonly<Record<string, string>> {
    const PATH = `${this.#folder}${path.delimiter}${process.env['PATH'] ?? ''}`;
    return { PATH, VSCODE_CLI: '1' };
  }

  static async install(): Promise<AzureCli> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'dstack-az-'));
    await cp(program, path.join(folder, 'az.mjs'));
    const start = `#!/bin/sh\nexec "${process.execPath}" "${path.join(folder, 'az.mjs')}" "$@"\n`;
    await writeFile(path.join(folder, 'az'), start, { mode: 0o755 });
    return new AzureCli(folder);
  }

  /** As after `az login`. */
  async signIn(username: string): Promise<void> {
    const account = { username, tenantId: SINGLE.tenantId };
    await writeFile(path.join(this.#folder, 'signed-in'), JSON.stringify(account));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
