import type * as vscode from 'vscode';

/** dstack tokens by server and project, in VS Code's secret storage. */
export interface Secrets {
  token(at: TokenKey): Promise<string | undefined>;
  /** The stored token, or a new one from `make` that is stored before it is returned. */
  tokenOrNew(at: TokenKey, make: () => string): Promise<string>;
  setToken(at: TokenKey, token: string): Promise<void>;
  removeToken(at: TokenKey): Promise<void>;
}

export interface TokenKey {
  readonly serverUrl: string;
  readonly projectName: string;
}

const PREFIX = 'dstackAzure.token';

/** The key of a token; also what a change event of the storage names. */
export function secretKeyOf({ serverUrl, projectName }: TokenKey): string {
  return `${PREFIX}|${serverUrl}|${projectName.toLowerCase()}`;
}

export function createSecrets(
  storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>,
): Secrets {
  return {
    token: async (at) => storage.get(secretKeyOf(at)),
    async tokenOrNew(at, make) {
      const known = await storage.get(secretKeyOf(at));
      if (known !== undefined) return known;
      const token = make();
      await storage.store(secretKeyOf(at), token);
      return token;
    },
    setToken: async (at, token) => storage.store(secretKeyOf(at), token),
    removeToken: async (at) => storage.delete(secretKeyOf(at)),
  };
}
