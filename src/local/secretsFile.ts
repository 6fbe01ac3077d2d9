import { chmod } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { HeldKey, SecretHolder } from '../setup/secretPorts.ts';
import { readTextFile, updateTextFile } from './atomicFile.ts';

const OWNER_ONLY = 0o600;

const fileSchema = z.strictObject({
  schema: z.literal(1),
  secrets: z.array(
    z.strictObject({
      projectId: z.string(),
      keyId: z.string(),
      tenantId: z.string(),
      clientId: z.string(),
      endDateTime: z.string(),
      clientSecret: z.string(),
    }),
  ),
});
type SecretsInFile = z.infer<typeof fileSchema>;

/**
 * New secrets in a JSON file that only its owner reads (`npm run setup -- --secrets-out FILE`). What is
 * in it stays; a file that is something else is never overwritten.
 */
export class SecretsFile implements SecretHolder {
  readonly name = hostname();
  readonly #path: string;

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /**
   * Makes sure that the file can be written before there is a secret to write.
   * @throws SetupError `file_not_writable`, `disk_full`, `secrets_file_unreadable`, ...
   */
  async prepare(): Promise<void> {
    await this.#update((content) => content);
  }

  async has(projectId: string, keyId: string): Promise<boolean> {
    const text = await readTextFile(this.#path, { root: dirname(this.#path) });
    return this.#parse(text).secrets.some(isFor({ projectId, keyId }));
  }

  async put(key: HeldKey, clientSecret: string): Promise<void> {
    await this.#update(({ secrets }) => {
      const others = secrets.filter((secret) => !isFor(key)(secret));
      return { schema: 1, secrets: [...others, { ...key, clientSecret }] };
    });
  }

  /** What the project's app signs in with: the secret that was stored last. */
  async newest(
    projectId: string,
  ): Promise<{ readonly clientId: string; readonly clientSecret: string } | undefined> {
    const text = await readTextFile(this.#path, { root: dirname(this.#path) });
    const held = this.#parse(text).secrets.filter((secret) => secret.projectId === projectId);
    const last = held.at(-1);
    return last && { clientId: last.clientId, clientSecret: last.clientSecret };
  }

  async forget(projectId: string): Promise<void> {
    const text = await readTextFile(this.#path, { root: dirname(this.#path) });
    if (!this.#parse(text).secrets.some((secret) => secret.projectId === projectId)) return;
    await this.#update(({ secrets }) => ({
      schema: 1,
      secrets: secrets.filter((secret) => secret.projectId !== projectId),
    }));
  }

  async #update(edit: (content: SecretsInFile) => SecretsInFile): Promise<void> {
    await updateTextFile(
      this.#path,
      (text) => `${JSON.stringify(edit(this.#parse(text)), undefined, 2)}\n`,
      { root: dirname(this.#path), newMode: OWNER_ONLY },
    );
    // An existing file keeps its mode when it is replaced; this one must not.
    await chmod(this.#path, OWNER_ONLY);
  }

  #parse(text: string | undefined): SecretsInFile {
    if (text === undefined || text.trim() === '') return { schema: 1, secrets: [] };
    const parsed = fileSchema.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    // No cause: it would quote the file.
    throw new SetupError({
      code: 'secrets_file_unreadable',
      source: 'user',
      message: t('{0} is no file of secrets that this program has written.', this.#path),
      remedy: t('Name another file.'),
      object: this.#path,
    });
  }
}

function isFor({ projectId, keyId }: Pick<HeldKey, 'projectId' | 'keyId'>) {
  return (secret: Pick<HeldKey, 'projectId' | 'keyId'>): boolean =>
    secret.projectId === projectId && secret.keyId === keyId;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
