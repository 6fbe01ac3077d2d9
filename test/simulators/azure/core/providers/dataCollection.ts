import { AzureFailure, type Reply } from '../failure.ts';
import { listAt, objectAt, textAt, textsAt, type Json, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { page } from '../arm/paging.ts';
import { envelope, existing, putResource, systemData, tagsIn } from '../arm/resources.ts';
import { locationNamed } from '../data/locations.ts';
import { TABLE_TYPE } from './tables.ts';
import { retire } from './retirement.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;

interface Kind {
  readonly title: string;
  readonly type: string;
  readonly longest: number;
  /** The provider's own bucket of writes, as its header tells it (recorded). */
  readonly bucket: string;
  readonly rests: string;
  readonly properties: (call: Call, asked: JsonObject, old: Resource | undefined) => JsonObject;
}

const ENDPOINT: Kind = {
  title: 'Data collection endpoint',
  type: 'Microsoft.Insights/dataCollectionEndpoints',
  longest: 44,
  bucket: '59',
  rests: 'dce-put-200.json',
  properties: endpointProperties,
};
const RULE: Kind = {
  title: 'Data collection rule',
  type: 'Microsoft.Insights/dataCollectionRules',
  longest: 64,
  bucket: '149',
  rests: 'dcr-put-200.json, dcr-delete-200.json',
  properties: ruleProperties,
};

/** Data collection endpoints and rules: everything about them is answered at once. */
export const dataCollectionOperations: readonly Operation[] = [ENDPOINT, RULE].flatMap(
  operationsOf,
);

function operationsOf(kind: Kind): Operation[] {
  const { title, type, rests } = kind;
  const path = `${GROUP}/providers/${type}/{name}`;
  const action = (verb: string): string => `${type}/${verb}`;
  return [
    {
      name: `${title}: create or replace`,
      method: 'PUT',
      path,
      action: action('write'),
      mutating: true,
      grade: 'recorded',
      rests: `${rests}; facts 1.1, 1.5`,
      handle: (call) => put(call, kind),
    },
    {
      name: `${title}: update tags`,
      method: 'PATCH',
      path,
      action: action('write'),
      mutating: true,
      grade: 'documented',
      rests: `${title}s REST reference, Update`,
      handle: patch,
    },
    {
      name: `${title}: get`,
      method: 'GET',
      path,
      action: action('read'),
      mutating: false,
      grade: 'documented',
      rests: `${rests} (body)`,
      handle: (call) => ({ status: 200, json: render(existing(call)) }),
    },
    ...[`${GROUP}/providers/${type}`, `${SUBSCRIPTION}/providers/${type}`].map(
      (each, index): Operation => ({
        name: `${title}s: list in a ${index === 0 ? 'group' : 'subscription'}`,
        method: 'GET',
        path: each,
        action: action('read'),
        scope: above,
        mutating: false,
        grade: 'documented',
        rests: `${rests} (rows); REST reference, List`,
        handle: (call) =>
          page(call, call.core.state.resourcesOfType(type, above(call)).map(render)),
      }),
    ),
    {
      name: `${title}: delete`,
      method: 'DELETE',
      path,
      action: action('delete'),
      mutating: true,
      grade: kind === RULE ? 'recorded' : 'documented',
      rests: kind === RULE ? 'dcr-delete-200.json' : 'facts 1.1',
      handle: remove,
    },
  ];
}

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function put(call: Call, kind: Kind): Reply {
  const name = param(call, 'name');
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) || name.length > kind.longest || name.length < 3) {
    throw invalidPayload(kind, [
      { code: 'InvalidName', message: `'${name}' is not a valid name.`, target: 'name' },
    ]);
  }
  const old = call.core.state.resource(call.path);
  const asked = objectAt(bodyOf(call), 'properties');
  const properties = kind.properties(call, asked, old);
  const { resource } = putResource(call, { type: kind.type, properties });
  return {
    status: 200,
    headers: { 'x-ms-ratelimit-remaining-subscription-resource-requests': kind.bucket },
    json: render(resource),
  };
}

function endpointProperties(call: Call, asked: JsonObject, old: Resource | undefined): JsonObject {
  const name = param(call, 'name').toLowerCase();
  const location = textAt(bodyOf(call), 'location')?.replaceAll(' ', '').toLowerCase() ?? '';
  const host = `${name}-${call.core.random.hex(4)}.${location}-1`;
  return {
    immutableId: `dce-${call.core.random.hex(32)}`,
    configurationAccess: { endpoint: `https://${host}.handler.control.monitor.azure.com` },
    logsIngestion: { endpoint: `https://${host}.ingest.monitor.azure.com` },
    ...old?.properties,
    ...asked,
    networkAcls: {
      publicNetworkAccess:
        textAt(objectAt(asked, 'networkAcls'), 'publicNetworkAccess') ?? 'Enabled',
    },
    provisioningState: 'Succeeded',
  };
}

interface Flaw {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

function ruleProperties(call: Call, asked: JsonObject, old: Resource | undefined): JsonObject {
  const flaws = [
    ...referenceFlaws(call, asked),
    ...regionFlaws(call, asked),
    ...flowFlaws(call, asked),
  ];
  if (flaws.length > 0) throw invalidPayload(RULE, flaws);
  return {
    immutableId: old?.properties['immutableId'] ?? `dcr-${call.core.random.hex(32)}`,
    ...asked,
    provisioningState: 'Succeeded',
  };
}

/** The ids of the endpoint and the workspaces that a rule names. */
function referencesOf(asked: JsonObject): string[] {
  const endpoint = textAt(asked, 'dataCollectionEndpointId');
  const workspaces = workspacesOf(asked).map((each) => textAt(each, 'workspaceResourceId') ?? '');
  return [...(endpoint === undefined ? [] : [endpoint]), ...workspaces];
}

/** A rule stands in the region of its workspaces and its endpoint. */
function regionFlaws(call: Call, asked: JsonObject): Flaw[] {
  const location = locationNamed(textAt(bodyOf(call), 'location') ?? '')?.name;
  return referencesOf(asked)
    .map((id) => call.core.state.resource(id))
    .filter((each) => each !== undefined && each.location !== location)
    .map((each) => ({
      code: 'InvalidResourceLocation',
      message: `The resource '${each?.id ?? ''}' is not in the region of the rule.`,
      target: 'properties',
    }));
}

function referenceFlaws(call: Call, asked: JsonObject): Flaw[] {
  return referencesOf(asked)
    .filter((id) => call.core.state.resource(id) === undefined)
    .map((id) => ({
      code: 'InvalidResource',
      message: `The resource '${id}' was not found.`,
      target: 'properties',
    }));
}

function workspacesOf(asked: JsonObject): readonly Json[] {
  return listAt(objectAt(asked, 'destinations'), 'logAnalytics');
}

/** Streams must be declared, destinations named, and custom tables must be there already. */
function flowFlaws(call: Call, asked: JsonObject): Flaw[] {
  const declared = Object.keys(objectAt(asked, 'streamDeclarations'));
  const destinations = JSON.stringify(asked['destinations'] ?? {});
  return listAt(asked, 'dataFlows').flatMap((flow, index): Flaw[] => {
    const target = `properties.dataFlows[${index}]`;
    const streams = textsAt(flow, 'streams').filter(
      (stream) => stream.startsWith('Custom-') && !declared.includes(stream),
    );
    const unnamed = textsAt(flow, 'destinations').filter(
      (name) => !destinations.includes(`"name":${JSON.stringify(name)}`),
    );
    return [
      ...streams.map((stream) => ({
        code: 'InvalidDataFlow',
        message: `Stream '${stream}' is not declared.`,
        target,
      })),
      ...unnamed.map((name) => ({
        code: 'InvalidDataFlow',
        message: `Destination '${name}' is not defined.`,
        target,
      })),
      ...outputFlaws(call, asked, flow, target),
    ];
  });
}

function outputFlaws(call: Call, asked: JsonObject, flow: Json, target: string): Flaw[] {
  const output = textAt(flow, 'outputStream');
  if (output?.startsWith('Custom-') !== true) return [];
  const table = output.slice('Custom-'.length);
  const there = workspacesOf(asked).some((each) =>
    call.core.state
      .resourcesOfType(TABLE_TYPE, textAt(each, 'workspaceResourceId') ?? '')
      .some((one) => one.name === table && one.busyUntil <= call.now),
  );
  if (there) return [];
  const destination = textsAt(flow, 'destinations').join(', ');
  return [
    {
      code: 'InvalidOutputTable',
      message: `Table for output stream '${output}' is not available for destination '${destination}'. Please ensure that the table exists in Log Analytics Workspace before creating or updating the rule.`,
      target,
    },
  ];
}

function invalidPayload(kind: Kind, details: readonly Flaw[]): AzureFailure {
  const message = `${kind.title} is invalid`;
  const error = { code: 'InvalidPayload', message, details: details.map((each) => ({ ...each })) };
  return new AzureFailure({ status: 400, json: { error } }, message);
}

function patch(call: Call): Reply {
  const resource = existing(call);
  resource.tags = tagsIn(bodyOf(call)) ?? resource.tags;
  return { status: 200, json: render(resource) };
}

function remove(call: Call): Reply {
  const resource = call.core.state.resource(call.path);
  if (resource === undefined) return { status: 204 };
  retire(call.core, resource.id);
  return { status: 200 };
}

function render(resource: Resource): Json {
  return {
    properties: resource.properties,
    ...envelope(resource),
    etag: `"${resource.etag}"`,
    systemData: systemData(resource),
  };
}
