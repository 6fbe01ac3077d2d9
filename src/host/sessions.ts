import { t } from '@vscode/l10n';
import type * as vscode from 'vscode';
import { cancellation, SetupError } from '../setup/errors.ts';
import type { TokenSource } from '../setup/ports.ts';
import type { Account } from '../projects/projectNode.ts';
import { expiryOf } from './jwt.ts';
import { registrationScopes, scopesOf } from './scopes.ts';

/*
 * VS Code's Microsoft provider by its plain API. The helper library @microsoft/vscode-azext-azureauth
 * is not used: its credential hands out the one token that its session had when it was made, with an
 * expiry of 0 and never another one, so that a run of more than an hour would end in 401; and it
 * weighs half a megabyte, most of it for Azure DevOps.
 */
export const PROVIDER = 'microsoft';

/** `vscode.authentication`, as far as it is used. */
export interface Authentication {
  getAccounts(
    provider: string,
  ): PromiseLike<readonly vscode.AuthenticationSessionAccountInformation[]>;
  getSession(
    provider: string,
    request: SessionRequest,
    options: vscode.AuthenticationGetSessionOptions,
  ): PromiseLike<vscode.AuthenticationSession | undefined>;
}

export type SessionRequest = readonly string[] | vscode.AuthenticationWwwAuthenticateRequest;

export interface SessionParts {
  readonly authentication: Authentication;
  /** Why no session may be used in this window; undefined when one may. */
  readonly block: () => SetupError | undefined;
  /** Unix ms. */
  readonly now: () => number;
}

export interface SignInOptions {
  /** The account to sign in with; without it the user chooses. */
  readonly accountId?: string;
  /** The tenant to sign in to; without it the account's home. */
  readonly tenantId?: string;
}

/** The accounts whose session this extension may use. Never prompts. */
export async function listAccounts({
  authentication,
  block,
}: SessionParts): Promise<readonly Account[]> {
  if (block() !== undefined) return [];
  const request = scopesOf('management');
  const known = await knownAccounts(authentication);
  const usable = await Promise.all(
    known.map((account) => isUsable(authentication, request, account)),
  );
  return known.filter((_, index) => usable[index] === true).map(({ id, label }) => ({ id, label }));
}

/** An account that VS Code fails to ask about stays: its own listing then says what is wrong. */
async function isUsable(
  authentication: Authentication,
  request: SessionRequest,
  account: vscode.AuthenticationSessionAccountInformation,
): Promise<boolean> {
  try {
    const options = { silent: true, account };
    return (await authentication.getSession(PROVIDER, request, options)) !== undefined;
  } catch {
    return true;
  }
}

/**
 * Asks the user to sign in or to choose among their accounts.
 * @throws AbortError if they close the question; SetupError if signing in fails
 */
export async function askToSignIn(
  { authentication, block }: SessionParts,
  { accountId, tenantId }: SignInOptions,
): Promise<Account> {
  const reason = block();
  if (reason !== undefined) throw reason;
  const scopes = scopesOf('management', tenantId);
  const account =
    accountId === undefined ? undefined : await findAccount(authentication, accountId);
  const session = await prompt(authentication, scopes, {
    createIfNone: true,
    ...(account === undefined ? { clearSessionPreference: true } : { account }),
  });
  return { id: session.account.id, label: session.account.label };
}

/**
 * Tokens of one account, asked for anew each time: VS Code refreshes them behind it.
 * @param mayPrompt whether a challenge by Azure (MFA) is put to the user; nothing else ever is
 */
export function tokenSource(
  parts: SessionParts,
  accountId: string,
  mayPrompt: boolean,
): TokenSource {
  const { authentication, block, now } = parts;
  return {
    async token({ audience, tenantId, challenge, signal }) {
      const reason = block();
      if (reason !== undefined) throw reason;
      const account = await findAccount(authentication, accountId);
      const scopes = scopesOf(audience, tenantId);
      const session =
        challenge === undefined
          ? await authentication.getSession(PROVIDER, scopes, { silent: true, account })
          : await answerChallenge(parts, { challenge, scopes, account, mayPrompt });
      // VS Code cannot be told to stop asking; what it answers after a cancellation is dropped here.
      if (signal?.aborted) throw cancellation();
      if (session === undefined) throw signInNeeded(account.label, tenantId);
      return { token: session.accessToken, expiresOn: expiryOf(session.accessToken, now()) };
    },
  };
}

/** Whether a tenant lets the account in without a question. Never prompts. */
export async function isSignedInTo(
  { authentication, block }: SessionParts,
  accountId: string,
  tenantId: string,
): Promise<boolean> {
  const reason = block();
  if (reason !== undefined) throw reason;
  const account = await findAccount(authentication, accountId);
  const options = { silent: true, account };
  const scopes = scopesOf('management', tenantId);
  return (await authentication.getSession(PROVIDER, scopes, options)) !== undefined;
}

/** Tokens for Microsoft Graph, through a client that may register apps. */
export function organisationTokenSource(
  parts: SessionParts,
  who: { readonly accountId: string; readonly clientId: string; readonly mayPrompt: boolean },
): TokenSource {
  const { authentication, block, now } = parts;
  return {
    async token({ tenantId, signal }) {
      const reason = block();
      if (reason !== undefined) throw reason;
      const account = await findAccount(authentication, who.accountId);
      const scopes = registrationScopes(who.clientId, tenantId);
      const session = who.mayPrompt
        ? await prompt(authentication, scopes, { createIfNone: true, account })
        : await authentication.getSession(PROVIDER, scopes, { silent: true, account });
      if (signal?.aborted) throw cancellation();
      if (session === undefined) throw signInNeeded(account.label, tenantId);
      return { token: session.accessToken, expiresOn: expiryOf(session.accessToken, now()) };
    },
  };
}

interface Challenge {
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly mayPrompt: boolean;
}

async function answerChallenge(
  { authentication }: SessionParts,
  { challenge, scopes, account, mayPrompt }: Challenge,
): Promise<vscode.AuthenticationSession | undefined> {
  // The scopes are said again because Azure's header names none.
  const request = { wwwAuthenticate: challenge, fallbackScopes: scopes };
  return mayPrompt
    ? prompt(authentication, request, { createIfNone: true, account })
    : authentication.getSession(PROVIDER, request, { silent: true, account });
}

/** No provider at all (a browser without one, a start that is still going on) means no account. */
async function knownAccounts(
  authentication: Authentication,
): Promise<readonly vscode.AuthenticationSessionAccountInformation[]> {
  try {
    return await authentication.getAccounts(PROVIDER);
  } catch {
    return [];
  }
}

async function findAccount(
  authentication: Authentication,
  id: string,
): Promise<vscode.AuthenticationSessionAccountInformation> {
  const account = (await knownAccounts(authentication)).find((one) => one.id === id);
  if (account !== undefined) return account;
  throw new SetupError({
    code: 'sign_in_needed',
    source: 'user',
    message: t('The account is not signed in to VS Code any more.'),
    remedy: t('Sign in, then try again.'),
    field: 'account',
  });
}

/** VS Code reports a closed question as a plain error, recognisable by its words only. */
const CANCELLED = /did not consent|cancell?ed/i;

async function prompt(
  authentication: Authentication,
  request: SessionRequest,
  options: vscode.AuthenticationGetSessionOptions,
): Promise<vscode.AuthenticationSession> {
  let session: vscode.AuthenticationSession | undefined;
  try {
    session = await authentication.getSession(PROVIDER, request, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (CANCELLED.test(message)) throw cancellation();
    throw new SetupError({
      code: 'sign_in_failed',
      source: 'azure',
      message: t('Signing in to Azure failed: {0}', message),
      remedy: t('Sign in again; "dstack: Show Log" has the details.'),
      field: 'account',
      cause: error,
    });
  }
  if (session === undefined) throw cancellation();
  return session;
}

function signInNeeded(label: string, tenantId: string | undefined): SetupError {
  return new SetupError({
    code: 'sign_in_needed',
    source: 'user',
    message:
      tenantId === undefined
        ? t('{0} has to sign in again.', label)
        : t('{0} has to sign in to the tenant {1}.', label, tenantId),
    remedy: t('Sign in, then try again.'),
    field: tenantId === undefined ? 'account' : 'tenant',
  });
}
