import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import type { Json } from '../../../../src/setup/json.ts';
import type { Operation } from '../../../../src/setup/ports.ts';
import type { ResourceKind, Target } from '../../../../src/setup/resource.ts';
import type { Lab, Machine } from './lab.ts';

const never = new AbortController().signal;

/*
 * The syntax of ARM templates as documented (learn.microsoft.com, azure-resource-manager/templates/syntax):
 * no member beyond these, every resource with type, api-version and name.
 */
const parameters = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/),
  z.strictObject({
    type: z.enum(['string', 'securestring', 'int', 'bool', 'object', 'array']),
    metadata: z.strictObject({ description: z.string() }),
  }),
);
const resource = z.looseObject({
  type: z.string().regex(/^Microsoft\.[A-Za-z]+(\/[A-Za-z]+)+$/),
  apiVersion: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  name: z.string().min(1),
  scope: z.string().min(1).optional(),
  location: z.string().min(1).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  dependsOn: z.array(z.string().startsWith('/subscriptions/')).min(1).optional(),
  resourceGroup: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
const template = z.strictObject({
  $schema: z.enum([
    'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  ]),
  contentVersion: z.literal('1.0.0.0'),
  metadata: z.record(z.string(), z.unknown()).optional(),
  parameters: parameters.optional(),
  resources: z.array(resource),
});
const deployment = z.strictObject({
  mode: z.literal('Incremental'),
  expressionEvaluationOptions: z.strictObject({ scope: z.literal('inner') }),
  parameters: z.record(z.string(), z.strictObject({ value: z.string() })).optional(),
  template,
});

type Resource = z.infer<typeof resource>;
type Values = Readonly<Record<string, string>>;

/** Kinds whose PUT a deployment waits for in a way of their own. */
const KINDS: Readonly<Record<string, ResourceKind>> = {
  'Microsoft.Resources/resourceGroups': 'resourceGroup',
  'Microsoft.Storage/storageAccounts': 'storageAccount',
  'Microsoft.Storage/storageAccounts/blobServices/containers': 'blobContainer',
  'Microsoft.ManagedIdentity/userAssignedIdentities': 'userAssignedIdentity',
  'Microsoft.Network/networkSecurityGroups': 'networkSecurityGroup',
  'Microsoft.Network/virtualNetworks': 'virtualNetwork',
  'Microsoft.KeyVault/vaults': 'keyVault',
  'Microsoft.OperationalInsights/workspaces': 'logAnalyticsWorkspace',
  'Microsoft.OperationalInsights/workspaces/tables': 'workspaceTable',
  'Microsoft.Insights/dataCollectionEndpoints': 'dataCollectionEndpoint',
  'Microsoft.Insights/dataCollectionRules': 'dataCollectionRule',
  'Microsoft.Authorization/roleDefinitions': 'roleDefinition',
  'Microsoft.Authorization/roleAssignments': 'roleAssignment',
};

interface Place {
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/**
 * Deploys a template as Resource Manager would, as far as ours go: order by `dependsOn`, nested
 * deployments, and the functions `reference`, `parameters` and `guid`. Whatever else stands in it is
 * refused.
 * @returns ids in the order in which they were sent
 */
export async function deployTemplate(
  lab: Lab,
  machine: Machine,
  json: unknown,
  place: Place,
  values: Values = {},
): Promise<readonly string[]> {
  const parsed = template.parse(json);
  return await deploy(
    { lab, machine, place },
    parsed,
    values,
    `/subscriptions/${place.subscriptionId}`,
  );
}

interface Deployer {
  readonly lab: Lab;
  readonly machine: Machine;
  readonly place: Place;
}

async function deploy(
  deployer: Deployer,
  { resources, parameters: declared = {} }: z.infer<typeof template>,
  values: Values,
  scope: string,
): Promise<readonly string[]> {
  const missing = Object.keys(declared).filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new Error(`No value for ${missing.join(', ')}.`);
  const ids = new Map(resources.map((each) => [each, staticId(each, scope)]));
  const sent: string[] = [];
  const waiting = new Set(resources);
  while (waiting.size > 0) {
    const next = [...waiting].find((each) =>
      (each.dependsOn ?? []).every((id) => sent.includes(id)),
    );
    if (next === undefined) throw new Error('A dependency is in a circle, or not in the template.');
    waiting.delete(next);
    if (next.type === 'Microsoft.Resources/deployments') {
      const inner = deployment.parse(next.properties);
      const given = await evaluated(deployer, inner.parameters ?? {}, values);
      const handed = z.record(z.string(), z.object({ value: z.string() })).parse(given);
      const innerValues = Object.fromEntries(
        Object.entries(handed).map(([k, { value }]) => [k, value]),
      );
      const group = `${scope}/resourceGroups/${next.resourceGroup ?? ''}`;
      sent.push(...(await deploy(deployer, inner.template, innerValues, group)));
    } else {
      await put(deployer, next, values, scope);
      sent.push(ids.get(next) ?? '');
    }
  }
  return sent;
}

function staticId({ type, name, scope: extended }: Resource, scope: string): string {
  if (type === 'Microsoft.Resources/resourceGroups') return `${scope}/resourceGroups/${name}`;
  const [namespace = '', ...types] = type.split('/');
  const names = name.startsWith('[') ? [name] : name.split('/');
  if (types.length !== names.length) throw new Error(`${type} does not go with the name ${name}.`);
  const path = types.map((each, index) => `${each}/${names[index] ?? ''}`).join('/');
  const parent = extended === undefined ? scope : `${scope}/providers/${extended}`;
  return `${parent}/providers/${namespace}/${path}`;
}

/** What tells Resource Manager where and when; the rest is the body of the PUT. */
const NOT_IN_BODY = ['type', 'apiVersion', 'name', 'scope', 'dependsOn'];

async function put(
  deployer: Deployer,
  each: Resource,
  values: Values,
  scope: string,
): Promise<void> {
  const { type, apiVersion, name, scope: extended } = each;
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`The template has a ${type}.`);
  const plainName = await text(deployer, name, values);
  const id = staticId({ type, apiVersion, name: plainName, scope: extended }, scope);
  const body = Object.entries(each).filter(([member]) => !NOT_IN_BODY.includes(member));
  const target: Target = {
    ...{ kind, id, apiVersion, ...deployer.place },
    body: (await evaluated(deployer, Object.fromEntries(body), values)) as Target['body'],
  };
  const { resources } = deployer.machine.azure;
  let operation: Operation = await resources.write(target, never);
  while (operation.status === 'running') {
    await deployer.lab.clock.sleep(2_000, never);
    operation = await resources.poll(target, operation.state, never);
  }
  // A workspace is answered before it is there (azure-facts 1.2); a deployment waits for it.
  for (;;) {
    const seen = await resources.read(target, never);
    if (seen?.provisioningState === undefined || seen.provisioningState === 'Succeeded') return;
    await deployer.lab.clock.sleep(2_000, never);
  }
}

async function evaluated(deployer: Deployer, json: unknown, values: Values): Promise<Json> {
  if (typeof json === 'string') return await text(deployer, json, values);
  if (Array.isArray(json)) {
    return await Promise.all(json.map((item) => evaluated(deployer, item, values)));
  }
  if (typeof json !== 'object' || json === null) return json as Json;
  const entries = Object.entries(json).map(
    async ([key, value]) => [key, await evaluated(deployer, value, values)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

const ARGUMENT = String.raw`'[^']*'|parameters\('\w+'\)`;

async function text(deployer: Deployer, given: string, values: Values): Promise<string> {
  if (given.startsWith('[[')) return given.slice(1);
  if (!given.startsWith('[')) return given;
  const argument = (raw: string): string => {
    const parameter = /^parameters\('(\w+)'\)$/.exec(raw)?.[1];
    if (parameter === undefined) return raw.slice(1, -1);
    const value = values[parameter];
    if (value === undefined) throw new Error(`There is no parameter ${parameter}.`);
    return value;
  };
  const alone = new RegExp(`^\\[(parameters\\('\\w+'\\))\\]$`).exec(given)?.[1];
  if (alone !== undefined) return argument(alone);
  const names = new RegExp(`^\\[guid\\((${ARGUMENT}), (${ARGUMENT}), (${ARGUMENT})\\)\\]$`).exec(
    given,
  );
  if (names !== null) return uuidv5(names.slice(1).map(argument).join('-'), uuidv5.DNS);
  const [, id, apiVersion, member = ''] =
    /^\[reference\('([^']+)', '([^']+)'\)\.(\w+)\]$/.exec(given) ?? [];
  if (id === undefined || apiVersion === undefined) throw new Error(`Not an expression: ${given}`);
  const target: Target = {
    kind: 'userAssignedIdentity',
    id,
    apiVersion,
    body: {},
    ...deployer.place,
  };
  const found = await deployer.machine.azure.resources.read(target, never);
  const properties = z.record(z.string(), z.unknown()).parse(found?.body['properties']);
  return z.string().parse(properties[member]);
}
