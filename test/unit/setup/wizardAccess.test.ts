import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import {
  CREATE_NEW,
  OTHER_TENANT,
  REMOTE_SERVER,
  type FieldName,
  type WizardForm,
} from '../../../src/contract/wizardState.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { readGuid } from '../../../src/setup/wizard/guid.ts';
import { readServerUrl } from '../../../src/setup/wizard/serverUrlField.ts';
import { createWizardSession, type WizardSession } from '../../../src/setup/wizardSession.ts';
import { normalizeServerUrl } from '../../../src/dstack/serverUrl.ts';
import {
  CLIENT,
  GUEST,
  HOME,
  HOME_SERVER,
  ONE,
  ONLY,
  PRINCIPAL,
  tick,
  WizardWorld,
} from './wizardWorld.ts';

const SECRET = 'canary-3f9~Kx.secret';

const choose = (
  field: Extract<WizardIntent, { kind: 'choose' }>['field'],
  value: string,
): WizardIntent => ({ kind: 'choose', field, value });
const type = (
  field: Extract<WizardIntent, { kind: 'type' }>['field'],
  value: string,
): WizardIntent => ({ kind: 'type', field, value });
const secret = (value: string, field: 'clientSecret' | 'serverToken' = 'clientSecret') =>
  ({ kind: 'secret', field, value }) as const;

/** A place for the project: whatever is missing now is in Access or Server. */
const PLACE: readonly WizardIntent[] = [
  choose('account', 'dev'),
  choose('tenant', HOME),
  choose('subscription', ONE),
  choose('location', 'westeurope'),
  choose('storageAccount', CREATE_NEW),
];
const APP: readonly WizardIntent[] = [
  choose('credentials', 'existingApp'),
  type('clientId', CLIENT),
];

async function atPlace(world = new WizardWorld(), snapshot?: unknown) {
  const session = createWizardSession(world.deps, snapshot);
  await say(world, session, ...PLACE);
  return { world, session };
}

async function say(world: WizardWorld, session: WizardSession, ...intents: WizardIntent[]) {
  await world.answerAll();
  for (const intent of intents) {
    session.dispatch(intent);
    await world.answerAll();
  }
  // The name of the new account is checked after a pause.
  await world.clock.advance(2_000);
  await world.answerAll();
  return session.state.form;
}

const refusal = (field: string, azureCode = 'AADSTS7000215') =>
  new SetupError({
    code: 'invalid_credentials',
    source: 'user',
    message: 'Azure says no.',
    remedy: 'Look again.',
    field,
    azure: { status: 401, code: azureCode },
  });

/** Everything that leaves the session. */
function said(session: WizardSession, world: WizardWorld): string {
  return JSON.stringify([session.state, session.snapshot(), world.plans, world.asked]);
}

describe('Credentials of an existing app', () => {
  it('sign in as soon as all three are there, and the plan has the principal', async () => {
    const { world, session } = await atPlace();
    const form = await say(world, session, ...APP, secret(SECRET));
    expect(world.asked.filter((each) => each.startsWith('verify'))).toEqual([
      `verify ${HOME} ${CLIENT} ${ONE}`,
    ]);
    expect(form.clientSecret).toMatchObject({ stored: true, loading: false });
    expect(form.canReview).toBe(true);
    await say(world, session, { kind: 'review' });
    expect(world.plans.at(-1)?.credentials).toEqual({
      kind: 'existingApp',
      clientId: CLIENT,
      principalId: PRINCIPAL,
    });
  });

  it('keep the secret from everything that leaves the wizard', async () => {
    const { world, session } = await atPlace();
    await say(world, session, ...APP, secret(SECRET), { kind: 'review' });
    expect(world.kept).toEqual([['clientSecret', SECRET]]);
    expect(said(session, world)).not.toContain('canary');
  });

  it.each([
    ['clientSecret', 'clientSecret'],
    ['clientId', 'clientId'],
    ['tenantId', 'appTenant'],
    ['subscriptionId', 'clientSecret'],
  ] as const)('that are refused for %s say so at %s', async (named, field) => {
    const { world, session } = await atPlace();
    await say(world, session, ...APP);
    session.dispatch(secret(SECRET));
    world.call('verify').fail(refusal(named));
    await tick();
    const { form } = session.state;
    expect(form[field].error).toMatchObject({ code: 'invalid_credentials' });
    expect(form.canReview).toBe(false);
    const others: readonly FieldName[] = ['appTenant', 'clientId', 'clientSecret'];
    for (const other of others.filter((each) => each !== field)) {
      expect(form[other].error, other).toBeUndefined();
    }
  });

  it('are checked again with each secret that is given, the right one after the wrong one', async () => {
    const { world, session } = await atPlace();
    await say(world, session, ...APP);
    session.dispatch(secret('wrong'));
    const first = world.call('verify');
    first.fail(refusal('clientSecret'));
    await tick();
    expect(session.state.form.clientSecret.error).toBeDefined();
    const form = await say(world, session, secret(SECRET));
    expect(form.clientSecret.error).toBeUndefined();
    expect(form.canReview).toBe(true);
  });

  it('never count by an answer to other ones', async () => {
    const { world, session } = await atPlace();
    await say(world, session, ...APP);
    session.dispatch(secret('first'));
    const early = world.call('verify');
    session.dispatch(secret(SECRET));
    early.answer();
    await tick();
    expect(session.state.form.clientSecret.loading).toBe(true);
    expect(session.state.form.canReview).toBe(false);
  });

  it.each<
    readonly [name: string, intents: readonly WizardIntent[], field: FieldName, text: RegExp]
  >([
    ['another tenant', [type('appTenant', GUEST)], 'appTenant', /in another tenant/],
    ['a word for an ID', [type('clientId', 'my-app')], 'clientId', /This is no ID/],
    ['the tenant for the app', [type('clientId', HOME)], 'clientId', /ID of the tenant/],
    ['a secret with a blank in it', [secret('half and half')], 'clientSecret', /holds no blanks/],
  ])('are not tried with %s', async (_, intents, field, text) => {
    const { world, session } = await atPlace();
    const start = [...APP, ...(field === 'clientSecret' ? [] : [secret(SECRET)])];
    await say(world, session, ...start.slice(0, 1), ...intents);
    world.asked.length = 0;
    const form = await say(world, session, ...start.slice(2), ...intents);
    expect(form[field].error?.message).toMatch(text);
    expect(world.asked.filter((each) => each.startsWith('verify'))).toEqual([]);
  });

  it('say that an id of a secret was pasted before anybody is asked', async () => {
    const { world, session } = await atPlace();
    const form = await say(world, session, choose('credentials', 'existingApp'), secret(GUEST));
    expect(form.clientSecret.hint).toMatch(/looks like the id of a secret/);
  });

  it('can be pasted with braces, capitals and blanks', async () => {
    const { world, session } = await atPlace();
    const pasted = `  {${CLIENT.toUpperCase()}} `;
    const form = await say(
      world,
      session,
      choose('credentials', 'existingApp'),
      type('clientId', pasted),
      secret(`${SECRET}\n`),
    );
    expect(form.clientId.value).toBe(CLIENT);
    expect(world.kept).toEqual([['clientSecret', SECRET]]);
    expect(form.canReview).toBe(true);
  });
});

describe('The ways that are offered', () => {
  const wayOf = (form: WizardForm, way: string) =>
    form.credentials.options.find(({ value }) => value === way);

  it('ask for Azure CLI only once Access is open, and name its account', async () => {
    const { world, session } = await atPlace();
    expect(world.asked.some((each) => each.startsWith('registrar'))).toBe(false);
    const form = await say(world, session, { kind: 'showPart', part: 'access', open: true });
    expect(wayOf(form, 'newApp')?.detail).toContain('dev@contoso.example');
  });

  it('say why no app can be registered here, and take that choice away', async () => {
    const { world, session } = await atPlace();
    session.dispatch(choose('credentials', 'newApp'));
    world.call('registrar').fail(
      new SetupError({
        code: 'graph_account_differs',
        source: 'user',
        message: 'You are signed in as dev, but Azure CLI as root.',
        remedy: 'Sign in to Azure CLI.',
      }),
    );
    await tick();
    const { form } = session.state;
    expect(wayOf(form, 'newApp')?.disabledReason).toMatch(/dev, but Azure CLI as root/);
    // What was chosen is not replaced by something with other rights.
    expect(form.credentials.value).toBeUndefined();
    expect(form.canReview).toBe(false);
    expect(form.credentials.canRetry).toBe(true);
    const again = await say(
      world,
      session,
      { kind: 'retryField', field: 'credentials' },
      choose('credentials', 'newApp'),
    );
    expect(again.canReview).toBe(true);
  });

  it('plan a new app with the lifetime that was typed', async () => {
    const { world, session } = await atPlace();
    await say(world, session, choose('credentials', 'newApp'), type('secretDays', '30'), {
      kind: 'review',
    });
    expect(world.plans.at(-1)?.credentials).toEqual({ kind: 'newApp', secretDays: 30 });
  });

  it.each(['0', '731', '-1', '1.5', 'ten'])('refuse a lifetime of %s days', async (days) => {
    const { world, session } = await atPlace();
    const form = await say(
      world,
      session,
      choose('credentials', 'newApp'),
      type('secretDays', days),
    );
    expect(form.secretDays.error?.code).toBe('secret_days_invalid');
    expect(form.canReview).toBe(false);
  });

  it('give an administrator commands and roles without any secret, and go on with the answer', async () => {
    const { world, session } = await atPlace();
    const asked = await say(world, session, choose('credentials', 'administrator'));
    expect(asked.administrator?.text).toContain('az ad app create');
    expect(asked.administrator?.text).toContain('"assignableScopes"');
    expect(asked.canReview).toBe(false);
    const form = await say(world, session, type('clientId', CLIENT), secret(SECRET));
    expect(form.administrator?.text).not.toContain('canary');
    expect(form.canReview).toBe(true);
  });

  it('show every right before the plan is made, the server’s only where it gets some', async () => {
    const { world, session } = await atPlace();
    const plain = await say(world, session, { kind: 'showPart', part: 'access', open: true });
    const who = (form: WizardForm) => [...new Set(form.roles.map((role) => role.who))];
    expect(who(plain)).toEqual(['Runs', 'dev@contoso.example']);
    const form = await say(world, session, choose('credentials', 'newApp'));
    expect(who(form)).toContain('The server');
    const risky = await say(world, session, {
      kind: 'extra',
      extra: 'classicVmRight',
      checked: true,
    });
    expect(risky.roles.length).toBe(form.roles.length + 1);
    expect(risky.extras.find(({ name }) => name === 'classicVmRight')?.warning).toBeDefined();
  });
});

describe('The server', () => {
  const remote = [choose('server', REMOTE_SERVER)];

  it('elsewhere is asked as soon as URL and token are there, and planned by its plain URL', async () => {
    const { world, session } = await atPlace();
    const form = await say(
      world,
      session,
      ...remote,
      type('serverUrl', 'https://dstack.example.com/team/'),
      secret(SECRET, 'serverToken'),
    );
    expect(form.serverToken.hint).toContain('0.21.2');
    await say(world, session, { kind: 'review' });
    const url = 'https://dstack.example.com/team';
    expect(world.plans.at(-1)?.server).toEqual({ kind: 'remote', url });
    expect(said(session, world)).not.toContain('canary');
  });

  it('elsewhere is asked once, a second after the last key: each key may name another host', async () => {
    const { world, session } = await atPlace();
    await say(world, session, ...remote, secret(SECRET, 'serverToken'));
    const whole = 'https://dstack.example.com';
    for (const length of [11, 14, 18, whole.length]) {
      session.dispatch(type('serverUrl', whole.slice(0, length)));
      await world.clock.advance(999);
    }
    expect(world.asked.filter((each) => each.startsWith('checkServer'))).toEqual([]);
    expect(session.state.form.serverToken.loading).toBe(true);
    await world.clock.advance(1);
    expect(world.asked).toContain(`checkServer ${whole} given`);
    await say(world, session, secret('another', 'serverToken'));
    expect(world.asked.filter((each) => each.startsWith('checkServer'))).toHaveLength(2);
  });

  it.each([
    ['serverToken', 'serverToken'],
    ['serverUrl', 'serverUrl'],
    [undefined, 'serverUrl'],
  ] as const)('that refuses for %s says so at %s', async (named, field) => {
    const { world, session } = await atPlace();
    await say(world, session, ...remote, type('serverUrl', 'https://dstack.example.com'));
    session.dispatch(secret(SECRET, 'serverToken'));
    world.call('checkServer').fail(
      new SetupError({
        code: 'server_token_invalid',
        source: 'dstack',
        message: 'No.',
        remedy: 'Look.',
        ...(named === undefined ? {} : { field: named }),
      }),
    );
    await tick();
    expect(session.state.form[field].error).toBeDefined();
    expect(session.state.form[field].canRetry).toBe(true);
    expect(session.state.form.canReview).toBe(false);
  });

  it('that the CLI knows is offered, and asked with the CLI’s own token', async () => {
    const { world, session } = await atPlace();
    await say(world, session, { kind: 'showPart', part: 'server', open: true });
    const form = await say(world, session, choose('server', `home:${HOME_SERVER}`));
    expect(world.asked).toContain(`checkServer ${HOME_SERVER} home`);
    expect(form.canReview).toBe(true);
    await say(world, session, { kind: 'review' });
    expect(world.plans.at(-1)?.server).toEqual({ kind: 'remote', url: HOME_SERVER });
  });

  it('can’t be this machine if that is Windows, and the form says what to do', async () => {
    const world = new WizardWorld();
    world.environment = { ...world.environment, isWindows: true };
    const { session } = await atPlace(world);
    const { server, canReview } = session.state.form;
    expect(server.options.at(-1)?.disabledReason).toMatch(/WSL/);
    expect(server.value).toBeUndefined();
    expect(canReview).toBe(false);
  });

  it('elsewhere with what its machine has takes the object id of its identity', async () => {
    const { world, session } = await atPlace();
    await say(
      world,
      session,
      ...remote,
      type('serverUrl', 'https://dstack.example.com'),
      secret(SECRET, 'serverToken'),
      type('principalId', PRINCIPAL),
      { kind: 'review' },
    );
    expect(world.plans.at(-1)?.credentials).toEqual({ kind: 'default', principalId: PRINCIPAL });
  });
});

describe('A tenant that no list has', () => {
  async function inOtherTenant(typed: string) {
    const world = new WizardWorld();
    const session = createWizardSession(world.deps);
    const chosen = [choose('account', 'dev'), choose('tenant', OTHER_TENANT)];
    const form = await say(world, session, ...chosen, type('otherTenant', typed));
    return { world, session, form };
  }

  it.each([
    ['its id with braces', `{${GUEST.toUpperCase()}}`, GUEST],
    ['the domain of a listed one', 'CONTOSO.example', HOME],
  ])('can be typed by %s', async (_, typed, tenantId) => {
    const { world } = await inOtherTenant(typed);
    expect(world.asked).toContain(`subscriptions dev ${tenantId}`);
  });

  it('is the one that every question below it is about, to the quota page', async () => {
    const { world, session } = await inOtherTenant(GUEST);
    await say(world, session, choose('location', 'westeurope'), {
      kind: 'fieldAction',
      field: 'location',
      action: 'openQuota',
    });
    const below = world.asked.filter(
      (each) => !/^(environment|accounts|tenants|isSignedIn)/.test(each),
    );
    expect(below.length).toBeGreaterThan(6);
    expect(below.filter((each) => !each.includes(GUEST))).toEqual([]);
    expect(below).toContain(`computeCapacity dev ${GUEST} ${ONLY} westeurope`);
    expect(below.at(-1)).toBe(`openQuota ${GUEST}`);
  });

  it('asks Azure nothing while the id is not whole', async () => {
    const { world, form } = await inOtherTenant(GUEST.slice(0, 20));
    expect(world.asked.filter((each) => each.startsWith('subscriptions'))).toEqual([]);
    expect(form.otherTenant.error?.code).toBe('invalid_tenant_id');
  });
});

describe('The parts of the form', () => {
  const open = (form: WizardForm) =>
    Object.entries(form.parts).flatMap(([name, part]) => (part.open ? [name] : []));

  it('open in turn, each when the one before it is done', async () => {
    const world = new WizardWorld();
    const session = createWizardSession(world.deps);
    const begun = await say(world, session, { kind: 'nextPart', part: 'where' });
    expect(open(begun)).toEqual(['where']);
    expect(begun.account.error?.code).toBe('missing');
    expect(begun.clientId.error).toBeUndefined();
    const access = await say(world, session, ...PLACE, { kind: 'nextPart', part: 'where' });
    expect(open(access)).toEqual(['access']);
    expect(access.parts.where).toMatchObject({ complete: true });
    expect(access.parts.where.summary).toContain('West Europe');
    const server = await say(world, session, { kind: 'nextPart', part: 'access' });
    expect(open(server)).toEqual(['server']);
    const back = await say(world, session, { kind: 'showPart', part: 'where', open: true });
    expect(open(back)).toEqual(['where', 'server']);
  });

  it('don’t wait for a check, which Review does', async () => {
    const { world, session } = await atPlace();
    session.dispatch(choose('storageAccount', CREATE_NEW));
    session.dispatch({ kind: 'type', field: 'newStorageAccount', value: 'anothername' });
    expect(session.state.form.newStorageAccount.loading).toBe(true);
    session.dispatch({ kind: 'nextPart', part: 'where' });
    expect(open(session.state.form)).toEqual(['access']);
    session.dispatch({ kind: 'review' });
    await world.answerAll();
    expect(session.state.step).toBe('form');
    await world.clock.advance(1_000);
    await world.answerAll();
    expect(session.state.step).toBe('review');
  });

  it('open by themselves where Review finds something missing', async () => {
    const { world, session } = await atPlace();
    const form = await say(world, session, choose('credentials', 'existingApp'), {
      kind: 'review',
    });
    expect(open(form)).toEqual(['where', 'access']);
    expect(form.clientId.error?.code).toBe('missing');
    expect(form.clientSecret.error?.code).toBe('missing');
    expect(session.state.step).toBe('form');
  });

  it('open by themselves where a check fails that Review has waited for', async () => {
    const { world, session } = await atPlace();
    await say(world, session, { kind: 'showPart', part: 'server', open: true });
    session.dispatch(choose('server', `home:${HOME_SERVER}`));
    session.dispatch({ kind: 'showPart', part: 'server', open: false });
    session.dispatch({ kind: 'review' });
    expect(session.state.form.reviewing).toBe(true);
    expect(open(session.state.form)).toEqual(['where']);
    const message = 'The server does not answer.';
    const code = 'server_unreachable';
    world
      .call('checkServer')
      .fail(new SetupError({ code, source: 'dstack', message, remedy: 'Start it.' }));
    await tick();
    expect(session.state.form.reviewing).toBe(false);
    expect(open(session.state.form)).toEqual(['where', 'server']);
    expect(session.state.announcement).toBe(message);
  });

  it('can be left with a new app while there is no tenant to look for its maker in', async () => {
    const world = new WizardWorld();
    const session = createWizardSession(world.deps);
    await say(world, session, choose('account', 'dev'), { kind: 'nextPart', part: 'where' });
    await say(world, session, { kind: 'showPart', part: 'access', open: true });
    await say(world, session, choose('credentials', 'newApp'));
    const form = await say(world, session, { kind: 'nextPart', part: 'access' });
    expect(form.tenant.value).toBeUndefined();
    expect(open(form)).toEqual(['where', 'server']);
    await say(world, session, { kind: 'review' });
    expect(session.state).toMatchObject({ step: 'form', form: { reviewing: false } });
    expect(session.state.announcement).toBe('Choose a tenant.');
  });

  it('come back after a reload with all that was answered but the secrets', async () => {
    const { world, session } = await atPlace();
    await say(
      world,
      session,
      { kind: 'nextPart', part: 'where' },
      ...APP,
      secret(SECRET),
      { kind: 'extra', extra: 'gateways', checked: true },
      choose('server', REMOTE_SERVER),
      type('serverUrl', 'https://dstack.example.com'),
    );
    const snapshot: unknown = JSON.parse(JSON.stringify(session.snapshot()));
    const other = new WizardWorld();
    const restored = createWizardSession(other.deps, snapshot);
    const form = await say(other, restored);
    expect(open(form)).toEqual(['access']);
    expect(form.credentials.value).toBe('existingApp');
    expect(form.clientId.value).toBe(CLIENT);
    expect(form.server.value).toBe(REMOTE_SERVER);
    expect(form.serverUrl.value).toBe('https://dstack.example.com');
    expect(form.extras.filter(({ checked }) => checked).map(({ name }) => name)).toEqual([
      'gateways',
    ]);
    expect(form.clientSecret.stored).toBe(false);
    expect(form.canReview).toBe(false);
  });
});

describe('What people paste', () => {
  it.each([
    [`  ${CLIENT} `, CLIENT],
    [`{${CLIENT}}`, CLIENT],
    [`"${CLIENT.toUpperCase()}"`, CLIENT],
    [`urn:uuid:${CLIENT}`, CLIENT],
    [CLIENT.replaceAll('-', ''), CLIENT],
    [`\u200B${CLIENT}\n`, CLIENT],
    [' my-app ', 'my-app'],
    ['', ''],
  ])('as an ID: %j is read as %j', (text, expected) => {
    expect(readGuid(text)).toBe(expected);
  });

  it.each([
    ['https://dstack.example.com/', 'https://dstack.example.com'],
    ['HTTPS://Dstack.Example.com:443/team//', 'https://dstack.example.com/team'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
  ])('as a URL: %s is stored as %s, here as by the client', (text, url) => {
    expect(readServerUrl(text).url).toBe(url);
    expect(normalizeServerUrl(text)).toBe(url);
  });

  it.each([
    ['dstack.example.com', 'https://dstack.example.com'],
    ['dstack.example.com:8080/team/', 'https://dstack.example.com:8080/team'],
    ['localhost:3000', 'http://localhost:3000'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['2001:db8::1', 'https://[2001:db8::1]'],
    ['https://me:pw@dstack.example.com', 'https://dstack.example.com'],
    ['https://dstack.example.com/?a=1#b', 'https://dstack.example.com'],
    ['ftp://dstack.example.com', undefined],
    ['nonsense', undefined],
    ['https://', undefined],
  ])('as a URL: %s is refused, and %s offered instead', (text, suggestion) => {
    const { url, finding } = readServerUrl(text);
    expect(url).toBeUndefined();
    expect(finding.error?.code).toBe('server_url_invalid');
    expect(finding.suggestion).toBe(suggestion);
  });

  it.each([
    ['https://dana:canary-pw@dstack.example.com/', 'https://dstack.example.com'],
    [' dana:canary-pw@dstack.example.com', 'https://dstack.example.com'],
    ['https://canary:p@w@dstack.example.com', 'https://dstack.example.com'],
    ['https://dana:canary-pw@', undefined],
  ])('as a URL with a password is refused and kept without it: %s', async (pasted, suggestion) => {
    const { world, session } = await atPlace();
    const { serverUrl } = await say(
      world,
      session,
      choose('server', REMOTE_SERVER),
      type('serverUrl', pasted),
    );
    expect(serverUrl.error?.code).toBe('server_url_invalid');
    expect(serverUrl.suggestion).toBe(suggestion);
    expect(said(session, world)).not.toContain('canary');
  });

  it('as a URL with an at sign in its path is left as it is', async () => {
    const { world, session } = await atPlace();
    const url = 'https://dstack.example.com/@team';
    const form = await say(world, session, choose('server', REMOTE_SERVER), type('serverUrl', url));
    expect(form.serverUrl.value).toBe(url);
    expect(form.serverUrl).not.toHaveProperty('error');
  });

  it('as a URL without https is taken, with a warning if it leads elsewhere', () => {
    expect(readServerUrl('http://dstack.example.com').finding.hint).toMatch(/Without https/);
    expect(readServerUrl('http://localhost:3000').finding.hint).toBeUndefined();
  });
});
