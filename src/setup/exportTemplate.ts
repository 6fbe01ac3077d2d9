import { isWithin, resourceGroupId } from './armId.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Change, Plan } from './plan.ts';
import type { Outputs, ResourceKind, Target } from './resource.ts';
import { SERVICE_PRINCIPAL } from './resources/appRegistration.ts';
import { textAt } from './resources/path.ts';

const SCHEMAS = 'https://schema.management.azure.com/schemas';
const SUBSCRIPTION_SCHEMA = `${SCHEMAS}/2018-05-01/subscriptionDeploymentTemplate.json#`;
const GROUP_SCHEMA = `${SCHEMAS}/2019-04-01/deploymentTemplate.json#`;
const DEPLOYMENTS = 'Microsoft.Resources/deployments';
const DEPLOYMENTS_VERSION = '2025-04-01';

/** The object id of the server's app, which only exists once somebody has registered it. */
const SERVER_PARAMETER = 'serverPrincipalId';
const SERVER_PRINCIPAL = `[parameters('${SERVER_PARAMETER}')]`;

/** Kinds that a template can't hold, and who makes them instead. */
const NOT_IN_TEMPLATE: Readonly<Partial<Record<ResourceKind, string>>> = {
  providerRegistration: 'Azure Resource Manager registers providers when it deploys.',
  application: 'Microsoft Graph makes it, not Azure Resource Manager.',
  servicePrincipal: 'Microsoft Graph makes it, not Azure Resource Manager.',
  clientSecret: 'Microsoft Graph makes it, and no secret belongs into a template.',
  tags: 'A template would replace all tags of the object; merge it with the Tags API.',
  projectRecord: 'A blob, which the extension writes.',
};

/**
 * What the plan would write, as an ARM template for a deployment at the scope of the subscription:
 * `az deployment sub create --location … --template-file …`. The bodies are those that a run sends.
 * No secret is in it. Roles of the identity have other names than a run would give them (a template
 * can't know a principal before it exists); a later run finds and adopts them.
 */
export function exportTemplate(plan: Plan): JsonObject {
  const written = plan.changes.filter(({ action }) => action === 'create' || action === 'update');
  const parts = written.flatMap((change) => partOf(plan, change) ?? []);
  const outer = parts.filter(({ isInGroup }) => !isInGroup);
  const inner = parts.filter(({ isInGroup }) => isInGroup);
  return {
    $schema: SUBSCRIPTION_SCHEMA,
    contentVersion: '1.0.0.0',
    metadata: {
      description: `The dstack project ${plan.spec.name}: what its set-up would write.`,
      notInThisTemplate: written.flatMap(leftOut),
      alreadyThere: plan.changes
        .filter(({ action }) => action === 'keep' || action === 'adopt')
        .filter(({ resource }) => NOT_IN_TEMPLATE[resource.kind] === undefined)
        .map(({ resource }) => resource.name),
    },
    ...parametersOf(parts),
    resources: [...resourcesOf(outer, parts), ...groupDeployment(plan, inner, outer)],
  };
}

interface TemplatePart {
  readonly key: string;
  readonly dependsOn: readonly string[];
  readonly id: string;
  readonly isInGroup: boolean;
  readonly resource: JsonObject;
}

function partOf(plan: Plan, { resource, action, observed }: Change): TemplatePart | undefined {
  if (NOT_IN_TEMPLATE[resource.kind] !== undefined) return undefined;
  const outputs = symbolicOutputs(plan);
  const target = resource.target(outputs);
  if (target === undefined) return undefined;
  const body =
    action === 'update' && observed !== undefined && resource.updateBody !== undefined
      ? resource.updateBody(observed, target.body)
      : target.body;
  const { subscriptionId, resourceGroup } = plan.spec;
  const group = resourceGroupId(subscriptionId, resourceGroup.name);
  return {
    key: resource.key,
    dependsOn: resource.dependsOn,
    id: target.id,
    isInGroup: target.id !== group && isWithin(target.id, group),
    resource: { ...placeOf(target, group), ...literalMembers(body, expressionsIn(outputs)) },
  };
}

function literalMembers(body: JsonObject, expressions: ReadonlySet<string>): JsonObject {
  const made = literal(body, expressions);
  return isJsonObject(made) ? made : {};
}

/** The only texts that are expressions: no text of Azure's or of a person's is taken for one. */
function expressionsIn(outputs: ReadonlyMap<string, Outputs>): ReadonlySet<string> {
  return new Set([...outputs.values()].flatMap(({ principalId }) => principalId ?? []));
}

/** What a run learns from Azure's answers, as expressions that the deployment evaluates. */
function symbolicOutputs({ changes }: Plan): ReadonlyMap<string, Outputs> {
  const outputs = new Map<string, Outputs>();
  for (const { resource } of changes) {
    const target = resource.target(outputs);
    if (target === undefined) continue;
    if (resource.kind === 'userAssignedIdentity') {
      const principalId = `[reference('${target.id}', '${target.apiVersion}').principalId]`;
      outputs.set(resource.key, { id: target.id, principalId });
    } else if (resource.kind !== 'application') outputs.set(resource.key, { id: target.id });
  }
  return outputs.set(SERVICE_PRINCIPAL, { principalId: SERVER_PRINCIPAL });
}

/** Type, name and, of an extension resource inside the group, the object that it extends. */
function placeOf(target: Target, group: string): JsonObject {
  const { id, apiVersion } = target;
  if (id === group) {
    return {
      type: 'Microsoft.Resources/resourceGroups',
      apiVersion,
      name: target.id.slice(group.lastIndexOf('/') + 1),
    };
  }
  const at = id.lastIndexOf('/providers/');
  const parent = id.slice(0, at);
  const { type, name } = typeAndName(id.slice(at + '/providers/'.length));
  const place = { type, apiVersion, name: nameIn(target, name, parent) };
  const inner = parent.indexOf('/providers/');
  return inner < 0 ? place : { ...place, scope: parent.slice(inner + '/providers/'.length) };
}

function typeAndName(path: string): { readonly type: string; readonly name: string } {
  const [namespace = '', ...segments] = path.split('/');
  const types = segments.filter((_, index) => index % 2 === 0);
  const names = segments.filter((_, index) => index % 2 === 1);
  return { type: [namespace, ...types].join('/'), name: names.join('/') };
}

/** The name of a role for somebody who does not exist yet is made of what is known: never of `reference`. */
function nameIn({ kind, body }: Target, name: string, scope: string): string {
  if (kind !== 'roleAssignment') return name;
  const principal = textAt(body, 'properties.principalId') ?? '';
  if (!principal.startsWith('[')) return name;
  const role = textAt(body, 'properties.roleDefinitionId') ?? '';
  const who = principal === SERVER_PRINCIPAL ? `parameters('${SERVER_PARAMETER}')` : "'runner'";
  return `[guid('${scope}', ${who}, '${role}')]`;
}

function resourcesOf(
  parts: readonly TemplatePart[],
  all: readonly TemplatePart[],
): readonly JsonObject[] {
  return parts.map(({ resource, dependsOn, isInGroup }) => {
    const ids = all
      .filter((other) => other.isInGroup === isInGroup && dependsOn.includes(other.key))
      .map(({ id }) => id);
    return ids.length === 0 ? resource : { ...resource, dependsOn: ids };
  });
}

/** What lies in the group is deployed into it, once the group is there. */
function groupDeployment(
  plan: Plan,
  inner: readonly TemplatePart[],
  outer: readonly TemplatePart[],
): readonly JsonObject[] {
  if (inner.length === 0) return [];
  const parameters = parametersOf(inner);
  const waitsFor = outer.filter(({ key }) => key === 'resourceGroup').map(({ id }) => id);
  return [
    {
      type: DEPLOYMENTS,
      apiVersion: DEPLOYMENTS_VERSION,
      name: `dstack-${plan.spec.name}`,
      resourceGroup: plan.spec.resourceGroup.name,
      ...(waitsFor.length === 0 ? {} : { dependsOn: waitsFor }),
      properties: {
        mode: 'Incremental',
        // Its expressions are its own: `reference` looks at what it has deployed itself.
        expressionEvaluationOptions: { scope: 'inner' },
        ...(parameters === undefined
          ? {}
          : { parameters: { [SERVER_PARAMETER]: { value: SERVER_PRINCIPAL } } }),
        template: {
          $schema: GROUP_SCHEMA,
          contentVersion: '1.0.0.0',
          ...parameters,
          resources: resourcesOf(inner, inner),
        },
      },
    },
  ];
}

function parametersOf(
  parts: readonly TemplatePart[],
): { readonly parameters: JsonObject } | undefined {
  const isNeeded = JSON.stringify(parts).includes(`parameters('${SERVER_PARAMETER}')`);
  if (!isNeeded) return undefined;
  const description = 'Object id of the service principal that the dstack server signs in as.';
  return { parameters: { [SERVER_PARAMETER]: { type: 'string', metadata: { description } } } };
}

function leftOut({ resource }: Change): readonly JsonObject[] {
  const why = NOT_IN_TEMPLATE[resource.kind];
  return why === undefined ? [] : [{ kind: resource.kind, name: resource.name, why }];
}

/** Text that begins with a bracket would be read as an expression; two brackets make it text. */
function literal(json: Json, expressions: ReadonlySet<string>): Json {
  if (typeof json === 'string') {
    return json.startsWith('[') && !expressions.has(json) ? `[${json}` : json;
  }
  if (isJsonObject(json)) {
    const entries = Object.entries(json).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, literal(value, expressions)] as const],
    );
    return Object.fromEntries(entries);
  }
  if (isJsonList(json)) return json.map((item) => literal(item, expressions));
  return json;
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
