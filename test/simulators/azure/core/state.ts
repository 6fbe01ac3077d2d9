import type { Directory } from './entra/directory.ts';
import type { Poll } from './arm/polls.ts';
import { groupIdOf, idKey, isWithin } from './arm/armId.ts';
import type { JsonDraft, JsonObject } from './json.ts';
import type {
  DenyAssignmentSpec,
  LockSpec,
  ManagementGroupSpec,
  PolicySpec,
  SubscriptionSpec,
} from './world.ts';

export interface Subscription {
  readonly spec: SubscriptionSpec;
  readonly id: string;
  /** Namespace in lower case -> when its registration was asked for and is finished. */
  readonly providers: Map<string, { registeringFrom: number; registeredFrom: number }>;
  tags: Record<string, string>;
}

export interface ResourceGroup {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  tags: Record<string, string> | undefined;
  managedBy: string | undefined;
  deleting: boolean;
  /** When the deletion that runs, or the last one, is through. Unix ms. */
  deletedAt?: number;
  /** The id of what could not be deleted, when the last deletion failed. */
  deletionFailure?: string | undefined;
}

/** Who did something, as `systemData` and `createdBy` tell it. */
export interface Actor {
  readonly objectId: string;
  readonly name: string;
  readonly type: 'User' | 'Application';
}

export interface Resource {
  /** As spelled when it was created. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string | undefined;
  tags: Record<string, string> | undefined;
  kind: string | undefined;
  sku: JsonObject | undefined;
  properties: JsonDraft;
  etag: string;
  readonly createdAt: number;
  readonly createdBy: Actor;
  changedAt: number;
  changedBy: Actor;
  /** Its provisioning state is `busyState` until then, Succeeded after it. Unix ms. */
  busyUntil: number;
  busyState: string;
}

export interface RoleAssignment {
  readonly id: string;
  readonly guid: string;
  readonly scope: string;
  readonly tenantId: string;
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly condition: string | undefined;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly createdBy: string | undefined;
  readonly controlFrom: number;
  readonly dataFrom: number;
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

export interface RoleDefinition {
  readonly guid: string;
  readonly roleName: string;
  readonly description: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly assignableScopes: readonly string[];
  readonly permissions: readonly Permission[];
  readonly createdOn: string;
  readonly updatedOn: string;
  readonly createdBy: string | undefined;
  readonly updatedBy: string | undefined;
  /** Filtered lists know it from then on. Unix ms. */
  readonly listedFrom: number;
  /** It can be assigned from then on. Unix ms. */
  readonly assignableFrom: number;
  readonly tenantId: string | undefined;
}

export interface DeletedVault {
  readonly vaultId: string;
  readonly name: string;
  readonly location: string;
  readonly deletedAt: number;
  readonly purgeAt: number;
  readonly purgeProtected: boolean;
  readonly tags: Record<string, string> | undefined;
  readonly resource: Resource | undefined;
  purging: boolean;
}

export interface DeletedWorkspace {
  readonly resource: Resource;
  readonly forgottenAt: number;
}

interface Due {
  readonly time: number;
  readonly effect: () => void;
}

/** Everything that exists. What happens later is kept as due effects: nothing here has a timer. */
export class AzureState {
  readonly subscriptions = new Map<string, Subscription>();
  readonly groups = new Map<string, ResourceGroup>();
  readonly resources = new Map<string, Resource>();
  readonly roleAssignments = new Map<string, RoleAssignment>();
  readonly customRoles = new Map<string, RoleDefinition>();
  readonly locks = new Map<string, LockSpec>();
  readonly deletedVaults = new Map<string, DeletedVault>();
  readonly deletedWorkspaces = new Map<string, DeletedWorkspace>();
  /** Ids of workspaces, in lower case, that hold rows. Nothing logs here: tests say so. */
  readonly logged = new Set<string>();
  readonly polls = new Map<string, Poll>();
  /** What Resource Graph knows: rows by id in lower case, each as it was when it was indexed. */
  readonly index = new Map<string, JsonObject>();
  /** `account/container` -> when it was deleted, Unix ms. */
  readonly deletedContainers = new Map<string, number>();
  /** When each caller has queried Resource Graph lately. Unix ms. */
  readonly queryTimes = new Map<string, readonly number[]>();
  readonly foreignNames = new Set<string>();
  readonly directory: Directory;
  policies: readonly PolicySpec[] = [];
  denyAssignments: readonly DenyAssignmentSpec[] = [];
  managementGroups: readonly ManagementGroupSpec[] = [];
  readonly #due: Due[] = [];

  constructor(directory: Directory) {
    this.directory = directory;
  }

  /** Lets `effect` happen at that time, in order with everything else that is due. */
  at(time: number, effect: () => void): void {
    let index = this.#due.length;
    while (index > 0 && (this.#due[index - 1]?.time ?? 0) > time) index -= 1;
    this.#due.splice(index, 0, { time, effect });
  }

  /** Brings everything up to that time. */
  settle(now: number): void {
    for (let next = this.#due[0]; next !== undefined && next.time <= now; next = this.#due[0]) {
      this.#due.shift();
      next.effect();
    }
  }

  resource(id: string): Resource | undefined {
    return this.resources.get(idKey(id));
  }

  group(id: string): ResourceGroup | undefined {
    const groupId = groupIdOf(id);
    return groupId === undefined ? undefined : this.groups.get(idKey(groupId));
  }

  /** Resources of exactly that type in lower case, at or below that scope, in order of creation. */
  resourcesOfType(type: string, scope: string): Resource[] {
    const wanted = type.toLowerCase();
    return [...this.resources.values()].filter(
      (resource) =>
        (resource.type === type || resource.type.toLowerCase() === wanted) &&
        (scope === '/' || isWithin(resource.id, scope)),
    );
  }

  /** Removes a resource with all that lies below it and everything that was scoped to them. */
  remove(id: string): void {
    for (const store of [this.resources, this.roleAssignments, this.locks] as const) {
      for (const key of store.keys()) if (isWithin(key, id)) store.delete(key);
    }
  }
}
