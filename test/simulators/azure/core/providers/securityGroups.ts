import { refuse, type Reply } from '../failure.ts';
import {
  isObject,
  listAt,
  objectAt,
  textAt,
  type Json,
  type JsonDraft,
  type JsonObject,
} from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { idKey } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { envelope, existing, provisioningState, putResource } from '../arm/resources.ts';
import { checkIdle, checkNetworkName, deleteLater, patchTags, writing } from './networkCalls.ts';
import { retire } from './retirement.ts';

const TYPE = 'Microsoft.Network/networkSecurityGroups';
const SUBNET = 'Microsoft.Network/virtualNetworks/subnets';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{nsg}`;

/** Network security groups: every PUT replaces all rules. */
export const securityGroupOperations: readonly Operation[] = [
  {
    name: 'Network security group: create or replace',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'nsg-put-201.json, nsg-put-status-200.json; facts 1.1, 1.3',
    handle: put,
  },
  {
    name: 'Network security group: update tags',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Network security groups REST reference, Update Tags',
    handle: (call) => patchTags(call, (nsg) => render(call, nsg)),
  },
  {
    name: 'Network security group: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'documented',
    rests: 'nsg-put-201.json (body)',
    handle: (call) => ({ status: 200, json: render(call, existing(call)) }),
  },
  ...[`${GROUP}/providers/${TYPE}`, `${SUBSCRIPTION}/providers/${TYPE}`].map(
    (path, index): Operation => ({
      name: `Network security groups: list in a ${index === 0 ? 'group' : 'subscription'}`,
      method: 'GET',
      path,
      action: `${TYPE}/read`,
      scope: above,
      mutating: false,
      grade: 'documented',
      rests: 'nsg-put-201.json (rows); REST reference, List',
      handle: (call) =>
        page(
          call,
          call.core.state.resourcesOfType(TYPE, above(call)).map((nsg) => render(call, nsg)),
        ),
    }),
  ),
  {
    name: 'Network security group: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'documented',
    rests: 'vnet-delete-202.json (same provider); facts 1.1',
    handle: remove,
  },
];

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function put(call: Call): Reply {
  checkNetworkName(param(call, 'nsg'), 1, 80);
  const old = call.core.state.resource(call.path);
  checkIdle(call, old);
  const rules = listAt(objectAt(bodyOf(call), 'properties'), 'securityRules').map(ruleOf);
  checkRules(rules);
  const doneAt = call.now + call.core.durations.of('network', `${call.path}|${call.now}`);
  const { resource, created } = putResource(call, {
    type: TYPE,
    properties: {
      resourceGuid: old?.properties['resourceGuid'] ?? call.core.random.guid(),
      securityRules: rules,
    },
    busyUntil: doneAt,
    busyState: 'Updating',
  });
  const headers = writing(call, resource.location ?? '', doneAt);
  return { status: created ? 201 : 200, headers, json: render(call, resource) };
}

function ruleOf(value: Json): JsonDraft {
  const name = textAt(value, 'name');
  const properties = objectAt(value, 'properties');
  for (const field of ['protocol', 'access', 'direction', 'priority'] as const) {
    if (properties[field] !== undefined) continue;
    throw refuse(
      400,
      'MissingJsonProperty',
      `Required property '${field}' of security rule '${name ?? ''}' is missing.`,
    );
  }
  checkRuleValues(name ?? '', properties);
  const priority = Number(properties['priority']);
  if (!Number.isInteger(priority) || priority < 100 || priority > 4096) {
    throw refuse(
      400,
      'SecurityRuleInvalidPriority',
      `Security rule has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`,
    );
  }
  if (name === undefined) throw refuse(400, 'MissingJsonProperty', 'A rule has no name.');
  return { name, properties: { ...properties } };
}

const RULE_VALUES: Readonly<Record<string, readonly string[]>> = {
  protocol: ['tcp', 'udp', 'icmp', 'esp', 'ah', '*'],
  access: ['allow', 'deny'],
  direction: ['inbound', 'outbound'],
};

/** Where from and where to must be said, as one value or as a list (REST reference: SecurityRule). */
const RULE_ENDS: readonly (readonly [one: string, many: string])[] = [
  ['sourceAddressPrefix', 'sourceAddressPrefixes'],
  ['destinationAddressPrefix', 'destinationAddressPrefixes'],
  ['sourcePortRange', 'sourcePortRanges'],
  ['destinationPortRange', 'destinationPortRanges'],
];

function checkRuleValues(name: string, properties: JsonObject): void {
  for (const [field, allowed] of Object.entries(RULE_VALUES)) {
    const value = textAt(properties, field) ?? '';
    if (allowed.includes(value.toLowerCase())) continue;
    throw refuse(
      400,
      'InvalidRequestFormat',
      `Value '${value}' is not valid for property '${field}' of security rule '${name}'.`,
    );
  }
  for (const [one, many] of RULE_ENDS) {
    if ((textAt(properties, one) ?? '') !== '') continue;
    if (listAt(properties, many).length > 0 || hasGroups(properties, one)) continue;
    throw refuse(
      400,
      'SecurityRuleParameterNotSpecified',
      `Security rule ${name} must specify ${one} or ${many}.`,
    );
  }
}

/** Application security groups may stand for addresses. */
function hasGroups(properties: JsonObject, end: string): boolean {
  const groups = end.replace('AddressPrefix', 'ApplicationSecurityGroups');
  return groups !== end && listAt(properties, groups).length > 0;
}

function checkRules(rules: readonly JsonDraft[]): void {
  const seen = new Map<string, string>();
  for (const rule of rules) {
    const properties = objectAt(rule, 'properties');
    const name = textAt(rule, 'name') ?? '';
    const key = `${textAt(properties, 'direction') ?? ''}|${Number(properties['priority'])}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw refuse(
        400,
        'SecurityRuleConflict',
        `Security rule ${name} conflicts with rule ${other}. Rules cannot have the same Priority and Direction.`,
      );
    }
    seen.set(key, name);
  }
}

const DEFAULT_RULES: readonly (readonly string[])[] = [
  [
    'AllowVnetInBound',
    'Allow inbound traffic from all VMs in VNET',
    'VirtualNetwork',
    'VirtualNetwork',
    'Allow',
    '65000',
    'Inbound',
  ],
  [
    'AllowAzureLoadBalancerInBound',
    'Allow inbound traffic from azure load balancer',
    'AzureLoadBalancer',
    '*',
    'Allow',
    '65001',
    'Inbound',
  ],
  ['DenyAllInBound', 'Deny all inbound traffic', '*', '*', 'Deny', '65500', 'Inbound'],
  [
    'AllowVnetOutBound',
    'Allow outbound traffic from all VMs to all VMs in VNET',
    'VirtualNetwork',
    'VirtualNetwork',
    'Allow',
    '65000',
    'Outbound',
  ],
  [
    'AllowInternetOutBound',
    'Allow outbound traffic from all VMs to Internet',
    '*',
    'Internet',
    'Allow',
    '65001',
    'Outbound',
  ],
  ['DenyAllOutBound', 'Deny all outbound traffic', '*', '*', 'Deny', '65500', 'Outbound'],
];

const EMPTY_LISTS = {
  sourcePortRanges: [],
  destinationPortRanges: [],
  sourceAddressPrefixes: [],
  destinationAddressPrefixes: [],
};

function render(call: Call, nsg: Resource): Json {
  const state = provisioningState(nsg, call.now);
  const etag = `W/"${nsg.etag}"`;
  const subnets = attachedSubnets(call, nsg);
  const { securityRules, ...rest } = nsg.properties;
  return {
    ...envelope(nsg),
    etag,
    properties: {
      provisioningState: state,
      ...rest,
      securityRules: listAt({ securityRules }, 'securityRules').map((rule) =>
        renderRule(nsg, 'securityRules', rule, state),
      ),
      defaultSecurityRules: DEFAULT_RULES.map((cells) =>
        renderRule(nsg, 'defaultSecurityRules', defaultRule(cells), state),
      ),
      ...(subnets.length === 0 ? {} : { subnets: subnets.map((id) => ({ id })) }),
    },
  };
}

function defaultRule(cells: readonly string[]): Json {
  const [name = '', description = '', source = '', destination = '', access = ''] = cells;
  return {
    name,
    properties: {
      description,
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: source,
      destinationAddressPrefix: destination,
      access,
      priority: Number(cells[5]),
      direction: cells[6],
    },
  };
}

function renderRule(nsg: Resource, kind: string, rule: Json, state: string): Json {
  const name = textAt(rule, 'name') ?? '';
  return {
    name,
    id: `${nsg.id}/${kind}/${name}`,
    etag: `W/"${nsg.etag}"`,
    type: `${TYPE}/${kind}`,
    properties: { provisioningState: state, ...EMPTY_LISTS, ...objectAt(rule, 'properties') },
  };
}

function attachedSubnets(call: Call, nsg: Resource): string[] {
  return call.core.state
    .resourcesOfType(SUBNET, '/')
    .filter((subnet) => {
      const reference = subnet.properties['networkSecurityGroup'];
      const id = isObject(reference) ? textAt(reference, 'id') : undefined;
      return id !== undefined && idKey(id) === idKey(nsg.id);
    })
    .map((subnet) => subnet.id);
}

function remove(call: Call): Reply {
  const nsg = call.core.state.resource(call.path);
  if (nsg === undefined) return { status: 204 };
  checkIdle(call, nsg);
  const users = attachedSubnets(call, nsg);
  if (users.length > 0) {
    throw refuse(
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `Network security group ${nsg.id} cannot be deleted because it is in use by the following resources: ${users.join(', ')}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
    );
  }
  return deleteLater(call, nsg, () => {
    retire(call.core, nsg.id);
  });
}
