import type { AppSecrets } from '../setup/secretPorts.ts';
import type { PreflightAzure } from '../setup/preflightPorts.ts';
import type { AzureResources, Caller, Catalog, RecordStore, TokenSource } from '../setup/ports.ts';
import type { UndoAzure } from '../setup/undoPorts.ts';
import type { SignIn } from './signIn.ts';

/** Azure as one account sees it. */
export interface AzureConnection {
  readonly catalog: Catalog;
  readonly resources: AzureResources;
  readonly records: RecordStore;
  readonly preflight: PreflightAzure;
  readonly undo: UndoAzure;
  readonly appSecrets: AppSecrets;
  /** Who registers apps: the account of the Graph tokens. */
  graphAccount(tenantId: string, signal: AbortSignal): Promise<Caller>;
}

export type ConnectAzure = (parts: {
  readonly tokens: TokenSource;
  /** Tokens that may register apps; undefined means those of Azure CLI. */
  readonly graphTokens?: TokenSource;
}) => AzureConnection;

/** Azure through the accounts that are signed in. The SDKs load with the first connection. */
export interface AzureAccess {
  /** For listings: a question to the user never comes out of one. */
  quiet(accountId: string): Promise<AzureConnection>;
  /** For what the user has started: a challenge by Azure (MFA) is put to them in the middle of it. */
  asking(): Promise<(accountId: string) => AzureConnection>;
}

export function createAzureAccess(
  load: () => Promise<ConnectAzure>,
  signIn: Pick<SignIn, 'tokensOf' | 'organisationTokens' | 'organisationClient'>,
): AzureAccess {
  const connections = new Map<string, AzureConnection>();
  const connect = (connectAzure: ConnectAzure, accountId: string, mayPrompt: boolean) => {
    const clientId = signIn.organisationClient() ?? '';
    const key = `${mayPrompt ? 'asking' : 'quiet'}|${clientId}|${accountId}`;
    const known = connections.get(key);
    if (known !== undefined) return known;
    const graphTokens = signIn.organisationTokens(accountId, { mayPrompt });
    const made = connectAzure({
      tokens: signIn.tokensOf(accountId, { mayPrompt }),
      ...(graphTokens === undefined ? {} : { graphTokens }),
    });
    connections.set(key, made);
    return made;
  };
  return {
    quiet: async (accountId) => connect(await load(), accountId, false),
    async asking() {
      const connectAzure = await load();
      return (accountId) => connect(connectAzure, accountId, true);
    },
  };
}
