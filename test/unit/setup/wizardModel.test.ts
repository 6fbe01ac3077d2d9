import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';
import {
  CREATE_NEW,
  SELECT_FIELDS,
  type SelectFieldName,
  type WizardState,
} from '../../../src/contract/wizardState.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { specSchema } from '../../../src/setup/projectSpec.ts';
import { createWizardSession } from '../../../src/setup/wizardSession.ts';
import {
  GUEST,
  HOME,
  locationsOf,
  ONE,
  ONLY,
  OTHER,
  storageAccountsOf,
  subscriptionsOf,
  tenantsOf,
  tick,
  TWO,
  WizardWorld,
} from './wizardWorld.ts';

const SEED = Number(process.env['FC_SEED'] ?? Date.now());
const VALUES: Readonly<Record<SelectFieldName, readonly string[]>> = {
  account: ['dev', 'guest'],
  tenant: [HOME, GUEST, OTHER],
  subscription: [ONE, TWO, ONLY],
  location: ['westeurope', 'eastus', 'norwayeast', 'uksouth'],
  storageAccount: [CREATE_NEW, 'west1', 'west2', 'east1a', 'owned1', 'files2'],
  resourceGroup: [CREATE_NEW, 'group-1', 'group-2'],
};

/** What may happen: the person does something, or one of the open questions gets its answer. */
type Move =
  | { readonly kind: 'intent'; readonly intent: WizardIntent }
  | { readonly kind: 'answer'; readonly which: number }
  | { readonly kind: 'fail'; readonly which: number }
  | { readonly kind: 'time' }
  | { readonly kind: 'accountsChanged' }
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
      { kind: 'apply' },
    ),
  },
);

describe('Whatever people do and in whatever order answers come, the wizard', () => {
  it(`never shows a stale list, a value outside of its list or a plan for another spec (seed ${SEED})`, async () => {
    let reviews = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 20, maxLength: 120 }), async (moves) => {
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
        for (const each of [...filled, ...moves]) {
          make(each, world, session);
          await tick();
          check(session.state);
          expect(session.state.revision).toBeGreaterThanOrEqual(revision);
          ({ revision } = session.state);
          if (session.state.step === 'review') reviews += 1;
        }
        session.dispose();
      }),
      { numRuns: 150, seed: SEED },
    );
    // Otherwise the property would hold for nothing.
    expect(reviews).toBeGreaterThan(50);
  });
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
  { kind: 'intent', intent: { kind: 'review' } },
];

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
    case 'apply':
      session.dispatch({ kind: 'apply', planId: session.state.plan?.planId ?? '' });
      return;
  }
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
  const shown = (field: SelectFieldName) => form[field].options.map(({ value }) => value);
  const truth: readonly (readonly [SelectFieldName, readonly string[]])[] = [
    ['tenant', tenantsOf(form.account.value ?? 'nobody').map((each) => each.tenantId)],
    ['subscription', subscriptionsOf(form.tenant.value ?? '').map((each) => each.subscriptionId)],
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
  for (const [above, below] of [
    ['account', 'tenant'],
    ['tenant', 'subscription'],
    ['subscription', 'location'],
    ['location', 'storageAccount'],
  ] as const) {
    if (form[above].value === undefined) expect(form[below].options, below).toEqual([]);
  }
  if (step === 'review' && plan !== undefined) checkPlan(form, plan.planId);
}

function checkPlan(form: WizardState['form'], planId: string): void {
  const spec = specSchema.parse(JSON.parse(planId.slice(0, planId.lastIndexOf('}') + 1)));
  const create = form.storageAccount.value === CREATE_NEW;
  expect(spec).toMatchObject({
    name: form.projectName.value,
    tenantId: form.tenant.value,
    subscriptionId: form.subscription.value,
    location: form.location.value,
    storageAccount: {
      name: create ? form.newStorageAccount.value : form.storageAccount.value,
      create,
    },
  });
}
