import { refuse } from '../failure.ts';
import { actorOf } from '../entra/caller.ts';
import { isObject, listAt, textAt, textsAt, type Json } from '../json.ts';
import type { Call } from '../operation.ts';
import type { Resource } from '../state.ts';
import { idKey } from '../arm/armId.ts';
import { demandLinked } from '../arm/rights.ts';
import { provisioningState } from '../arm/resources.ts';
import { addressRange, contains, overlaps } from './addressSpace.ts';
import { checkNetworkName, referencedNsg } from './networkCalls.ts';

export const SUBNET_TYPE = 'Microsoft.Network/virtualNetworks/subnets';

export interface SubnetDraft {
  readonly name: string;
  readonly properties: Json | undefined;
}

export function subnetsOf(call: Call, networkId: string): Resource[] {
  return call.core.state.resourcesOfType(SUBNET_TYPE, networkId);
}

/** Subnets of a network that something is attached to cannot go. */
export function checkUnused(subnet: Resource): void {
  if (listAt(subnet.properties, 'ipConfigurations').length === 0) return;
  throw refuse(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${subnet.name} is in use and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  );
}

/** Throws for prefixes that are broken, outside of the network or in each other's way. */
export function checkPrefixes(
  networkName: string,
  space: readonly string[],
  drafts: readonly SubnetDraft[],
): void {
  const outer = space.map((prefix) => rangeOrRefused(prefix));
  const taken: { name: string; first: number; last: number }[] = [];
  for (const draft of drafts) {
    checkNetworkName(draft.name, 1, 80);
    for (const prefix of prefixesOf(draft)) {
      const range = rangeOrRefused(prefix);
      if (!outer.some((each) => contains(each, range))) {
        throw refuse(
          400,
          'NetcfgSubnetRangeOutsideVnet',
          `Subnet '${draft.name}' is not valid because its IP address range is outside the IP address range of virtual network '${networkName}'.`,
        );
      }
      if (taken.some((each) => overlaps(each, range))) {
        throw refuse(
          400,
          'NetcfgSubnetRangesOverlap',
          `Subnet '${draft.name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${networkName}'.`,
        );
      }
      taken.push({ name: draft.name, ...range });
    }
  }
}

function prefixesOf(draft: SubnetDraft): readonly string[] {
  const one = textAt(draft.properties, 'addressPrefix');
  const many = textsAt(draft.properties, 'addressPrefixes');
  if (one === undefined && many.length === 0) {
    throw refuse(
      400,
      'NoAddressPrefixOrPoolProvided',
      `No address prefix or pool has been provided for subnet ${draft.name}.`,
    );
  }
  return one === undefined ? many : [one];
}

function rangeOrRefused(prefix: string): { first: number; last: number } {
  const range = addressRange(prefix);
  if (range !== undefined) return range;
  throw refuse(
    400,
    'InvalidAddressPrefixFormat',
    `Address prefix ${prefix} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
  );
}

/** The NSG that the subnet points at; refused unless it is there and the caller may join it. */
export function joinedNsg(
  call: Call,
  location: string | undefined,
  draft: SubnetDraft,
): string | undefined {
  const nsg = referencedNsg(call, location, draft.properties);
  if (nsg !== undefined) {
    demandLinked(call, 'Microsoft.Network/networkSecurityGroups/join/action', nsg);
  }
  return nsg;
}

/** Writes one subnet whole: what is not sent is gone, its NSG included. */
export function storeSubnet(
  call: Call,
  network: Resource,
  draft: SubnetDraft,
  doneAt: number,
): { subnet: Resource; created: boolean } {
  const id = `${network.id}/subnets/${draft.name}`;
  const old = call.core.state.resource(id);
  const nsg = joinedNsg(call, network.location, draft);
  const actor = actorOf(call.caller);
  const used = old?.properties['ipConfigurations'];
  const subnet: Resource = {
    id: old?.id ?? id,
    name: old?.name ?? draft.name,
    type: SUBNET_TYPE,
    location: undefined,
    tags: undefined,
    kind: undefined,
    sku: undefined,
    properties: {
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...(isObject(draft.properties) ? draft.properties : {}),
      ...(nsg === undefined ? {} : { networkSecurityGroup: { id: nsg } }),
      ...(used === undefined ? {} : { ipConfigurations: used }),
    },
    etag: call.core.random.guid(),
    createdAt: old?.createdAt ?? call.now,
    createdBy: old?.createdBy ?? actor,
    changedAt: call.now,
    changedBy: actor,
    busyUntil: doneAt,
    busyState: 'Updating',
  };
  call.core.state.resources.set(idKey(id), subnet);
  return { subnet, created: old === undefined };
}

export function renderSubnet(call: Call, subnet: Resource): Json {
  return {
    name: subnet.name,
    id: subnet.id,
    etag: `W/"${subnet.etag}"`,
    properties: {
      provisioningState: provisioningState(subnet, call.now),
      ...subnet.properties,
    },
    type: SUBNET_TYPE,
  };
}
