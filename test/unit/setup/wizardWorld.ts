import type { HandOffView } from '../../../src/contract/wizardState.ts';
import { cancellation } from '../../../src/setup/errors.ts';
import type { ComputeCapacity } from '../../../src/setup/gpuQuota.ts';
import type { Change } from '../../../src/setup/plan.ts';
import type { ProjectPlan } from '../../../src/setup/planProject.ts';
import type {
  AzureStorageAccount,
  AzureSubscription,
  Catalog,
  Clock,
  FoundProject,
} from '../../../src/setup/ports.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import type { DesiredResource } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import type {
  HomeServer,
  WizardDeps,
  WizardEnvironment,
} from '../../../src/setup/wizard/wizardDeps.ts';
import { dev } from './sampleSpec.ts';

/** A guid whose digits are all the same: `t(1)`. */
const guid = (digit: string) => [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join('-');
export const HOME = guid('a');
export const GUEST = guid('b');
export const OTHER = guid('c');
export const ONE = guid('1');
export const TWO = guid('2');
export const ONLY = guid('3');

/** The app that is typed in, and what it is in its tenant. */
export const CLIENT = guid('d');
export const PRINCIPAL = guid('e');
export const HOME_SERVER = 'https://dstack.contoso.example';

/** What is asked of the world and not answered yet. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Gives the world's true answer. */
  answer(): void;
  fail(error: unknown): void;
  /** Gives an answer of the test's own. */
  give(value: unknown): void;
}

/**
 * Two people: `dev` in two tenants (with two subscriptions and with one), `guest` in one that is
 * empty. Nothing is answered until the test says so, in any order, also after it was aborted.
 */
export class WizardWorld {
  readonly pending: Call[] = [];
  readonly asked: string[] = [];
  readonly plans: ProjectSpec[] = [];
  readonly done: string[] = [];
  /** What an administrator has to do after a run. */
  forAdministrator: HandOffView | undefined;
  readonly copied: string[] = [];
  readonly opened: string[] = [];
  readonly exported: string[] = [];
  readonly undone: string[] = [];
  /** The project that is being deleted. */
  deleting: string | undefined;
  accounts = [
    { id: 'dev', label: 'dev@contoso.example' },
    { id: 'guest', label: 'guest@contoso.example' },
  ];
  environment: WizardEnvironment = { folder: { name: 'vision', writable: true } };
  projects: FoundProject[] = [];
  homeServers: HomeServer[] = [{ url: HOME_SERVER, projectNames: ['main', 'team'] }];
  /** Secrets that were handed to their keeper. */
  readonly kept: (readonly [field: string, value: string])[] = [];
  /** As where Microsoft.Storage is not registered. */
  namesUnchecked = false;
  /** Tenants that take another sign-in. */
  closedTenants = new Set<string>();
  takenNames = new Set<string>();
  capacity: ComputeCapacity = { usages: [], sizes: [] };
  readonly clock = new ManualClock();
  #accountsChanged = new Set<() => void>();

  readonly deps: WizardDeps = {
    clock: this.clock,
    accounts: {
      list: () => this.#ask('accounts', [], undefined, () => this.accounts),
      signIn: ({ accountId = '', tenantId = '' }) =>
        this.#ask('signIn', [accountId, tenantId], undefined, () => this.accounts[0]),
      isSignedIn: ({ accountId, tenantId }) =>
        this.#ask(
          'isSignedIn',
          [accountId, tenantId],
          undefined,
          () => !this.closedTenants.has(tenantId),
        ),
      onDidChange: (listener) => {
        this.#accountsChanged.add(listener);
        return { dispose: () => this.#accountsChanged.delete(listener) };
      },
    },
    keepSecret: (field, value) => {
      this.kept.push([field, value]);
    },
    app: {
      verify: ({ tenantId, clientId, subscriptionId }, signal) =>
        this.#ask('verify', [tenantId, clientId, subscriptionId], signal, () => ({
          clientId,
          principalId: PRINCIPAL,
          seesSubscription: false,
        })),
      registrar: ({ accountId, tenantId }, signal) =>
        this.#ask('registrar', [accountId, tenantId], signal, () => ({
          name: `${accountId}@contoso.example`,
          via: 'azureCli',
        })),
    },
    servers: {
      fromHome: (signal) => this.#ask('fromHome', [], signal, () => this.homeServers),
      check: ({ url, token }, signal) =>
        this.#ask('checkServer', [url, token], signal, () => ({
          url,
          version: '0.21.2',
          userName: 'dana',
        })),
    },
    catalogFor: (accountId) => this.#catalog(accountId),
    environment: () => this.#ask('environment', [], undefined, () => this.environment),
    openQuota: (tenantId) => this.#ask('openQuota', [tenantId], undefined, () => undefined),
    openFolder: () => this.#ask('openFolder', [], undefined, () => undefined),
    plan: ({ accountId, spec }, signal) => {
      this.plans.push(spec);
      return this.#ask('plan', [accountId, JSON.stringify(spec)], signal, () => samplePlan(spec));
    },
    toPlanView: (plan) => ({
      planId: plan.planId,
      items: plan.changes.map(({ resource, action, reason }) => ({
        key: resource.key,
        kindLabel: resource.kind,
        name: resource.name,
        action,
        reason,
        purpose: resource.purpose,
      })),
      summary: `${plan.changes.length.toString()} objects`,
      canApply: plan.changes.every(({ action }) => action !== 'conflict'),
      files: [],
      warnings: [],
      ports: [],
      costs: { items: [], note: '' },
    }),
    apply: () => Promise.reject(new Error('not said what a run does')),
    finish: () => Promise.reject(new Error('not said how it ends')),
    useProject: ({ project }, signal) =>
      this.#ask('useProject', [project.projectName], signal, () => doneView(project.projectName)),
    handOff: () => this.forAdministrator,
    copyText: (text) => {
      this.copied.push(text);
      return Promise.resolve();
    },
    openDocument: (text) => {
      this.opened.push(text);
      return Promise.resolve();
    },
    exportPlan: (plan, format) => {
      this.exported.push(`${format} of ${plan.planId}`);
      return Promise.resolve();
    },
    isBeingDeleted: ({ name }) => this.deleting === name,
    undo: ({ spec }) => {
      this.undone.push(spec.name);
      return Promise.resolve();
    },
    performDoneAction: (action) => {
      this.done.push(action);
      return Promise.resolve(action === 'copyCliCommand' ? 'It is copied.' : undefined);
    },
  };

  fireAccountsChanged(): void {
    for (const listener of this.#accountsChanged) listener();
  }

  /** The oldest call of this name that is still open. */
  call(name: string): Call {
    const call = this.pending.find((each) => each.name === name);
    if (call === undefined) throw new Error(`nobody asked for ${name}: ${this.open().join(', ')}`);
    return call;
  }

  /** Names of the calls that are open, in the order asked. */
  open(): readonly string[] {
    return this.pending.map(({ name }) => name);
  }

  /** Answers truly until nobody asks any more; sleepers sleep on. */
  async answerAll(): Promise<void> {
    await tick();
    while (this.pending.length > 0) {
      this.pending[0]?.answer();
      await tick();
    }
  }

  #catalog(account: string): Catalog {
    return {
      tenants: (signal) => this.#ask('tenants', [account], signal, () => tenantsOf(account)),
      subscriptions: (tenant, signal) =>
        this.#ask('subscriptions', [account, tenant], signal, () => subscriptionsOf(tenant)),
      locations: (tenant, subscription, signal) =>
        this.#ask('locations', [account, tenant, subscription], signal, () =>
          locationsOf(subscription),
        ),
      storageAccounts: (tenant, subscription, signal) =>
        this.#ask('storageAccounts', [account, tenant, subscription], signal, () =>
          storageAccountsOf(subscription),
        ),
      resourceGroups: (tenant, subscription, signal) =>
        this.#ask('resourceGroups', [account, tenant, subscription], signal, () => [
          { name: `group-${subscription[0] ?? ''}`, location: 'westeurope', tags: {} },
        ]),
      computeCapacity: (tenant, subscription, location, signal) =>
        this.#ask(
          'computeCapacity',
          [account, tenant, subscription, location],
          signal,
          () => this.capacity,
        ),
      checkStorageAccountName: (tenant, subscription, name, signal) =>
        this.#ask('checkName', [account, tenant, subscription, name], signal, () => ({
          available: !this.takenNames.has(name),
          ...(this.namesUnchecked ? { reason: 'Unchecked' } : {}),
        })),
      caller: () => Promise.resolve(dev),
      projects: (tenant, ids, signal) =>
        this.#ask('projects', [account, tenant, ...ids], signal, () => this.projects),
    };
  }

  #ask<T>(
    name: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
    truth: () => unknown,
  ): Promise<T> {
    this.asked.push([name, ...args].join(' '));
    return new Promise<T>((resolve, reject) => {
      const close = () => {
        const index = this.pending.indexOf(call);
        if (index >= 0) this.pending.splice(index, 1);
      };
      const give = (value: unknown) => {
        close();
        resolve(value as T);
      };
      const call: Call = {
        name,
        args,
        signal,
        give,
        answer: () => give(truth()),
        fail: (error) => {
          close();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      this.pending.push(call);
    });
  }
}

/** Everything that can happen without a further answer has happened. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(cancellation());
      });
    });
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter((each) => !due.includes(each));
    for (const { wake } of due) wake();
    await tick();
  }
}

export function tenantsOf(account: string) {
  return account === 'dev'
    ? [
        { tenantId: HOME, displayName: 'Contoso', defaultDomain: 'contoso.example' },
        { tenantId: GUEST, displayName: 'Fabrikam' },
      ]
    : [{ tenantId: OTHER, displayName: 'Empty' }];
}

export function subscriptionsOf(tenantId: string): AzureSubscription[] {
  const ids = tenantId === HOME ? [ONE, TWO] : tenantId === GUEST ? [ONLY] : [];
  return ids.map((subscriptionId) => ({
    subscriptionId,
    displayName: `Subscription ${subscriptionId[0] ?? ''}`,
    tenantId,
    state: 'Enabled',
  }));
}

export function locationsOf(subscription: string) {
  return [
    { name: 'westeurope', displayName: 'West Europe' },
    { name: 'eastus', displayName: `East US` },
    { name: 'norwayeast', displayName: 'Norway East' },
    ...(subscription === ONLY ? [{ name: 'uksouth', displayName: 'UK South' }] : []),
  ];
}

export function storageAccountsOf(subscription: string): AzureStorageAccount[] {
  const digit = subscription[0] ?? '';
  return [
    sampleAccount(`west${digit}`, 'westeurope'),
    sampleAccount(`east${digit}a`, 'eastus'),
    sampleAccount(`east${digit}b`, 'eastus'),
    { ...sampleAccount(`files${digit}`, 'westeurope'), kind: 'FileStorage' },
    { ...sampleAccount(`making${digit}`, 'westeurope'), provisioningState: 'Creating' },
    { ...sampleAccount(`owned${digit}`, 'westeurope'), tags: { 'dstack-project': 'robots' } },
  ];
}

export function sampleAccount(name: string, location: string): AzureStorageAccount {
  return {
    id: `/subscriptions/x/resourceGroups/storage/providers/Microsoft.Storage/storageAccounts/${name}`,
    name,
    resourceGroup: 'storage',
    location,
    kind: 'StorageV2',
    provisioningState: 'Succeeded',
    tags: {},
  };
}

export function doneView(projectName: string) {
  return {
    projectName,
    summary: `${projectName} is there.`,
    files: [{ path: '.dstack/config.yml', note: 'the token' }],
    pending: [],
    actions: ['openTerminal'] as const,
  };
}

/** A plan of two steps, the second one optional, whose id names what it was made for. */
export function samplePlan(
  spec: ProjectSpec,
  actions: readonly Change['action'][] = ['create', 'create'],
): ProjectPlan {
  const keys = ['storageAccount', 'projectRecord'] as const;
  return {
    project: projectContext(spec, dev),
    planId: `${JSON.stringify(spec)} ${actions.join(' ')}`,
    projectId: '99999999-9999-9999-9999-999999999999',
    spec,
    caller: dev,
    changes: keys.map((key, index) => ({
      resource: sampleResource(key),
      action: actions[index] ?? 'create',
      reason: 'because',
      origin: 'created',
    })),
  };
}

function sampleResource(key: 'storageAccount' | 'projectRecord'): DesiredResource {
  return {
    key,
    kind: key,
    name: `the ${key}`,
    purpose: 'a purpose',
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: [],
    optional: key === 'projectRecord',
    target: () => undefined,
    difference: () => undefined,
    outputs: () => ({}),
  };
}
