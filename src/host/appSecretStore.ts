import { hostname } from 'node:os';
import type * as vscode from 'vscode';
import { isJsonObject } from '../setup/json.ts';
import type { HeldKey, SecretHolder } from '../setup/secretPorts.ts';
import type { AppSignIn } from './localServer.ts';

const PREFIX = 'dstackAzure.appSecret';
/** Which project's app the local server signs in as: one process has one environment. */
const LOCAL_SERVER_KEY = `${PREFIX}.localServer`;
/** The key id of a secret that was typed in: nobody knows its own. */
export const TYPED_KEY = 'typed';

interface Stored extends HeldKey {
  readonly clientSecret: string;
}

/** Client secrets of apps by project, in VS Code's secret storage and nowhere else. */
export class AppSecretStore implements SecretHolder {
  readonly name = hostname();
  readonly #storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#storage = storage;
  }

  async has(projectId: string, keyId: string): Promise<boolean> {
    return (await this.#read(projectId)).some((stored) => stored.keyId === keyId);
  }

  async put(key: HeldKey, value: string): Promise<void> {
    const others = (await this.#read(key.projectId)).filter(({ keyId }) => keyId !== key.keyId);
    const all: readonly Stored[] = [...others, { ...key, clientSecret: value }];
    await this.#storage.store(keyOf(key.projectId), JSON.stringify(all));
  }

  async forget(projectId: string): Promise<void> {
    await this.#storage.delete(keyOf(projectId));
    if ((await this.#storage.get(LOCAL_SERVER_KEY)) === projectId) {
      await this.#storage.delete(LOCAL_SERVER_KEY);
    }
  }

  /** What the project's server signs in as: the secret that was stored last. */
  async signInOf(projectId: string): Promise<AppSignIn | undefined> {
    const last = (await this.#read(projectId)).at(-1);
    if (last === undefined) return undefined;
    const { tenantId, clientId, clientSecret } = last;
    return { tenantId, clientId, clientSecret };
  }

  /** From now on the local server signs in as this project's app. */
  async useForLocalServer(projectId: string): Promise<void> {
    await this.#storage.store(LOCAL_SERVER_KEY, projectId);
  }

  /** What the local server signs in as; undefined means with what the machine has. */
  async localServerSignIn(): Promise<AppSignIn | undefined> {
    const projectId = await this.#storage.get(LOCAL_SERVER_KEY);
    return projectId === undefined ? undefined : this.signInOf(projectId);
  }

  /** The app that the local server signs in as, without its secret. */
  async localServerApp(): Promise<
    { readonly projectId: string; readonly clientId: string } | undefined
  > {
    const projectId = await this.#storage.get(LOCAL_SERVER_KEY);
    const app = projectId === undefined ? undefined : await this.signInOf(projectId);
    return projectId === undefined || app === undefined
      ? undefined
      : { projectId, clientId: app.clientId };
  }

  async #read(projectId: string): Promise<readonly Stored[]> {
    return storedIn(await this.#storage.get(keyOf(projectId)));
  }
}

function keyOf(projectId: string): string {
  return `${PREFIX}|${projectId}`;
}

/** What lies under our key and can't be read counts as not there. */
function storedIn(text: string | undefined): readonly Stored[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter(isStored) : [];
  } catch {
    return [];
  }
}

const FIELDS = [
  'projectId',
  'keyId',
  'tenantId',
  'clientId',
  'endDateTime',
  'clientSecret',
] as const satisfies readonly (keyof Stored)[];

function isStored(value: unknown): value is Stored {
  return isJsonObject(value) && FIELDS.every((field) => typeof value[field] === 'string');
}
