import type { ProjectSources } from '../../../src/projects/childrenOf.ts';
import type { BoundProject, Discovery } from '../../../src/projects/discovery.ts';
import type { Account, FolderUse, ListedProject } from '../../../src/projects/projectNode.ts';
import type { ComputeCapacity } from '../../../src/setup/gpuQuota.ts';
import type {
  AzureStorageAccount,
  Catalog,
  FoundProject,
  RecordStore,
} from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';

/** A little Azure for the tree: what a test says is there, and nothing else. */
export interface World {
  readonly accounts: readonly Account[];
  /** Tenants by account; an Error is what listing them fails with. */
  readonly tenants: Readonly<Record<string, readonly string[] | Error>>;
  /** Projects by tenant; an Error is what finding them fails with. */
  readonly projects: Readonly<Record<string, readonly FoundProject[] | Error>>;
  /** The record of every project, or what reading it fails with. */
  readonly record: ProjectRecord | Error | undefined;
  readonly folders: readonly FolderUse[];
  readonly usedHere: readonly string[];
  /** What the subscription's own listing shows, or what it fails with. */
  readonly storageAccounts: readonly AzureStorageAccount[] | Error;
  readonly bound: readonly BoundProject[];
  /** What the subscription may rent, or what asking for it fails with. */
  readonly capacity: ComputeCapacity | Error;
}

export const ada: Account = { id: 'ada-id', label: 'ada@contoso.example' };
export const bob: Account = { id: 'bob-id', label: 'bob@fabrikam.example' };

const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

export function account(name: string): AzureStorageAccount {
  return {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/dstack-${name}/providers/Microsoft.Storage/storageAccounts/${name}`,
    name,
    resourceGroup: `dstack-${name}`,
    location: 'westeurope',
    kind: 'StorageV2',
    provisioningState: 'Succeeded',
    tags: {},
    blobEndpoint: `https://${name}.blob.example/`,
  };
}

export function found(projectName: string, tenantId = 'contoso'): FoundProject {
  return {
    projectName,
    storageAccount: account(projectName),
    tenantId,
    subscriptionId: SUBSCRIPTION,
  };
}

export function listed(name: string): ListedProject {
  return {
    name,
    accountId: ada.id,
    tenantId: 'contoso',
    subscriptionId: SUBSCRIPTION,
    subscriptionName: 'Research',
    storageAccount: account(name),
  };
}

export function record(name: string): ProjectRecord {
  const { id } = account(name);
  const entry = { origin: 'created' as const, runId: 'run', outputs: {} };
  return {
    schema: 1,
    projectId: '22222222-2222-4222-8222-222222222222',
    spec: {
      schema: 1,
      name,
      tenantId: '33333333-3333-4333-8333-333333333333',
      subscriptionId: SUBSCRIPTION,
      location: 'westeurope',
      resourceGroup: { name: `dstack-${name}`, create: true },
      storageAccount: { name, create: true },
      credentials: { kind: 'default' },
      server: { kind: 'local' },
    },
    server: { kind: 'local', url: 'http://127.0.0.1:3000' },
    resources: [
      { kind: 'storageAccount', id, ...entry },
      {
        kind: 'roleAssignment',
        id: `${id}/blobServices/default/containers/dstack-azure/providers/Microsoft.Authorization/roleAssignments/44444444-4444-4444-8444-444444444444`,
        ...entry,
        origin: 'adopted',
      },
      {
        kind: 'roleAssignment',
        id: `${id}/blobServices/default/containers/dstack-container/providers/Microsoft.Authorization/roleAssignments/55555555-5555-4555-8555-555555555555`,
        ...entry,
        outputs: { roleName: 'Storage Blob Data Contributor' },
      },
    ],
    secrets: [],
    pending: [],
  };
}

export function world(parts: Partial<World> = {}): World {
  return {
    accounts: [ada],
    tenants: { [ada.id]: ['contoso'] },
    projects: { contoso: [] },
    record: undefined,
    folders: [],
    usedHere: [],
    storageAccounts: [],
    bound: [],
    capacity: { usages: [], sizes: [] },
    ...parts,
  };
}

/** The ports of the tree over a world, and what was asked of it. */
export function sourcesOf(of: World): ProjectSources & {
  readonly asked: string[];
  readonly discoveries: Discovery[];
} {
  const asked: string[] = [];
  const discoveries: Discovery[] = [];
  return {
    asked,
    discoveries,
    accounts: () => Promise.resolve(of.accounts),
    catalogFor: (accountId) => Promise.resolve(catalogOf(accountId, of, asked)),
    recordsFor: () => Promise.resolve(recordsOf(of, asked)),
    folderUses: () => Promise.resolve(of.folders),
    bound: () => of.bound,
    isUsedHere: (id) => of.usedHere.includes(id),
    onDiscovered: (discovery) => void discoveries.push(discovery),
  };
}

function recordsOf(of: World, asked: string[]): RecordStore {
  return {
    read: ({ projectName }) => {
      asked.push(`record of ${projectName}`);
      if (of.record instanceof Error) return Promise.reject(of.record);
      return Promise.resolve(of.record && { record: of.record, etag: '"1"' });
    },
    write: () => Promise.reject(new Error('the tree never writes')),
  };
}

function catalogOf(accountId: string, of: World, asked: string[]): Catalog {
  const never = () => Promise.reject(new Error('the tree does not need this'));
  return {
    tenants: (signal) => {
      signal.throwIfAborted();
      asked.push(`tenants of ${accountId}`);
      return answer(of.tenants[accountId] ?? []).then((ids) =>
        ids.map((tenantId) => ({ tenantId, displayName: `Tenant ${tenantId}` })),
      );
    },
    subscriptions: (tenantId) =>
      Promise.resolve([
        {
          subscriptionId: SUBSCRIPTION.toUpperCase(),
          displayName: 'Research',
          tenantId,
          state: 'Enabled',
        },
      ]),
    projects: (tenantId) => answer(of.projects[tenantId] ?? []),
    locations: never,
    storageAccounts: () => {
      asked.push('storage accounts');
      return answer(of.storageAccounts);
    },
    resourceGroups: never,
    computeCapacity: (tenantId, _, location) => {
      asked.push(`capacity of ${location} for ${tenantId}`);
      return answer(of.capacity);
    },
    checkStorageAccountName: never,
    caller: never,
  };
}

function answer<T>(value: T | Error): Promise<T> {
  return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
}
