import { hostname } from 'node:os';
import type * as vscode from 'vscode';
import { isJsonObject } from '../setup/json.ts';
import type { HeldKey, SecretHolder } from '../setup/secretPorts.ts';
import type { AppSignIn } from './localServer.ts';

const PREFIX = 'dstackAzure.appSecret';
/** The key id of a secret that was typed in: nobody knows its own. */
export const TYPED_KEY = 'typed';

interface Stored extends HeldKey {
  readonly clientSecret: string;
}

/**
 * Ids of the projects whose app the local server of this machine was to sign in as, the last one last.
 * Kept per machine, as the server and its file are: the secret storage is one for all of a person's.
 */
export interface SignInOrder {
  all(): Promise<readonly string[]>;
  change(edit: (ids: readonly string[]) => readonly string[]): Promise<void>;
}

/** Client secrets of apps by project, in VS Code's secret storage and nowhere else. */
export class AppSecretStore implements SecretHolder {
  readonly name = hostname();
  readonly #storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;
  readonly #order: () => Promise<SignInOrder>;

  constructor(
    storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>,
    order: () => Promise<SignInOrder>,
  ) {
    this.#storage = storage;
    this.#order = order;
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
    await this.leaveLocalServer(projectId);
  }

  /** What the project's server signs in as: the secret that was stored last. */
  async signInOf(projectId: string): Promise<AppSignIn | undefined> {
    const last = (await this.#read(projectId)).at(-1);
    if (last === undefined) return undefined;
    const { tenantId, clientId, clientSecret } = last;
    return { tenantId, clientId, clientSecret };
  }

  /** From now on the local server signs in as this project's app: one process has one environment. */
  async useForLocalServer(projectId: string): Promise<void> {
    const order = await this.#order();
    await order.change((ids) => [...ids.filter((id) => id !== projectId), projectId]);
  }

  /** The local server has this project no more: it signs in as the app before that one. */
  async leaveLocalServer(projectId: string): Promise<void> {
    const order = await this.#order();
    if (!(await order.all()).includes(projectId)) return;
    await order.change((ids) => ids.filter((id) => id !== projectId));
  }

  /** What the local server signs in as; undefined means with what the machine has. */
  async localServerSignIn(): Promise<AppSignIn | undefined> {
    return (await this.#last())?.signIn;
  }

  /** The app that the local server signs in as, without its secret. */
  async localServerApp(): Promise<
    { readonly projectId: string; readonly clientId: string } | undefined
  > {
    const last = await this.#last();
    return last && { projectId: last.projectId, clientId: last.signIn.clientId };
  }

  /** The last project whose secret this machine holds. */
  async #last(): Promise<{ readonly projectId: string; readonly signIn: AppSignIn } | undefined> {
    const ids = await (await this.#order()).all();
    for (const projectId of ids.toReversed()) {
      const signIn = await this.signInOf(projectId);
      if (signIn !== undefined) return { projectId, signIn };
    }
    return undefined;
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
