import { refuse, type Reply } from '../failure.ts';
import { isObject, listAt, objectAt, textAt, textsAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { locationNamed } from '../data/locations.ts';
import { page } from '../arm/paging.ts';
import { envelope, existing, notFound, provisioningState, putResource } from '../arm/resources.ts';
import { checkIdle, checkNetworkName, deleteLater, patchTags, writing } from './networkCalls.ts';
import { retire } from './retirement.ts';
import {
  checkPrefixes,
  checkUnused,
  joinedNsg,
  renderSubnet,
  storeSubnet,
  SUBNET_TYPE,
  subnetsOf,
  type SubnetDraft,
} from './subnets.ts';

const TYPE = 'Microsoft.Network/virtualNetworks';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{network}`;
const SUBNET_PATH = `${PATH}/subnets/{subnet}`;
/** From this api-version on, a body without `subnets` leaves the subnets alone. */
const SUBNETS_STAY_FROM = '2023-09-01';

/** Virtual networks and their subnets. */
export const virtualNetworkOperations: readonly Operation[] = [
  {
    name: 'Virtual network: create or replace',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'vnet-put-201.json, network-status-inprogress.json; facts 1.1, 1.3; dstack-facts A2',
    handle: put,
  },
  {
    name: 'Virtual network: update tags',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Virtual networks REST reference, Update Tags',
    handle: (call) => patchTags(call, (network) => render(call, network)),
  },
  {
    name: 'Virtual network: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'vnet-put-201.json (body)',
    handle: (call) => ({ status: 200, json: render(call, existing(call)) }),
  },
  ...[`${GROUP}/providers/${TYPE}`, `${SUBSCRIPTION}/providers/${TYPE}`].map(
    (path, index): Operation => ({
      name: `Virtual networks: list in a ${index === 0 ? 'group' : 'subscription'}`,
      method: 'GET',
      path,
      action: `${TYPE}/read`,
      scope: above,
      mutating: false,
      grade: 'documented',
      rests: 'vnet-put-201.json (rows); REST reference, List',
      handle: (call) =>
        page(
          call,
          call.core.state.resourcesOfType(TYPE, above(call)).map((each) => render(call, each)),
        ),
    }),
  ),
  {
    name: 'Virtual network: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'vnet-delete-202.json, vnet-delete-status-200.json, vnet-delete-result-204.json',
    handle: remove,
  },
  {
    name: 'Virtual network peerings: list',
    method: 'GET',
    path: `${PATH}/virtualNetworkPeerings`,
    action: `${TYPE}/virtualNetworkPeerings/read`,
    mutating: false,
    grade: 'documented',
    rests:
      'Azure/azure-rest-api-specs, Microsoft.Network 2023-09-01, VirtualNetworkPeeringList.json; always empty',
    handle: (call) => {
      parentOf(call);
      return page(call, []);
    },
  },
  {
    name: 'Subnet: create or replace',
    method: 'PUT',
    path: SUBNET_PATH,
    action: `${SUBNET_TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'facts 1.1 (like NSG); Subnets REST reference, Create Or Update',
    handle: putSubnet,
  },
  {
    name: 'Subnet: get',
    method: 'GET',
    path: SUBNET_PATH,
    action: `${SUBNET_TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'vnet-put-201.json (its subnet); dstack-facts B5 row 6',
    handle: (call) => ({ status: 200, json: renderSubnet(call, subnetOf(call)) }),
  },
  {
    name: 'Subnets: list',
    method: 'GET',
    path: `${PATH}/subnets`,
    action: `${SUBNET_TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'vnet-put-201.json (its subnets); dstack-facts B5 row 6',
    handle: (call) =>
      page(
        call,
        subnetsOf(call, parentOf(call).id).map((subnet) => renderSubnet(call, subnet)),
      ),
  },
  {
    name: 'Subnet: delete',
    method: 'DELETE',
    path: SUBNET_PATH,
    action: `${SUBNET_TYPE}/delete`,
    mutating: true,
    grade: 'documented',
    rests: 'facts 1.1 (like NSG)',
    handle: removeSubnet,
  },
];

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function put(call: Call): Reply {
  const name = param(call, 'network');
  checkNetworkName(name, 2, 64);
  const old = call.core.state.resource(call.path);
  checkIdle(call, old);
  const asked = objectAt(bodyOf(call), 'properties');
  const space = textsAt(objectAt(asked, 'addressSpace'), 'addressPrefixes');
  if (space.length === 0) {
    throw refuse(
      400,
      'MissingJsonProperty',
      "Required property 'addressSpace' not found in JSON. Path 'properties'.",
    );
  }
  const drafts = wantedSubnets(call, old, asked['subnets']);
  checkPrefixes(name, space, drafts);
  // Before anything is written: what is refused has no effect.
  const location = locationNamed(textAt(bodyOf(call), 'location') ?? '')?.name;
  for (const draft of drafts) joinedNsg(call, location, draft);
  for (const subnet of goingSubnets(call, old, drafts)) checkUnused(subnet);
  const doneAt = call.now + call.core.durations.of('network', `${call.path}|${call.now}`);
  const { resource, created } = putResource(call, {
    type: TYPE,
    properties: {
      resourceGuid: old?.properties['resourceGuid'] ?? call.core.random.guid(),
      addressSpace: { addressPrefixes: space },
      dhcpOptions: asked['dhcpOptions'],
      virtualNetworkPeerings: [],
      enableDdosProtection: asked['enableDdosProtection'] ?? false,
    },
    busyUntil: doneAt,
    busyState: 'Updating',
  });
  replaceSubnets(call, resource, drafts, doneAt);
  const headers = writing(call, resource.location ?? '', doneAt);
  return { status: created ? 201 : 200, headers, json: render(call, resource) };
}

/** What the network's subnets shall be: those of the body, or the present ones where they stay. */
function wantedSubnets(
  call: Call,
  old: Resource | undefined,
  sent: Json | undefined,
): SubnetDraft[] {
  const version = call.url.searchParams.get('api-version') ?? '';
  if (sent === undefined && old !== undefined && version >= SUBNETS_STAY_FROM) {
    return subnetsOf(call, old.id).map((each) => ({
      name: each.name,
      properties: each.properties,
    }));
  }
  return listAt({ sent }, 'sent').map((each) => ({
    name: textAt(each, 'name') ?? '',
    properties: isObject(each) ? each['properties'] : undefined,
  }));
}

/** The present subnets that the body does not name: Azure takes them away. */
function goingSubnets(
  call: Call,
  network: Resource | undefined,
  drafts: readonly SubnetDraft[],
): Resource[] {
  if (network === undefined) return [];
  const names = new Set(drafts.map((draft) => draft.name.toLowerCase()));
  return subnetsOf(call, network.id).filter((each) => !names.has(each.name.toLowerCase()));
}

function replaceSubnets(
  call: Call,
  network: Resource,
  drafts: readonly SubnetDraft[],
  doneAt: number,
): void {
  for (const subnet of goingSubnets(call, network, drafts)) call.core.state.remove(subnet.id);
  for (const draft of drafts) storeSubnet(call, network, draft, doneAt);
}

function render(call: Call, network: Resource): Json {
  return {
    ...envelope(network),
    etag: `W/"${network.etag}"`,
    properties: {
      provisioningState: provisioningState(network, call.now),
      ...network.properties,
      subnets: subnetsOf(call, network.id).map((subnet) => renderSubnet(call, subnet)),
    },
  };
}

function remove(call: Call): Reply {
  const network = call.core.state.resource(call.path);
  if (network === undefined) return { status: 204 };
  checkIdle(call, network);
  for (const subnet of subnetsOf(call, network.id)) checkUnused(subnet);
  return deleteLater(call, network, () => {
    retire(call.core, network.id);
  });
}

function parentOf(call: Call): Resource {
  return existing(call, call.path.replace(/\/(subnets|virtualNetworkPeerings)(\/.*)?$/i, ''));
}

function subnetOf(call: Call): Resource {
  const network = parentOf(call);
  const subnet = call.core.state.resource(call.path);
  if (subnet !== undefined) return subnet;
  throw refuse(404, 'NotFound', `Resource ${call.path} not found. (${network.name})`);
}

function putSubnet(call: Call): Reply {
  const network = call.core.state.resource(call.path.replace(/\/subnets\/.*$/i, ''));
  if (network === undefined) throw notFound(call.path.replace(/\/subnets\/.*$/i, ''));
  checkIdle(call, network);
  const draft = { name: param(call, 'subnet'), properties: bodyOf(call)['properties'] };
  const others = subnetsOf(call, network.id)
    .filter((each) => each.name.toLowerCase() !== draft.name.toLowerCase())
    .map((each) => ({ name: each.name, properties: each.properties }));
  const space = textsAt(objectAt(network.properties, 'addressSpace'), 'addressPrefixes');
  checkPrefixes(network.name, space, [...others, draft]);
  const doneAt = call.now + call.core.durations.of('network', `${call.path}|${call.now}`);
  const { subnet, created } = storeSubnet(call, network, draft, doneAt);
  network.busyUntil = doneAt;
  network.busyState = 'Updating';
  const headers = writing(call, network.location ?? '', doneAt);
  return { status: created ? 201 : 200, headers, json: renderSubnet(call, subnet) };
}

function removeSubnet(call: Call): Reply {
  const network = parentOf(call);
  const subnet = call.core.state.resource(call.path);
  if (subnet === undefined) return { status: 204 };
  checkIdle(call, network);
  checkUnused(subnet);
  const reply = deleteLater(call, subnet, () => {
    call.core.state.remove(subnet.id);
  });
  network.busyUntil = subnet.busyUntil;
  network.busyState = 'Updating';
  return reply;
}
