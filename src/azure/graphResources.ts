import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../setup/json.ts';
import type { AzureResources, ObservedResource, Operation } from '../setup/ports.ts';
import type { ResourceKind, Target } from '../setup/resource.ts';
import { textAt } from '../setup/resources/path.ts';
import { graphCall, quoted, type GraphCall } from './graphCalls.ts';
import type { Connection } from './pipeline.ts';

/** Kinds that are objects of the directory, not of Azure. */
export type GraphKind = Extract<ResourceKind, 'application' | 'servicePrincipal'>;

/** Whether an object is read and written through Microsoft Graph. */
export function isGraphKind(kind: ResourceKind): kind is GraphKind {
  return kind === 'application' || kind === 'servicePrincipal';
}

const APPLICATION_FIELDS =
  '$select=id,appId,uniqueName,displayName,signInAudience,tags,createdDateTime,passwordCredentials';

/**
 * App registrations and service principals. A write that is repeated finds its own object: by
 * `uniqueName`, or by our tag in tenants that know no unique names.
 */
export function graphResources(
  connection: Connection,
): Omit<AzureResources, 'poll' | 'readSameGrant'> {
  const on = (target: Target, signal: AbortSignal): Graph => {
    const object = textAt(target.body, 'displayName');
    const { tenantId } = target;
    return (call) =>
      graphCall(connection, {
        ...call,
        tenantId,
        signal,
        ...(object === undefined ? {} : { object }),
      });
  };
  return {
    read: (target, signal) => read(on(target, signal), target),
    write: (target, signal) => write(on(target, signal), target),
    async remove(target, signal) {
      const graph = on(target, signal);
      const found = await read(graph, target);
      if (found === undefined) return { status: 'succeeded' };
      await absentAsUndefined(graph({ method: 'DELETE', path: found.id }));
      return { status: 'succeeded' };
    },
  };
}

type Graph = (call: Pick<GraphCall, 'method' | 'path' | 'body' | 'headers'>) => Promise<Body>;
type Body = JsonObject | undefined;

async function read(graph: Graph, target: Target): Promise<ObservedResource | undefined> {
  if (target.kind === 'servicePrincipal') {
    return observed(await absentAsUndefined(graph({ method: 'GET', path: target.id })), target);
  }
  const path = `${target.id}?${APPLICATION_FIELDS}`;
  const byName = await absentAsUndefined(graph({ method: 'GET', path }), knowsNoName);
  return observed(byName ?? (await findByTag(graph, target)), target);
}

async function write(graph: Graph, target: Target): Promise<Operation> {
  const body =
    target.kind === 'servicePrincipal'
      ? await createPrincipal(graph, target)
      : await writeApplication(graph, target);
  const resource = observed(body, target);
  return { status: 'succeeded', ...(resource === undefined ? {} : { resource }) };
}

/** One that is there already has no body here: the core reads it then. */
async function createPrincipal(graph: Graph, { body }: Target): Promise<Body> {
  try {
    return await graph({ method: 'POST', path: '/servicePrincipals', body });
  } catch (error) {
    if (statusOf(error) === 409) return undefined;
    throw error;
  }
}

/** 201 with a body if it was missing, 204 without one if it was there (Graph v1.0, application upsert). */
async function writeApplication(graph: Graph, target: Target): Promise<Body> {
  const { id: path, body } = target;
  try {
    const headers = { Prefer: 'create-if-missing' };
    return await graph({ method: 'PATCH', path, body, headers });
  } catch (error) {
    if (!knowsNoName(error)) throw error;
  }
  const found = await findByTag(graph, target);
  const id = found && textAt(found, 'id');
  if (id === undefined) return await createUnnamed(graph, target);
  return await graph({ method: 'PATCH', path: `/applications/${id}`, body });
}

/**
 * Without a unique name a repeated POST would make a second app, and the listing that would show
 * the first one lags: so this one is never repeated by itself.
 */
async function createUnnamed(graph: Graph, { body }: Target): Promise<Body> {
  try {
    return await graph({ method: 'POST', path: '/applications', body });
  } catch (error) {
    if (!(error instanceof SetupError) || error.azure?.outcomeUnknown !== true) throw error;
    throw new SetupError({
      code: 'app_outcome_unknown',
      source: 'azure',
      message: t('Azure did not say whether it has made the app registration.'),
      remedy: t('Wait a minute and continue: if it is there, it is found.'),
      cause: error,
    });
  }
}

/** Apps that carry our tag; the oldest if there are several. */
async function findByTag(graph: Graph, { body }: Target): Promise<Body> {
  const [tag] = listOf(body['tags']);
  if (typeof tag !== 'string') return undefined;
  const filter = `$filter=tags/any(t:t eq ${quoted(tag)})`;
  const listed = await graph({
    method: 'GET',
    path: `/applications?${filter}&${APPLICATION_FIELDS}`,
  });
  const found = listOf(listed?.['value']).filter(isJsonObject);
  const age = (app: JsonObject): string => textAt(app, 'createdDateTime') ?? '';
  return [...found].sort((a, b) => age(a).localeCompare(age(b)))[0];
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function observed(body: Body, { kind }: Target): ObservedResource | undefined {
  const id = body && textAt(body, 'id');
  if (body === undefined || id === undefined) return undefined;
  const place = kind === 'servicePrincipal' ? 'servicePrincipals' : 'applications';
  return { id: `/${place}/${id}`, tags: {}, body };
}

async function absentAsUndefined(
  calling: Promise<Body>,
  isAbsent: (error: unknown) => boolean = (error) => statusOf(error) === 404,
): Promise<Body> {
  try {
    return await calling;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** The request is not understood, or nothing has the name; refusals by policy are told as they are. */
function knowsNoName(error: unknown): boolean {
  const code = error instanceof SetupError ? (error.azure?.code ?? '') : '';
  const status = statusOf(error);
  return !/AsPerAppPolicy$/.test(code) && [400, 404, 405, 501].includes(status ?? 0);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SetupError ? error.azure?.status : undefined;
}
