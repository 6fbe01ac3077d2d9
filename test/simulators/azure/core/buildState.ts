import type { SeededRandom } from './random.ts';
import { Directory, type Application, type Tenant } from './entra/directory.ts';
import { AzureState, type Actor } from './state.ts';
import {
  groupIdOf,
  groupNameOf,
  idKey,
  isGuid,
  nameOf,
  subscriptionIdOf,
  typeOf,
} from './arm/armId.ts';
import { lockKey } from './arm/locks.ts';
import { indexNow } from './arm/resourceIndex.ts';
import { builtInGuid } from './data/roles.ts';
import { NAMESPACES } from './data/namespaces.ts';
import { guidFrom } from './random.ts';
import { propertiesOf } from './providers/storageAccountView.ts';
import type { AppSpec, ResourceSpec, RoleAssignmentSpec, World } from './world.ts';

const DAY = 24 * 3600 * 1000;
const CREATOR: Actor = {
  objectId: guidFrom('world'),
  name: 'world@simulated.example',
  type: 'User',
};

/** The state in which a world starts. Throws RangeError for a world that contradicts itself. */
export function buildState(world: World, random: SeededRandom, now: number): AzureState {
  const state = new AzureState(buildDirectory(world, now));
  for (const spec of world.subscriptions) {
    const names = spec.registeredProviders ?? NAMESPACES.map((each) => each.name);
    state.subscriptions.set(spec.subscriptionId.toLowerCase(), {
      spec,
      id: `/subscriptions/${spec.subscriptionId}`,
      providers: new Map(
        names.map((name) => [name.toLowerCase(), { registeringFrom: now, registeredFrom: now }]),
      ),
      tags: {},
    });
  }
  for (const group of world.resourceGroups ?? []) {
    const id = `/subscriptions/${group.subscriptionId}/resourceGroups/${group.name}`;
    addGroup(state, id, group.location, group.tags);
  }
  for (const resource of world.resources ?? []) addResource(state, resource, random, now);
  for (const assignment of world.roleAssignments) addAssignment(state, world, assignment, now);
  for (const lock of world.locks ?? []) state.locks.set(lockKey(lock.scope, lock.name), lock);
  for (const name of world.foreignNames ?? []) state.foreignNames.add(name);
  addDeletedVaults(state, world, now);
  state.policies = world.policies ?? [];
  state.denyAssignments = world.denyAssignments ?? [];
  state.managementGroups = world.managementGroups ?? [];
  return state;
}

function buildDirectory(world: World, now: number): Directory {
  const directory = new Directory();
  for (const spec of world.tenants) {
    directory.tenants.set(spec.tenantId, {
      id: spec.tenantId,
      spec,
      policy: spec.appManagementPolicy ?? {},
      people: new Map(),
      applications: new Map(),
      deletedApplications: new Map(),
      servicePrincipals: new Map(),
      groups: new Map(),
    });
  }
  for (const user of world.users) {
    for (const [index, membership] of user.memberships.entries()) {
      tenantOf(directory, membership.tenantId).people.set(membership.objectId, {
        objectId: membership.objectId,
        username: user.username,
        displayName: user.displayName ?? user.username,
        guest: index > 0,
        applicationAdministrator: user.applicationAdministrator === true,
      });
    }
  }
  for (const group of world.groups ?? []) {
    const { objectId, displayName, members } = group;
    const entry = { objectId, displayName, members: new Set(members) };
    tenantOf(directory, group.tenantId).groups.set(objectId, entry);
  }
  for (const app of world.apps) addApp(tenantOf(directory, app.tenantId), app, now);
  return directory;
}

function tenantOf(directory: Directory, tenantId: string): Tenant {
  const tenant = directory.tenants.get(tenantId);
  if (tenant === undefined) throw new RangeError(`The world has no tenant ${tenantId}.`);
  return tenant;
}

function addApp(tenant: Tenant, spec: AppSpec, now: number): void {
  const owners = [...tenant.people.values()]
    .filter((person) => spec.owners?.includes(person.username) === true)
    .map((person) => person.objectId);
  const application: Application = {
    id: spec.objectId,
    appId: spec.clientId,
    displayName: spec.displayName,
    uniqueName: spec.uniqueName,
    signInAudience: 'AzureADMyOrg',
    owners: new Set(owners),
    secrets: spec.secrets.map((secret) => ({
      keyId: secret.keyId,
      value: secret.value,
      displayName: 'world',
      startsAt: now - 365 * DAY,
      endsAt: now + secret.expiresInDays * DAY,
      readableFrom: now,
      usableFrom: now,
    })),
    createdAt: now,
    readableFrom: now,
    backsFrom: now,
    graphPermissions: spec.graphPermissions ?? [],
    more: {},
  };
  tenant.applications.set(spec.objectId, application);
  tenant.servicePrincipals.set(spec.servicePrincipalId, {
    id: spec.servicePrincipalId,
    appId: spec.clientId,
    displayName: spec.displayName,
    kind: 'Application',
    createdAt: now,
    knownFrom: now,
  });
}

function addGroup(
  state: AzureState,
  id: string,
  location: string,
  tags: Readonly<Record<string, string>> | undefined,
): void {
  state.groups.set(idKey(id), {
    id,
    name: nameOf(id),
    location,
    tags: tags === undefined ? undefined : { ...tags },
    managedBy: undefined,
    deleting: false,
  });
  indexNow(state, id, 0);
}

function addResource(
  state: AzureState,
  spec: ResourceSpec,
  random: SeededRandom,
  now: number,
): void {
  const groupId = groupIdOf(spec.id);
  if (groupId === undefined || groupNameOf(spec.id) === undefined) {
    throw new RangeError(`The world's resource ${spec.id} is in no group.`);
  }
  if (!state.groups.has(idKey(groupId))) {
    addGroup(state, groupId, spec.location ?? 'eastus', undefined);
  }
  const name = nameOf(spec.id);
  const type = typeOf(spec.id);
  const storage = type.toLowerCase() === 'microsoft.storage/storageaccounts';
  const asked = spec.properties ?? {};
  state.resources.set(idKey(spec.id), {
    id: spec.id,
    name,
    type,
    location: spec.location,
    tags: { ...spec.tags },
    kind: spec.kind,
    sku: spec.sku,
    properties: storage ? propertiesOf({ now }, name, asked) : { ...asked },
    etag: random.guid(),
    createdAt: now,
    createdBy: CREATOR,
    changedAt: now,
    changedBy: CREATOR,
    busyUntil: now,
    busyState: 'Creating',
  });
  indexNow(state, spec.id, now);
}

function addAssignment(
  state: AzureState,
  world: World,
  spec: RoleAssignmentSpec,
  now: number,
): void {
  const subscription = subscriptionIdOf(spec.scope);
  const home = world.subscriptions.find((each) => each.subscriptionId === subscription);
  const management = world.managementGroups?.find((each) => each.id === nameOf(spec.scope));
  const tenantId = home?.tenantId ?? management?.tenantId ?? world.tenants[0]?.tenantId ?? '';
  const role = isGuid(spec.role) ? spec.role : builtInGuid(spec.role);
  const guid = guidFrom(`${spec.scope}|${spec.principalId}|${role}`);
  const id = `${spec.scope}/providers/Microsoft.Authorization/roleAssignments/${guid}`;
  const prefix = subscription === undefined ? '' : `/subscriptions/${subscription}`;
  state.roleAssignments.set(idKey(id), {
    id,
    guid,
    scope: spec.scope,
    tenantId,
    roleDefinitionId: `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    principalId: spec.principalId,
    principalType: spec.principalType,
    condition: spec.condition,
    description: undefined,
    createdAt: now,
    createdBy: CREATOR.objectId,
    controlFrom: now,
    dataFrom: now,
  });
}

function addDeletedVaults(state: AzureState, world: World, now: number): void {
  for (const spec of world.deletedVaults ?? []) {
    const name = nameOf(spec.vaultId);
    state.deletedVaults.set(name.toLowerCase(), {
      vaultId: spec.vaultId,
      name,
      location: spec.location,
      deletedAt: now - DAY,
      purgeAt: now + 89 * DAY,
      purgeProtected: spec.purgeProtected === true,
      tags: {},
      resource: undefined,
      purging: false,
    });
  }
}
