import { refuseAtGateway, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { param, type Call, type Operation } from '../operation.ts';
import type { Subscription } from '../state.ts';
import { LOCATIONS, type Location } from '../data/locations.ts';
import { page } from '../arm/paging.ts';
import { reaches } from '../arm/rights.ts';
import { isWithin } from '../arm/armId.ts';

/** Tenants, subscriptions and their locations. */
export const subscriptionOperations: readonly Operation[] = [
  {
    name: 'Tenants: list',
    method: 'GET',
    path: '/tenants',
    mutating: false,
    grade: 'recorded',
    rests: 'tenants-list.json; facts 7',
    handle: (call) => page(call, tenantsOf(call)),
  },
  {
    name: 'Subscriptions: list',
    method: 'GET',
    path: '/subscriptions',
    mutating: false,
    grade: 'recorded',
    rests: 'subscriptions-list.json; facts 7',
    handle: list,
  },
  {
    name: 'Subscription: get',
    method: 'GET',
    path: '/subscriptions/{subscription}',
    mutating: false,
    grade: 'documented',
    rests: 'subscriptions-list.json (one row); facts 7',
    handle: (call) => ({ status: 200, json: render(reachable(call)) }),
  },
  {
    name: 'Locations: list',
    method: 'GET',
    path: '/subscriptions/{subscription}/locations',
    mutating: false,
    grade: 'recorded',
    rests: 'locations-list.json; facts 7',
    handle: (call) => locations(call, reachable(call)),
  },
];

/** The tenants that the person behind the token belongs to; for an app, the token's own. */
function tenantsOf(call: Call): Json[] {
  const { tenants } = call.core.state.directory;
  const { caller } = call;
  return [...tenants.values()].flatMap((tenant): Json[] => {
    const person = [...tenant.people.values()].find((each) => each.username === caller.name);
    const known = caller.kind === 'user' ? person !== undefined : tenant.id === caller.tenantId;
    if (!known) return [];
    const { displayName, defaultDomain } = tenant.spec;
    return [
      {
        id: `/tenants/${tenant.id}`,
        tenantId: tenant.id,
        tenantCategory: 'Home',
        displayName,
        defaultDomain,
        ...(defaultDomain === undefined ? {} : { domains: [defaultDomain], tenantType: 'AAD' }),
      },
    ];
  });
}

/** Seen with any role on it, above it or on something in it. */
function isSeen(call: Call, subscription: Subscription): boolean {
  const { core, caller } = call;
  if (subscription.spec.tenantId !== caller.tenantId) return false;
  const principals = core.state.directory.principalIds(caller.tenantId, caller.objectId);
  return [...core.state.roleAssignments.values()].some(
    (assignment) =>
      principals.has(assignment.principalId) &&
      assignment.controlFrom <= call.now &&
      (isWithin(assignment.scope, subscription.id) ||
        reaches(core, assignment.scope, subscription.id)),
  );
}

function list(call: Call): Reply {
  const seen = [...call.core.state.subscriptions.values()].filter((each) => isSeen(call, each));
  return page(call, seen.map(render), { count: { type: 'Total', value: seen.length } });
}

function reachable(call: Call): Subscription {
  const id = param(call, 'subscription').toLowerCase();
  const subscription = call.core.state.subscriptions.get(id);
  if (subscription !== undefined && isSeen(call, subscription)) return subscription;
  const { name, objectId } = call.caller;
  throw refuseAtGateway(
    403,
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

function render(subscription: Subscription): Json {
  const { spec } = subscription;
  return {
    id: subscription.id,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    ...(Object.keys(subscription.tags).length > 0 ? { tags: subscription.tags } : {}),
    subscriptionId: spec.subscriptionId,
    tenantId: spec.tenantId,
    displayName: spec.displayName,
    state: spec.state ?? 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: spec.quotaId ?? 'PayAsYouGo_2014-09-01',
      spendingLimit: spec.spendingLimit ?? 'Off',
    },
  };
}

function locations(call: Call, subscription: Subscription): Reply {
  const value = LOCATIONS.map((location) => renderLocation(call, subscription, location));
  return { status: 200, json: { value } };
}

function renderLocation(call: Call, subscription: Subscription, location: Location): Json {
  const { name, paired } = location;
  const idOf = (each: string): string => `${subscription.id}/locations/${each}`;
  const physical = {
    longitude: location.longitude,
    latitude: location.latitude,
    physicalLocation: location.physicalLocation,
    pairedRegion: paired === undefined ? [] : [{ name: paired, id: idOf(paired) }],
  };
  return {
    id: idOf(name),
    name,
    type: 'Region',
    displayName: location.displayName,
    regionalDisplayName:
      location.geographyGroup === ''
        ? location.displayName
        : `(${location.geographyGroup}) ${location.displayName}`,
    metadata: {
      regionType: location.physical ? 'Physical' : 'Logical',
      regionCategory: location.recommended === true ? 'Recommended' : 'Other',
      geography: location.geography,
      geographyGroup: location.geographyGroup,
      ...(location.physical ? physical : {}),
    },
    ...(location.zones === 3
      ? { availabilityZoneMappings: zonesOf(call, subscription, name) }
      : {}),
  };
}

/** Which physical zone is called 1 differs from subscription to subscription. */
function zonesOf(call: Call, subscription: Subscription, name: string): Json[] {
  const turn = Math.floor(call.core.random.unit(`zones|${subscription.id}|${name}`) * 3);
  return [0, 1, 2].map((index) => ({
    logicalZone: String(index + 1),
    physicalZone: `${name}-az${((index + turn) % 3) + 1}`,
  }));
}
