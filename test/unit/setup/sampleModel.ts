import { CREATE_NEW } from '../../../src/contract/wizardState.ts';
import type { SetupError } from '../../../src/setup/errors.ts';
import type { FormLists, FormModel } from '../../../src/setup/wizard/formModel.ts';
import type { Loaded } from '../../../src/setup/wizard/loaded.ts';
import { userError } from '../../../src/setup/wizard/problem.ts';
import {
  HOME,
  HOME_SERVER,
  locationsOf,
  ONE,
  storageAccountsOf,
  subscriptionsOf,
  tenantsOf,
} from './wizardWorld.ts';

/** A list as it stands: nobody fetches anything. */
export function list<T>(state: Partial<Pick<Loaded<T>, 'value' | 'loading' | 'error'>>): Loaded<T> {
  const nothing = (): void => undefined;
  return {
    value: undefined,
    loading: false,
    error: undefined,
    ...state,
    follow: nothing,
    reload: nothing,
    dispose: nothing,
  };
}

/** A failure whose message and remedy are one word each, to be found again. */
export function failure(code = 'network', message = 'Broken.'): SetupError {
  return userError(code, message, 'Mend it.');
}

/** Everything is chosen and has answered; a test states only what matters to it. */
export function sampleModel(
  change: Partial<Omit<FormModel, 'lists'>> = {},
  lists: Partial<FormLists> = {},
): FormModel {
  return {
    lists: {
      environment: list({ value: { folder: { name: 'vision', writable: true } } }),
      accounts: list({ value: [{ id: 'dev', label: 'dev@contoso.example' }] }),
      tenants: list({ value: tenantsOf('dev') }),
      subscriptions: list({ value: subscriptionsOf(HOME) }),
      projects: list({ value: [] }),
      locations: list({ value: locationsOf(ONE) }),
      storageAccounts: list({ value: storageAccountsOf(ONE) }),
      resourceGroups: list({ value: [{ name: 'mine', location: 'westeurope', tags: {} }] }),
      gpuQuota: list({}),
      nameCheck: list({ value: { available: true } }),
      registrar: list({}),
      appCheck: list({}),
      homeServers: list({ value: [{ url: HOME_SERVER, projectNames: ['main', 'team'] }] }),
      serverCheck: list({}),
      ...lists,
    },
    signIns: { needed: new Set(), follow: () => undefined },
    chosen: sampleChosen,
    typed: { projectName: 'vision' },
    problems: new Map(),
    searches: {},
    secrets: {},
    extras: new Set(),
    open: new Set(['where']),
    visited: new Set(['where']),
    attempted: new Set(),
    reviewing: false,
    ...change,
  };
}

export const sampleChosen: FormModel['chosen'] = {
  account: 'dev',
  tenant: HOME,
  subscription: ONE,
  location: 'westeurope',
  storageAccount: CREATE_NEW,
  resourceGroup: CREATE_NEW,
  credentials: 'default',
  server: 'local',
};
