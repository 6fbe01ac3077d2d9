import { DSTACK_LOCATIONS } from '../../src/setup/locations.ts';
import { createWizardSession, type WizardSession } from '../../src/setup/wizardSession.ts';
import { sampleAccount, WizardWorld } from '../unit/setup/wizardWorld.ts';

const [SUBSCRIPTIONS, LOCATIONS, ACCOUNTS] = [500, 100, 5_000];

/** A wizard's session in a company: all lists are there, and the storage accounts are too many to send. */
export async function crowdedForm(): Promise<WizardSession> {
  const world = new WizardWorld();
  const [location = ''] = DSTACK_LOCATIONS;
  const subscriptions = many(SUBSCRIPTIONS, (name) => ({
    subscriptionId: `subscription-${name}`,
    displayName: `Line of business ${name}`,
    tenantId: 'any',
    state: 'Enabled',
  }));
  const locations = [
    ...DSTACK_LOCATIONS,
    ...many(LOCATIONS - DSTACK_LOCATIONS.length, (name) => `elsewhere${name}`),
  ].map((name) => ({ name, displayName: name }));
  const accounts = many(ACCOUNTS, (name) => sampleAccount(`lob${name}`, location));
  const catalogFor = (accountId: string) => ({
    ...world.deps.catalogFor(accountId),
    subscriptions: () => Promise.resolve(subscriptions),
    locations: () => Promise.resolve(locations),
    storageAccounts: () => Promise.resolve(accounts),
  });
  const session = createWizardSession({ ...world.deps, catalogFor });
  await world.answerAll();
  for (const [field, value] of [
    ['account', 'guest'],
    ['subscription', 'subscription-0000'],
    ['location', location],
  ] as const) {
    session.dispatch({ kind: 'choose', field, value });
    await world.answerAll();
  }
  return session;
}

function many<T>(count: number, make: (name: string) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index.toString().padStart(4, '0')));
}
