import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import {
  CREATE_NEW,
  CREDENTIAL_WAYS,
  EXTRAS,
  FORM_PARTS,
  LOCAL_SERVER,
  OTHER_TENANT,
  REMOTE_SERVER,
  SECRET_FIELDS,
  SELECT_FIELDS,
  type SelectFieldName,
  type WizardState,
} from '../../../src/contract/wizardState.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { specSchema } from '../../../src/setup/projectSpec.ts';
import { createWizardSession } from '../../../src/setup/wizardSession.ts';
import {
  CLIENT,
  GUEST,
  HOME,
  HOME_SERVER,
  locationsOf,
  ONE,
  ONLY,
  OTHER,
  PRINCIPAL,
  storageAccountsOf,
  subscriptionsOf,
  tenantsOf,
  tick,
  TWO,
  WizardWorld,
} from './wizardWorld.ts';

const SEED = Number(process.env['FC_SEED'] ?? Date.now());
/** Whatever is given as a secret; nothing that leaves the wizard may hold it. */
const CANARY = 'canary-7f3a~secret';
const VALUES: Readonly<Record<SelectFieldName, readonly string[]>> = {
  account: ['dev', 'guest'],
  tenant: [HOME, GUEST, OTHER, OTHER_TENANT],
  subscription: [ONE, TWO, ONLY],
  location: ['westeurope', 'eastus', 'norwayeast', 'uksouth'],
  storageAccount: [CREATE_NEW, 'west1', 'west2', 'east1a', 'owned1', 'files2'],
  resourceGroup: [CREATE_NEW, 'group-1', 'group-2'],
  credentials: CREDENTIAL_WAYS,
  server: [LOCAL_SERVER, REMOTE_SERVER, `home:${HOME_SERVER}`],
};

/** What may happen: the person does something, or one of the open questions gets its answer. */
type Move =
  | { readonly kind: 'intent'; readonly intent: WizardIntent }
  | { readonly kind: 'answer'; readonly which: number }
  | { readonly kind: 'fail'; readonly which: number }
  | { readonly kind: 'time' }
  | { readonly kind: 'accountsChanged' }
  | { readonly kind: 'tenantsClosed' }
  | { readonly kind: 'apply' };

const intent: fc.Arbitrary<WizardIntent> = fc.oneof(
  fc
    .constantFrom(...SELECT_FIELDS)
    .chain((field) =>
      fc.constantFrom(...VALUES[field]).map((value) => ({ kind: 'choose' as const, field, value })),
    ),
  fc.record({
    kind: fc.constant('type' as const),
    field: fc.constantFrom('projectName' as const, 'newStorageAccount' as const),
    value: fc.constantFrom('vision', 'robots', 'a b', '', 'accountname'),
  }),
  fc.record({
    kind: fc.constant('type' as const),
    field: fc.constantFrom('otherTenant' as const, 'appTenant' as const, 'clientId' as const),
    value: fc.constantFrom(CLIENT, HOME, GUEST.toUpperCase(), `{${CLIENT}}`, 'contoso.example', ''),
  }),
  fc.record({
    kind: fc.constant('type' as const),
    field: fc.constantFrom('serverUrl' as const, 'secretDays' as const, 'principalId' as const),
    value: fc.constantFrom('dstack.example.com', 'https://a.example/', '30', '', CLIENT),
  }),
  fc.record({
    kind: fc.constant('secret' as const),
    field: fc.constantFrom(...SECRET_FIELDS),
    value: fc.constantFrom(CANARY, `${CANARY} ${CANARY}`, CLIENT, ''),
  }),
  fc.record({
    kind: fc.constant('extra' as const),
    extra: fc.constantFrom(...EXTRAS),
    checked: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('showPart' as const),
    part: fc.constantFrom(...FORM_PARTS),
    open: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('nextPart' as const), part: fc.constantFrom(...FORM_PARTS) }),
  fc.record({ kind: fc.constant('retryField' as const), field: fc.constantFrom(...SELECT_FIELDS) }),
  fc.constantFrom<WizardIntent>(
    { kind: 'review' },
    { kind: 'backToForm' },
    { kind: 'cancel' },
    { kind: 'continue' },
  ),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: intent.map((each) => ({ kind: 'intent' as const, intent: each })) },
  {
    weight: 12,
    arbitrary: fc.nat(20).map((which) => ({ kind: 'answer' as const, which })),
  },
  { weight: 1, arbitrary: fc.nat(20).map((which) => ({ kind: 'fail' as const, which })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Move>(
      { kind: 'time' },
      { kind: 'accountsChanged' },
      { kind: 'tenantsClosed' },
      { kind: 'apply' },
    ),
  },
);

describe('Whatever people do and in whatever order answers come, the wizard', () => {
  it(`never shows a stale list, a value outside of its list or a plan for another spec (seed ${SEED})`, async () => {
    let reviews = 0;
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        beginning,
        fc.array(move, { minLength: 20, maxLength: 120 }),
        async (begin, moves) => {
          const world = new WizardWorld();
          const runs: string[] = [];
          const session = createWizardSession({
            ...world.deps,
            apply: ({ plan }, { signal }) => {
              runs.push(plan.planId);
              return new Promise((_, reject) =>
                signal.addEventListener('abort', () =>
                  reject(Object.assign(new Error('cancelled'), { name: 'AbortError' })),
                ),
              );
            },
          });
          let revision = session.state.revision;
          for (const each of [...filled, ...begin, ...moves]) {
            make(each, world, session);
            await tick();
            check(session.state);
            if (each.kind === 'intent' && each.intent.kind === 'secret')
              keepsSilent(session, world);
            expect(session.state.revision).toBeGreaterThanOrEqual(revision);
            ({ revision } = session.state);
            if (session.state.step !== 'review') continue;
            reviews += 1;
            const { credentials, server } = session.state.form;
            kinds.add(credentials.value ?? '').add(server.value ?? '');
          }
          keepsSilent(session, world);
          session.dispose();
        },
      ),
      { numRuns: 60, seed: SEED },
    );
    // Otherwise the property would hold for nothing.
    expect(reviews).toBeGreaterThan(20);
    expect([...kinds].sort()).toEqual([...CREDENTIAL_WAYS, ...VALUES.server].sort());
  }, 120_000);
});

/** A form that is nearly ready, so that plans come into play. */
const filled: readonly Move[] = [
  ...Array.from({ length: 3 }, () => ({ kind: 'answer' as const, which: 0 })),
  ...(['account', 'tenant', 'subscription', 'location', 'storageAccount'] as const).flatMap(
    (field): readonly Move[] => [
      { kind: 'intent', intent: { kind: 'choose', field, value: VALUES[field][0] ?? '' } },
      ...Array.from({ length: 5 }, () => ({ kind: 'answer' as const, which: 0 })),
    ],
  ),
];

/** Every way and every server with what they need, so that plans for all of them come into play. */
const beginning: fc.Arbitrary<readonly Move[]> = fc
  .tuple(fc.constantFrom(...CREDENTIAL_WAYS), fc.constantFrom(...VALUES.server))
  .map(([way, server]) => {
    const intents: readonly WizardIntent[] = [
      { kind: 'showPart', part: 'server', open: true },
      { kind: 'choose', field: 'credentials', value: way },
      { kind: 'type', field: 'clientId', value: CLIENT },
      { kind: 'secret', field: 'clientSecret', value: CANARY },
      { kind: 'choose', field: 'server', value: server },
      { kind: 'type', field: 'serverUrl', value: 'https://a.example' },
      { kind: 'secret', field: 'serverToken', value: CANARY },
      { kind: 'review' },
    ];
    return intents.flatMap((each): readonly Move[] => [
      { kind: 'intent', intent: each },
      ...Array.from({ length: 3 }, () => ({ kind: 'answer' as const, which: 0 })),
    ]);
  });

const TWO_PEOPLE = new WizardWorld().accounts;

type Session = ReturnType<typeof createWizardSession>;

function make(each: Move, world: WizardWorld, session: Session): void {
  const open = world.pending;
  switch (each.kind) {
    case 'intent':
      session.dispatch(each.intent);
      return;
    case 'answer':
      open[each.which % Math.max(1, open.length)]?.answer();
      return;
    case 'fail':
      open[each.which % Math.max(1, open.length)]?.fail(
        new SetupError({ code: 'network', source: 'azure', message: 'No.', remedy: 'Wait.' }),
      );
      return;
    case 'time':
      void world.clock.advance(1000);
      return;
    case 'accountsChanged':
      // Somebody signs out, or in again.
      world.accounts = world.accounts.length === 2 ? world.accounts.slice(1) : TWO_PEOPLE;
      world.fireAccountsChanged();
      return;
    case 'tenantsClosed':
      // Fabrikam wants another sign-in from now on, or no more.
      if (!world.closedTenants.delete(GUEST)) world.closedTenants.add(GUEST);
      return;
    case 'apply':
      session.dispatch({ kind: 'apply', planId: session.state.plan?.planId ?? '' });
      return;
  }
}

/** What leaves the wizard holds no secret. */
function keepsSilent(session: Session, world: WizardWorld): void {
  const said = JSON.stringify([session.state, session.snapshot(), world.plans, world.asked]);
  expect(said).not.toContain('canary');
}

/** Everything that is shown follows from the values before it, by the world's truth. */
function check({ form, step, plan }: WizardState): void {
  for (const field of SELECT_FIELDS) {
    const { value, options } = form[field];
    if (value === undefined) continue;
    const option = options.find((each) => each.value === value);
    expect(option, `${field} ${value}`).toBeDefined();
    expect(option?.disabledReason).toBeUndefined();
  }
  // Only Fabrikam ever wants another sign-in, and only dev is in it.
  const marked = form.tenant.options.filter(({ mark }) => mark !== undefined);
  for (const { value } of marked) expect([form.account.value, value]).toEqual(['dev', GUEST]);
  const shown = (field: SelectFieldName) => form[field].options.map(({ value }) => value);
  const truth: readonly (readonly [SelectFieldName, readonly string[]])[] = [
    [
      'tenant',
      [...tenantsOf(form.account.value ?? 'nobody').map((each) => each.tenantId), OTHER_TENANT],
    ],
    ['subscription', subscriptionsOf(tenantIn(form) ?? '').map((each) => each.subscriptionId)],
    ['location', locationsOf(form.subscription.value ?? '').map((each) => each.name)],
    [
      'storageAccount',
      [CREATE_NEW, ...storageAccountsOf(form.subscription.value ?? '').map((each) => each.name)],
    ],
    ['resourceGroup', [CREATE_NEW, `group-${form.subscription.value?.[0] ?? ''}`]],
  ];
  for (const [field, expected] of truth) {
    if (shown(field).length > 0)
      expect(shown(field).toSorted(), field).toEqual(expected.toSorted());
  }
  if (tenantIn(form) === undefined) expect(form.subscription.options).toEqual([]);
  for (const [above, below] of [
    ['account', 'tenant'],
    ['subscription', 'location'],
    ['location', 'storageAccount'],
  ] as const) {
    if (form[above].value === undefined) expect(form[below].options, below).toEqual([]);
  }
  if (step === 'review' && plan !== undefined) checkPlan(form, plan.planId);
}

/** The tenant that is meant, by what is shown: the chosen one or the one that was typed. */
function tenantIn({ tenant, otherTenant }: WizardState['form']): string | undefined {
  if (tenant.value !== OTHER_TENANT) return tenant.value;
  if (otherTenant.value === 'contoso.example') return HOME;
  return /^[0-9a-f-]{36}$/.test(otherTenant.value) ? otherTenant.value : undefined;
}

/** What the answers in Access and Server mean in a spec. */
function credentialsIn(form: WizardState['form']): object {
  const { credentials, server, clientId, secretDays, principalId } = form;
  if (credentials.value === 'newApp') {
    return { kind: 'newApp', secretDays: Number(secretDays.value) };
  }
  if (credentials.value !== 'default') {
    // Only an app that has signed in is planned for.
    return { kind: 'existingApp', clientId: clientId.value, principalId: PRINCIPAL };
  }
  const given = server.value !== LOCAL_SERVER && principalId.value !== '';
  return { kind: 'default', ...(given ? { principalId: principalId.value } : {}) };
}

function serverIn({ server, serverUrl }: WizardState['form']): object {
  if (server.value === LOCAL_SERVER) return { kind: 'local' };
  const url = server.value === REMOTE_SERVER ? serverUrl.value.replace(/\/$/, '') : HOME_SERVER;
  return { kind: 'remote', url };
}

function checkPlan(form: WizardState['form'], planId: string): void {
  const spec = specSchema.parse(JSON.parse(planId.slice(0, planId.lastIndexOf('}') + 1)));
  const create = form.storageAccount.value === CREATE_NEW;
  expect(spec).toMatchObject({
    name: form.projectName.value,
    tenantId: tenantIn(form),
    subscriptionId: form.subscription.value,
    location: form.location.value,
    storageAccount: {
      name: create ? form.newStorageAccount.value : form.storageAccount.value,
      create,
    },
  });
  expect(spec.credentials).toEqual(credentialsIn(form));
  expect(spec.server).toEqual(serverIn(form));
  const ticked = form.extras.filter(({ checked }) => checked).map(({ name }) => name);
  expect(EXTRAS.filter((extra) => spec[extra] === true)).toEqual(ticked);
}
