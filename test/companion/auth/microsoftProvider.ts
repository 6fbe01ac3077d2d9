import * as vscode from 'vscode';
import { readChallenge, type ChallengeRequest } from './challenge.ts';
import { readScopes } from './scopes.ts';
import type { Person, SignInPage } from './signInPage.ts';

const storageKey = 'signedIn';

/** How the next sign-ins go; a test changes it while VS Code runs. */
export interface SignInMood {
  /** The person closes the sign-in page, this many times. */
  cancel?: number;
  /** Who signs in when the product names no account. Default: the first who hasn't yet. */
  next?: string;
  /** Silent calls find no session, as after a long holiday. */
  silentFails?: boolean;
  /** Tenants that ask for another sign-in: silent calls find no session until there was one. */
  closedTenants?: readonly string[];
}

/** What the provider was asked, for assertions. Never a token. */
export interface SignInCall {
  readonly what: 'get' | 'create' | 'remove' | 'getFromChallenge' | 'createFromChallenge';
  readonly scopes: readonly string[];
  readonly account?: string;
  readonly claims?: string;
}

/**
 * Behaves as VS Code's own Microsoft provider where a product can tell: several accounts, tenants by
 * scope, a fresh token at each call, challenges met only by an interactive sign-in and remembered after.
 */
export class MicrosoftProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  readonly #changed =
    new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  readonly onDidChangeSessions = this.#changed.event;
  readonly calls: SignInCall[] = [];
  mood: SignInMood = {};
  readonly #people: readonly Person[];
  readonly #page: SignInPage;
  readonly #memory: vscode.Memento;
  /** Claims that an account has met, which its later tokens carry too. */
  readonly #claimsMet = new Map<string, string>();

  constructor(people: readonly Person[], page: SignInPage, memory: vscode.Memento) {
    this.#people = people;
    this.#page = page;
    this.#memory = memory;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** As if these people had signed in before, or, without any, as if everybody had signed out. */
  async pretendSignedIn(usernames: readonly string[]): Promise<void> {
    const removed = this.#accounts({});
    await this.#remember(usernames);
    this.#claimsMet.clear();
    this.#changed.fire({ added: this.#accounts({}), removed, changed: [] });
  }

  async getSessions(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    // VS Code asks so by itself, to list accounts; that is nothing a product did.
    if (scopes === undefined || scopes.length === 0) return this.#accounts(options);
    this.#note('get', scopes, options);
    return this.#silently(scopes, options);
  }

  async createSession(
    scopes: readonly string[],
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    this.#note('create', scopes, options);
    return this.#interactively(scopes, options);
  }

  async getSessionsFromChallenges(
    request: ChallengeRequest,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    const { claims, scopes } = readChallenge(request);
    this.#note('getFromChallenge', scopes, options, claims);
    const sessions = await this.#silently(scopes, options);
    return sessions.filter((session) => this.#claimsMet.get(session.account.label) === claims);
  }

  async createSessionFromChallenges(
    request: ChallengeRequest,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    const { claims, scopes } = readChallenge(request);
    this.#note('createFromChallenge', scopes, options, claims);
    return this.#interactively(scopes, options, claims);
  }

  async removeSession(sessionId: string): Promise<void> {
    const username = sessionId.split('/')[0] ?? '';
    const person = this.#people.find((candidate) => candidate.username === username);
    this.#note('remove', [], {});
    await this.#remember(this.#signedIn().filter((name) => name !== username));
    this.#claimsMet.delete(username);
    if (person === undefined) return;
    this.#changed.fire({ added: [], removed: [sessionFor(person, [], '')], changed: [] });
  }

  #accounts(options: vscode.AuthenticationProviderSessionOptions): vscode.AuthenticationSession[] {
    return this.#peopleSignedIn(options).map((person) => sessionFor(person, [], ''));
  }

  #peopleSignedIn({ account }: vscode.AuthenticationProviderSessionOptions): Person[] {
    return this.#people
      .filter((person) => this.#signedIn().includes(person.username))
      .filter((person) => account === undefined || account.label === person.username);
  }

  async #silently(
    scopes: readonly string[],
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    if (this.mood.silentFails === true) return [];
    const { tenantId = '' } = readScopes(scopes);
    if (this.mood.closedTenants?.includes(tenantId) === true) return [];
    const sessions = this.#peopleSignedIn(options).map((person) =>
      // A tenant that this person is no member of gives no session; asking is the only way to know.
      this.#session(person, scopes, false).catch(() => undefined),
    );
    return (await Promise.all(sessions)).filter((session) => session !== undefined);
  }

  async #interactively(
    scopes: readonly string[],
    { account }: vscode.AuthenticationProviderSessionOptions,
    claims?: string,
  ): Promise<vscode.AuthenticationSession> {
    if ((this.mood.cancel ?? 0) > 0) {
      this.mood = { ...this.mood, cancel: (this.mood.cancel ?? 0) - 1 };
      throw new vscode.CancellationError();
    }
    // Before a challenge's sign-in page a person takes the account at hand, not a new one.
    const atHand = claims === undefined ? undefined : this.#signedIn()[0];
    const person = this.#whoSignsIn(account?.label ?? this.mood.next ?? atHand);
    const session = await this.#session(person, scopes, true, claims);
    const { tenantId } = readScopes(scopes);
    const { closedTenants = [] } = this.mood;
    this.mood = { ...this.mood, closedTenants: closedTenants.filter((each) => each !== tenantId) };
    if (claims !== undefined) this.#claimsMet.set(person.username, claims);
    await this.#remember([...this.#signedIn(), person.username]);
    this.#changed.fire({ added: [session], removed: [], changed: [] });
    return session;
  }

  #whoSignsIn(wanted: string | undefined): Person {
    const person =
      wanted === undefined
        ? (this.#people.find((one) => !this.#signedIn().includes(one.username)) ?? this.#people[0])
        : this.#people.find((one) => one.username === wanted);
    if (person === undefined) throw new Error(`No such person: ${wanted ?? 'nobody at all'}.`);
    return person;
  }

  async #session(
    person: Person,
    scopes: readonly string[],
    interactive: boolean,
    claims = this.#claimsMet.get(person.username),
  ): Promise<vscode.AuthenticationSession> {
    const { tenantId = person.homeTenantId, audience } = readScopes(scopes);
    const base = { username: person.username, tenantId, audience, interactive };
    const token = await this.#page.token(claims === undefined ? base : { ...base, claims });
    return sessionFor(person, scopes, token);
  }

  #signedIn(): readonly string[] {
    return this.#memory.get<readonly string[]>(storageKey) ?? [];
  }

  async #remember(usernames: readonly string[]): Promise<void> {
    await this.#memory.update(storageKey, [...new Set(usernames)]);
  }

  #note(
    what: SignInCall['what'],
    scopes: readonly string[],
    { account }: vscode.AuthenticationProviderSessionOptions,
    claims?: string,
  ): void {
    const call = { what, scopes: [...scopes] };
    const named = account === undefined ? call : { ...call, account: account.label };
    this.calls.push(claims === undefined ? named : { ...named, claims });
  }
}

function sessionFor(
  person: Person,
  scopes: readonly string[],
  accessToken: string,
): vscode.AuthenticationSession {
  const account = { id: `${person.username}.${person.homeTenantId}`, label: person.username };
  return { id: `${person.username}/${scopes.join(' ')}`, accessToken, account, scopes };
}
