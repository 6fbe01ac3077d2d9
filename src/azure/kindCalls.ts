import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import { restorePoller, StorageManagementClient } from '@azure/arm-storage';
import { groupOf, nameOf } from '../setup/armId.ts';
import type { ResourceKind, Target } from '../setup/resource.ts';
import { textAt } from '../setup/resources/path.ts';
import { NO_CREDENTIAL, type ArmOptions } from './pipeline.ts';

/** One call about one object. */
export interface Call {
  readonly target: Target;
  readonly options: ArmOptions;
  readonly signal: AbortSignal;
  /** The serialised poller of a call that was sent earlier: nothing is sent but one poll. */
  readonly resumeFrom?: string;
}

/** How far Azure is: done, or the serialised poller to go on with. */
export type Progress = 'done' | { readonly poller: string };

/** How the clients read, write and remove one kind. The answers themselves are kept by `Exchange`. */
interface KindCalls {
  readonly read: (call: Call) => Promise<unknown>;
  readonly write: (call: Call) => Promise<Progress>;
  readonly remove?: (call: Call) => Promise<Progress>;
}

/** Kinds that are Azure objects: the record is a blob, apps and their secrets are the directory's. */
export type ArmKind = Exclude<
  ResourceKind,
  'projectRecord' | 'application' | 'servicePrincipal' | 'clientSecret'
>;

const GENERIC: KindCalls = {
  read: ({ target, options, signal }) =>
    resourcesOf(target, options).resources.getById(pathOf(target.id), target.apiVersion, {
      abortSignal: signal,
    }),
  write: async (call) => {
    const { target, options } = call;
    const { resources } = resourcesOf(target, options);
    return progress(
      await resources.beginCreateOrUpdateById(
        pathOf(target.id),
        target.apiVersion,
        {},
        resumable(call),
      ),
    );
  },
  remove: async (call) => {
    const { target, options } = call;
    const { resources } = resourcesOf(target, options);
    return progress(
      await resources.beginDeleteById(pathOf(target.id), target.apiVersion, resumable(call)),
    );
  },
};

/**
 * The clients' own operations for each kind. Their arguments satisfy the models; the body that is
 * sent is the target's (`writingExchange`).
 */
export const KIND_CALLS: Readonly<Record<ArmKind, KindCalls>> = {
  providerRegistration: {
    read: ({ target, options, signal }) =>
      resourcesOf(target, options).providers.get(nameOf(target.id), { abortSignal: signal }),
    write: async ({ target, options, signal, resumeFrom }) => {
      const { providers } = resourcesOf(target, options);
      const name = nameOf(target.id);
      const provider =
        resumeFrom === undefined
          ? await providers.register(name, { abortSignal: signal })
          : await providers.get(name, { abortSignal: signal });
      return provider.registrationState === 'Registered' ? 'done' : { poller: 'registration' };
    },
  },
  resourceGroup: {
    read: ({ target, options, signal }) =>
      resourcesOf(target, options).resourceGroups.get(nameOf(target.id), { abortSignal: signal }),
    write: async ({ target, options, signal }) => {
      const { resourceGroups } = resourcesOf(target, options);
      const location = textAt(target.body, 'location') ?? '';
      await resourceGroups.createOrUpdate(nameOf(target.id), { location }, { abortSignal: signal });
      return 'done';
    },
    remove: async (call) => {
      const { resourceGroups } = resourcesOf(call.target, call.options);
      return progress(await resourceGroups.beginDelete(nameOf(call.target.id), resumable(call)));
    },
  },
  storageAccount: {
    read: ({ target, options, signal }) =>
      storageOf(target, options).storageAccounts.getProperties(
        groupNameOf(target),
        nameOf(target.id),
        { abortSignal: signal },
      ),
    write: writeStorageAccount,
    remove: async ({ target, options, signal }) => {
      const { storageAccounts } = storageOf(target, options);
      await storageAccounts.delete(groupNameOf(target), nameOf(target.id), { abortSignal: signal });
      return 'done';
    },
  },
  blobContainer: {
    read: ({ target, options, signal }) =>
      storageOf(target, options).blobContainers.get(...containerPath(target), {
        abortSignal: signal,
      }),
    write: async ({ target, options, signal }) => {
      const { blobContainers } = storageOf(target, options);
      await blobContainers.create(...containerPath(target), {}, { abortSignal: signal });
      return 'done';
    },
    remove: async ({ target, options, signal }) => {
      const { blobContainers } = storageOf(target, options);
      await blobContainers.delete(...containerPath(target), { abortSignal: signal });
      return 'done';
    },
  },
  userAssignedIdentity: {
    read: ({ target, options, signal }) =>
      identitiesOf(target, options).get(groupNameOf(target), nameOf(target.id), {
        abortSignal: signal,
      }),
    write: async ({ target, options, signal }) => {
      await identitiesOf(target, options).createOrUpdate(
        groupNameOf(target),
        nameOf(target.id),
        { location: textAt(target.body, 'location') ?? '' },
        { abortSignal: signal },
      );
      return 'done';
    },
    remove: async ({ target, options, signal }) => {
      await identitiesOf(target, options).delete(groupNameOf(target), nameOf(target.id), {
        abortSignal: signal,
      });
      return 'done';
    },
  },
  networkSecurityGroup: GENERIC,
  virtualNetwork: GENERIC,
  keyVault: GENERIC,
  logAnalyticsWorkspace: GENERIC,
  workspaceTable: GENERIC,
  dataCollectionEndpoint: GENERIC,
  dataCollectionRule: GENERIC,
  roleDefinition: {
    read: ({ target, options, signal }) =>
      rolesOf(target, options).roleDefinitions.get(scopeOf(target), nameOf(target.id), {
        abortSignal: signal,
      }),
    write: async ({ target, options, signal }) => {
      await rolesOf(target, options).roleDefinitions.createOrUpdate(
        scopeOf(target),
        nameOf(target.id),
        {},
        { abortSignal: signal },
      );
      return 'done';
    },
    remove: async ({ target, options, signal }) => {
      await rolesOf(target, options).roleDefinitions.delete(scopeOf(target), nameOf(target.id), {
        abortSignal: signal,
      });
      return 'done';
    },
  },
  roleAssignment: {
    read: ({ target, options, signal }) =>
      rolesOf(target, options).roleAssignments.get(scopeOf(target), nameOf(target.id), {
        abortSignal: signal,
      }),
    write: async ({ target, options, signal }) => {
      await rolesOf(target, options).roleAssignments.create(
        scopeOf(target),
        nameOf(target.id),
        {
          roleDefinitionId: textAt(target.body, 'properties.roleDefinitionId') ?? '',
          principalId: textAt(target.body, 'properties.principalId') ?? '',
        },
        { abortSignal: signal },
      );
      return 'done';
    },
    remove: async ({ target, options, signal }) => {
      await rolesOf(target, options).roleAssignments.delete(scopeOf(target), nameOf(target.id), {
        abortSignal: signal,
      });
      return 'done';
    },
  },
  tags: {
    read: ({ target, options, signal }) =>
      resourcesOf(target, options).tagsOperations.getAtScope(pathOf(target.id), {
        abortSignal: signal,
      }),
    write: updateTags,
    // Only these tags go; `resources.ts` sends the body with the operation Delete.
    remove: updateTags,
  },
};

async function writeStorageAccount(call: Call): Promise<Progress> {
  const { target, options, signal, resumeFrom } = call;
  const client = storageOf(target, options);
  if (resumeFrom !== undefined) {
    const restored = restorePoller(client, resumeFrom, client.storageAccounts.create, {
      abortSignal: signal,
    });
    await restored.poll({ abortSignal: signal });
    return restored.isDone ? 'done' : { poller: await restored.serialize() };
  }
  // Never returned or awaited itself: this generation of pollers is a promise that polls to the end.
  const poller = client.storageAccounts.create(
    groupNameOf(target),
    nameOf(target.id),
    {
      sku: { name: textAt(target.body, 'sku.name') ?? '' },
      kind: textAt(target.body, 'kind') ?? '',
      location: textAt(target.body, 'location') ?? '',
    },
    { abortSignal: signal },
  );
  await poller.submitted();
  return poller.isDone ? 'done' : { poller: await poller.serialize() };
}

async function updateTags(call: Call): Promise<Progress> {
  const { tagsOperations } = resourcesOf(call.target, call.options);
  return progress(
    await tagsOperations.beginUpdateAtScope(pathOf(call.target.id), {}, resumable(call)),
  );
}

function progress(poller: { isDone(): boolean; toString(): string }): Progress {
  return poller.isDone() ? 'done' : { poller: poller.toString() };
}

function resumable({ signal, resumeFrom }: Call): {
  abortSignal: AbortSignal;
  resumeFrom?: string;
} {
  return { abortSignal: signal, ...(resumeFrom === undefined ? {} : { resumeFrom }) };
}

function resourcesOf(target: Target, options: ArmOptions): ResourceManagementClient {
  return new ResourceManagementClient(NO_CREDENTIAL, target.subscriptionId, options);
}

function storageOf(target: Target, options: ArmOptions): StorageManagementClient {
  return new StorageManagementClient(NO_CREDENTIAL, target.subscriptionId, options);
}

function identitiesOf(
  target: Target,
  options: ArmOptions,
): ManagedServiceIdentityClient['userAssignedIdentities'] {
  const client = new ManagedServiceIdentityClient(NO_CREDENTIAL, target.subscriptionId, options);
  return client.userAssignedIdentities;
}

function rolesOf(target: Target, options: ArmOptions): AuthorizationManagementClient {
  return new AuthorizationManagementClient(NO_CREDENTIAL, target.subscriptionId, options);
}

/** The clients put a slash before an id or a scope themselves. */
function pathOf(id: string): string {
  return id.replace(/^\//, '');
}

/** The scope of a role assignment or definition: what stands before its own provider part. */
function scopeOf(target: Target): string {
  const end = target.id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/');
  return pathOf(target.id.slice(0, end));
}

function groupNameOf(target: Target): string {
  return groupOf(target.id) ?? '';
}

/** Group, account and container. */
function containerPath(target: Target): [string, string, string] {
  const account = /\/storageAccounts\/([^/]+)/i.exec(target.id)?.[1] ?? '';
  return [groupNameOf(target), account, nameOf(target.id)];
}
