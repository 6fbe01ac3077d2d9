import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askForEssentials } from '../../../src/host/quickCreate.ts';
import type { SignInOptions } from '../../../src/host/sessions.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import type { Catalog } from '../../../src/setup/ports.ts';

interface Row {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

/** The person at the questions: what they see, and what they do with each. */
const person = vi.hoisted(() => ({
  lists: [] as (readonly Row[])[],
  /** What they press: each the name of a row. */
  presses: [] as string[],
}));

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  const input = () => {
    const listeners: { accept: () => void } = { accept: () => undefined };
    return {
      ...{ value: '', selectedItems: [] as readonly Row[], listeners },
      ...{ show: () => undefined, dispose: () => undefined },
      ...{ onDidHide: nothing, onDidChangeValue: nothing, onDidTriggerButton: nothing },
      onDidAccept: (listener: () => void) => {
        listeners.accept = listener;
        return nothing();
      },
    };
  };
  return {
    l10n: { t: (text: string) => text },
    ThemeIcon: class {
      readonly id: string;
      constructor(id: string) {
        this.id = id;
      }
    },
    QuickInputButtons: { Back: {} },
    Disposable: { from: nothing },
    window: {
      createInputBox: () => {
        const box = input();
        return { ...box, show: () => queueMicrotask(() => box.listeners.accept()) };
      },
      createQuickPick: () => {
        const pick = input();
        return Object.defineProperty({ ...pick }, 'items', {
          set(this: { selectedItems: readonly Row[] }, items: readonly Row[]) {
            person.lists.push(items);
            const press = person.presses.shift();
            this.selectedItems = items.filter(({ label }) => label === press);
            queueMicrotask(() => pick.listeners.accept());
          },
        });
      },
    },
  };
});

const TENANTS = [
  { tenantId: 'contoso-id', displayName: 'Contoso', defaultDomain: 'contoso.example' },
  { tenantId: 'fabrikam-id', displayName: 'Fabrikam', defaultDomain: 'fabrikam.example' },
];

const closed = new SetupError({
  ...{ code: 'sign_in_needed', source: 'user', field: 'tenant' },
  ...{ message: 'Ann has to sign in to the tenant fabrikam-id.', remedy: 'Sign in.' },
});
const down = new SetupError({
  ...{ code: 'network', source: 'azure', message: 'Azure is away.', remedy: 'Wait.' },
});

describe('The quick path where a tenant takes another sign-in', () => {
  const signIns: SignInOptions[] = [];
  /** What each tenant says instead of its subscriptions. */
  const refusals = new Map<string, Error>();
  let signIn = (): Promise<void> => Promise.resolve();

  beforeEach(() => {
    refusals.clear();
    refusals.set('fabrikam-id', closed);
    for (const list of [signIns, person.lists, person.presses]) list.length = 0;
    signIn = () => {
      refusals.clear();
      return Promise.resolve();
    };
  });

  async function chosen(...presses: readonly string[]): Promise<object> {
    person.presses.push(...presses);
    const account = { id: 'ann-id', label: 'Ann' };
    const catalog: Pick<Catalog, 'tenants' | 'subscriptions' | 'locations'> = {
      tenants: () => Promise.resolve(TENANTS),
      subscriptions: (tenantId) => {
        const refusal = refusals.get(tenantId);
        if (refusal !== undefined) return Promise.reject(refusal);
        const subscriptionId = `${tenantId}-sub`;
        const displayName = `${tenantId} pays`;
        return Promise.resolve([{ subscriptionId, displayName, tenantId, state: 'Enabled' }]);
      },
      locations: () => Promise.resolve([{ name: 'westeurope', displayName: 'West Europe' }]),
    };
    const snapshot = await askForEssentials({
      signIn: {
        accounts: () => Promise.resolve([account]),
        signIn: async (options = {}) => {
          signIns.push(options);
          await signIn();
          return account;
        },
      },
      catalogFor: () => Promise.resolve(catalog as Catalog),
      folderName: 'vision',
    });
    return snapshot.form.chosen;
  }

  const shown = (at: number) =>
    person.lists[at]?.map(({ label, description, detail }) => [label, description, detail]);
  const FABRIKAM = ['Fabrikam', 'Needs another sign-in', 'fabrikam.example · fabrikam-id'];

  it('shows that tenant after the subscriptions, and lists its own once it is signed in to', async () => {
    expect(await chosen('Fabrikam', 'fabrikam-id pays', 'West Europe')).toEqual({
      ...{ account: 'ann-id', tenant: 'fabrikam-id', subscription: 'fabrikam-id-sub' },
      location: 'westeurope',
    });
    expect(signIns).toEqual([{ accountId: 'ann-id', tenantId: 'fabrikam-id' }]);
    expect(shown(0)).toEqual([['contoso-id pays', 'contoso-id-sub', undefined], FABRIKAM]);
    expect(shown(1)?.map(([label]) => label)).toEqual(['contoso-id pays', 'fabrikam-id pays']);
  });

  it('goes on with another one after a sign-in that was closed', async () => {
    signIn = () => Promise.reject(cancellation());
    const found = await chosen('Fabrikam', 'contoso-id pays', 'West Europe');
    expect(found).toMatchObject({ tenant: 'contoso-id', subscription: 'contoso-id-sub' });
    expect(shown(1)).toEqual(shown(0));
  });

  it('says why a sign-in failed', async () => {
    signIn = () => Promise.reject(down);
    await expect(chosen('Fabrikam')).rejects.toBe(down);
  });

  it('shows the tenant where it is the only thing to choose', async () => {
    refusals.set('contoso-id', down);
    signIn = () => Promise.resolve(void refusals.delete('fabrikam-id'));
    await chosen('Fabrikam', 'fabrikam-id pays', 'West Europe');
    expect(shown(0)).toEqual([FABRIKAM]);
  });

  it('says why there is nothing to choose where no sign-in helps', async () => {
    for (const { tenantId } of TENANTS) refusals.set(tenantId, down);
    await expect(chosen()).rejects.toBe(down);
    expect(person.lists).toEqual([]);
  });
});
