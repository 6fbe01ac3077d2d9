import { t } from '@vscode/l10n';
import { resourceId } from '../armId.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import {
  CREATED_BY_TAG,
  networkName,
  PROJECT_TAG,
  securityGroupName,
  subnetName,
} from '../names.ts';
import type { ObservedResource } from '../ports.ts';
import type { DesiredResource } from '../resource.ts';
import { sameId } from '../resource.ts';
import { textAt, valueAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';
import { providerKey } from './providerRegistration.ts';
import { settableProperties } from './settableProperties.ts';

const API_VERSION = '2025-05-01';
const ADDRESS_SPACE = '10.0.0.0/16';
const SUBNET_PREFIX = '10.0.0.0/20';

/** What may come in from the internet, per port, and what for (design.md, Resources). */
export function inboundPorts(spec: ProjectContext['spec']): readonly InboundPort[] {
  return [
    { name: 'runner_ssh', priority: 100, ports: ['22'] },
    ...(spec.classicPorts === true
      ? [{ name: 'runner_service', priority: 101, ports: ['3000-4000'] } as const]
      : []),
    ...(spec.gateways === true
      ? [{ name: 'gateway_http', priority: 102, ports: ['80', '443'] } as const]
      : []),
  ];
}

/** What an open port is for, in a user's words. */
export function portPurpose({ name }: InboundPort): string {
  switch (name) {
    case 'runner_ssh':
      return t('SSH, by which dstack and you reach the VMs of runs.');
    case 'runner_service':
      return t('Services of runs, as the dstack Hub of 2023 published them.');
    case 'gateway_http':
      return t('HTTP and HTTPS of gateways, which publish services.');
  }
}

interface InboundPort {
  readonly name: 'runner_ssh' | 'runner_service' | 'gateway_http';
  readonly priority: number;
  readonly ports: readonly string[];
}

/** The rules of what may reach the VMs of runs. */
export function networkSecurityGroup(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const name = securityGroupName(spec.location);
  return {
    key: 'networkSecurityGroup',
    kind: 'networkSecurityGroup',
    name,
    purpose: t('Lets in only the ports that runs need: {0}.', portList(spec)),
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: ['resourceGroup', providerKey('Microsoft.Network')],
    target: () =>
      target(project, 'networkSecurityGroups', name, 'networkSecurityGroup', {
        securityRules: inboundPorts(spec).map(rule),
      }),
    difference: (observed) => missingRule(spec, observed),
    // A PUT replaces every rule that it does not name (azure-facts 1.3).
    updateBody: (observed, body) => ({
      ...body,
      tags: { ...observed.tags },
      properties: {
        // Which subnets it serves, the subnets say.
        ...without(settableProperties(observed.body), ['subnets']),
        securityRules: mergedByName(
          observed,
          'properties.securityRules',
          inboundPorts(spec).map((port) => narrowed(rule(port), observed)),
        ),
      },
    }),
    outputs: (observed) => ({ id: observed.id }),
  };
}

/** The network of runs, with its subnet in the body: a PUT without it asks Azure to delete it. */
export function virtualNetwork(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const name = networkName(spec.storageAccount.name);
  const subnet = (securityGroup: string): JsonObject => ({
    name: subnetName(spec.storageAccount.name),
    properties: { addressPrefix: SUBNET_PREFIX, networkSecurityGroup: { id: securityGroup } },
  });
  const groupId = resourceId(
    spec.subscriptionId,
    spec.resourceGroup.name,
    'Microsoft.Network/networkSecurityGroups',
    securityGroupName(spec.location),
  );
  return {
    key: 'virtualNetwork',
    kind: 'virtualNetwork',
    name,
    purpose: t('The network of runs, with one subnet.'),
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: ['networkSecurityGroup'],
    lock: `virtualNetwork/${name}`,
    target: (outputs) =>
      target(project, 'virtualNetworks', name, 'virtualNetwork', {
        addressSpace: { addressPrefixes: [ADDRESS_SPACE] },
        subnets: [subnet(outputs.get('networkSecurityGroup')?.['id'] ?? groupId)],
      }),
    difference: (observed) => missingSubnet(spec.storageAccount.name, groupId, observed),
    mustFit: true,
    updateBody: (observed, body) => ({
      ...body,
      tags: { ...observed.tags },
      properties: {
        addressSpace: { addressPrefixes: [ADDRESS_SPACE] },
        ...settableProperties(observed.body),
        subnets: mergedByName(observed, 'properties.subnets', [
          guarded(subnet(groupId), groupId, observed),
        ]),
      },
    }),
    outputs: (observed) => ({
      id: observed.id,
      subnetId: `${observed.id}/subnets/${subnetName(spec.storageAccount.name)}`,
    }),
  };
}

function target(
  { spec, createdBy }: ProjectContext,
  type: string,
  name: string,
  kind: 'networkSecurityGroup' | 'virtualNetwork',
  properties: JsonObject,
): ReturnType<DesiredResource['target']> {
  return {
    kind,
    id: resourceId(spec.subscriptionId, spec.resourceGroup.name, `Microsoft.Network/${type}`, name),
    tenantId: spec.tenantId,
    subscriptionId: spec.subscriptionId,
    apiVersion: API_VERSION,
    body: {
      location: spec.location,
      tags: { [PROJECT_TAG]: spec.name, [CREATED_BY_TAG]: createdBy },
      properties,
    },
  };
}

function rule({ name, priority, ports }: InboundPort): JsonObject {
  const [only] = ports;
  const range: JsonObject =
    ports.length === 1 && only !== undefined
      ? { destinationPortRange: only }
      : { destinationPortRanges: ports };
  return {
    name,
    properties: {
      priority,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sourceAddressPrefix: 'Internet',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      ...range,
    },
  };
}

/** The rule with our ports, and in all else as narrow as the one of its name that is there. */
function narrowed(wanted: JsonObject, observed: ObservedResource): JsonObject {
  const ours = wanted['properties'];
  const found = entryOf(observed, 'properties.securityRules', wanted['name']);
  if (found === undefined || !isJsonObject(ours)) return wanted;
  const said = Object.entries(settableProperties(found)).filter(
    ([name, value]) =>
      !/^destinationPortRange|^access$|^direction$/.test(name) &&
      value !== '' &&
      !(Array.isArray(value) && value.length === 0),
  );
  // Addresses are said by one name of several, and by one alone.
  const ends = ['source', 'destination'].filter((end) =>
    said.some(([name]) => name.startsWith(`${end}A`)),
  );
  const opener = without(
    ours,
    ends.map((end) => `${end}AddressPrefix`),
  );
  return { ...wanted, properties: { ...opener, ...Object.fromEntries(said) } };
}

/** The subnet that is there, with everything that people have attached to it, and our group. */
function guarded(wanted: JsonObject, groupId: string, observed: ObservedResource): JsonObject {
  const found = entryOf(observed, 'properties.subnets', wanted['name']);
  if (found === undefined) return wanted;
  const settable = settableProperties(found);
  const hasPrefix = 'addressPrefix' in settable || 'addressPrefixes' in settable;
  return {
    ...wanted,
    properties: {
      ...(hasPrefix ? {} : { addressPrefix: SUBNET_PREFIX }),
      ...settable,
      networkSecurityGroup: { id: groupId },
    },
  };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function portList(spec: ProjectContext['spec']): string {
  return inboundPorts(spec)
    .flatMap(({ ports }) => ports)
    .join(', ');
}

function missingRule(spec: ProjectContext['spec'], observed: ObservedResource): string | undefined {
  for (const wanted of inboundPorts(spec)) {
    const found = entryOf(observed, 'properties.securityRules', wanted.name);
    if (found === undefined) return t('The rule {0} is missing.', wanted.name);
    if (!letsIn(found, wanted.ports)) return t('The rule {0} lets in something else.', wanted.name);
  }
  return undefined;
}

/** Ports and direction are ours to know; from where they are open a person may have narrowed. */
function letsIn(rule: JsonObject, ports: readonly string[]): boolean {
  const several = valueAt(rule, 'properties.destinationPortRanges');
  const only = textAt(rule, 'properties.destinationPortRange');
  const open = [...(Array.isArray(several) ? several.map(String) : []), ...(only ? [only] : [])];
  return (
    [...open].sort().join() === [...ports].sort().join() &&
    textAt(rule, 'properties.access') === 'Allow' &&
    textAt(rule, 'properties.direction') === 'Inbound'
  );
}

function missingSubnet(
  account: string,
  securityGroup: string,
  observed: ObservedResource,
): string | undefined {
  const name = subnetName(account);
  const subnet = entryOf(observed, 'properties.subnets', name);
  if (subnet === undefined) return t('The subnet {0} is missing.', name);
  const attached = textAt(subnet, 'properties.networkSecurityGroup.id');
  return attached !== undefined && sameId(attached, securityGroup)
    ? undefined
    : t('The subnet {0} has no network security group of the project.', name);
}

/** What is there by name, ours in its place, so that nothing of others is lost by a full replace. */
function mergedByName(
  observed: ObservedResource,
  path: string,
  ours: readonly JsonObject[],
): readonly Json[] {
  const names = ours.map((entry) => entry['name']);
  const others = named(observed, path).filter((entry) => !names.includes(entry['name']));
  return [...others, ...ours];
}

function entryOf(
  observed: ObservedResource,
  path: string,
  name: Json | undefined,
): JsonObject | undefined {
  return named(observed, path).find((entry) => entry['name'] === name);
}

function named(observed: ObservedResource, path: string): readonly JsonObject[] {
  const list = valueAt(observed.body, path);
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
