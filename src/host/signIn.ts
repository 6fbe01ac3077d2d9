import * as vscode from 'vscode';
import type { Account } from '../projects/projectNode.ts';
import type { TokenSource } from '../setup/ports.ts';
import { signInBlock } from './cloud.ts';
import {
  askToSignIn,
  isSignedInTo,
  listAccounts,
  organisationTokenSource,
  PROVIDER,
  tokenSource,
  type SessionParts,
  type SignInOptions,
} from './sessions.ts';

/** Who is signed in, and their tokens. */
export interface SignIn {
  /** The accounts whose session this extension may use. Never prompts. */
  accounts(): Promise<readonly Account[]>;
  /** Asks the user to sign in or to choose among their accounts; a cancelled one is an AbortError. */
  signIn(options?: SignInOptions): Promise<Account>;
  /** Tokens of one account. With `mayPrompt` a challenge by Azure (MFA) is put to the user. */
  tokensOf(accountId: string, options: { readonly mayPrompt: boolean }): TokenSource;
  /** Whether a tenant lets the account in without a question. Never prompts. */
  isSignedInTo(accountId: string, tenantId: string): Promise<boolean>;
  /** The client that an organisation lets register apps; undefined where Azure CLI does. */
  organisationClient(): string | undefined;
  /** Tokens for Microsoft Graph through the organisation's own client; undefined if none is set. */
  organisationTokens(
    accountId: string,
    options: { readonly mayPrompt: boolean },
  ): TokenSource | undefined;
  /** Fires when sessions came, went or changed. */
  readonly onDidChange: vscode.Event<void>;
}

export function createSignIn(subscriptions: { dispose(): unknown }[]): SignIn {
  const parts: SessionParts = {
    authentication: vscode.authentication,
    block: signInBlock,
    now: () => Date.now(),
  };
  const changed = new vscode.EventEmitter<void>();
  subscriptions.push(
    changed,
    vscode.authentication.onDidChangeSessions((event) => {
      if (event.provider.id === PROVIDER) changed.fire();
    }),
  );
  return {
    accounts: () => listAccounts(parts),
    async signIn(options = {}) {
      const account = await askToSignIn(parts, options);
      // Consent alone changes no session, but it changes what this extension may see.
      changed.fire();
      return account;
    },
    tokensOf: (accountId, { mayPrompt }) => tokenSource(parts, accountId, mayPrompt),
    isSignedInTo: (accountId, tenantId) => isSignedInTo(parts, accountId, tenantId),
    organisationClient: organisationClientId,
    organisationTokens: (accountId, { mayPrompt }) => {
      const clientId = organisationClientId();
      return clientId === undefined
        ? undefined
        : organisationTokenSource(parts, { accountId, clientId, mayPrompt });
    },
    onDidChange: changed.event,
  };
}

/** The account's name, if apps are registered through an organisation's own client. */
export async function organisationAccount(
  signIn: Pick<SignIn, 'accounts'>,
  accountId: string,
): Promise<string | undefined> {
  if (organisationClientId() === undefined) return undefined;
  const accounts = await signIn.accounts();
  return accounts.find(({ id }) => id === accountId)?.label ?? accountId;
}

/** The client that an organisation lets register apps; undefined where Azure CLI does. */
function organisationClientId(): string | undefined {
  const settings = vscode.workspace.getConfiguration('dstackAzure');
  const clientId = settings.get<string>('appRegistrationClientId', '').trim();
  return clientId === '' ? undefined : clientId;
}
