import { describe, expect, it } from 'vitest';
import { parseIntent } from '../../../src/contract/intentGuard.ts';
import type { WizardIntent } from '../../../src/contract/wizardIntent.ts';

const GOOD: readonly WizardIntent[] = [
  { kind: 'ready' },
  { kind: 'choose', field: 'location', value: 'westeurope' },
  { kind: 'search', field: 'storageAccount', text: '' },
  { kind: 'type', field: 'projectName', value: 'vision' },
  { kind: 'useSuggestion', field: 'newStorageAccount' },
  { kind: 'fieldAction', field: 'tenant', action: 'signInToTenant' },
  { kind: 'retryField', field: 'newResourceGroup' },
  { kind: 'problemAction', action: 'openFolder' },
  { kind: 'review' },
  { kind: 'backToForm' },
  { kind: 'apply', planId: 'p' },
  { kind: 'cancel' },
  { kind: 'continue' },
  { kind: 'doneAction', action: 'openTerminal' },
];

const BAD: readonly unknown[] = [
  undefined,
  null,
  'review',
  7,
  [],
  {},
  { kind: 'format disk' },
  { kind: ['review'] },
  { kind: 'choose', field: 'location' },
  { kind: 'choose', field: 'projectName', value: 'x' },
  { kind: 'choose', field: 'location', value: 7 },
  { kind: 'choose', field: '__proto__', value: 'x' },
  { kind: 'type', field: 'location', value: 'x' },
  { kind: 'type', field: 'projectName', value: 'x'.repeat(2001) },
  { kind: 'fieldAction', field: 'tenant', action: 'signOut' },
  { kind: 'problemAction', action: 'delete' },
  { kind: 'apply' },
  { kind: 'doneAction', action: 'rm' },
  Object.create({ kind: 'review' }),
];

describe('The guard of what the page says', () => {
  it.each(GOOD)('lets $kind through as it is', (intent) => {
    expect(parseIntent(intent)).toEqual(intent);
  });

  it.each(BAD.map((value) => [value]))('drops %j', (value) => {
    expect(parseIntent(value)).toBeUndefined();
  });

  it('drops what an intent should not carry', () => {
    expect(parseIntent({ kind: 'review', token: 'x' })).toEqual({ kind: 'review' });
  });
});
