import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { StorageManagementClient } from '@azure/arm-storage';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type {
  AccountContents,
  GroupObject,
  GroupPlace,
  ListedAssignment,
  ListedMachine,
} from '../setup/undoPorts.ts';
import { armCall, armList } from './armCalls.ts';
import { toSetupError } from './azureErrors.ts';
import { locationCode } from './observedResource.ts';
import { NO_CREDENTIAL, type Connection } from './pipeline.ts';

/*
 * What lies where, as the control plane lists it. Each throws what the call threw, unconverted.
 */

const tags = z
  .record(z.string(), z.string())
  .nullish()
  .transform((each) => each ?? {});

const objectSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    location: z.string().nullish(),
    tags,
  })
  .transform(({ location, ...object }): GroupObject => ({
    ...object,
    ...(typeof location === 'string' ? { location: locationCode(location) } : {}),
  }));

export async function groupObjects(
  connection: Connection,
  at: GroupPlace,
  signal: AbortSignal,
): Promise<readonly GroupObject[]> {
  const path = `${groupPath(at)}/resources?api-version=2021-04-01`;
  return await armList(connection, { tenantId: at.tenantId, path, signal }, objectSchema);
}

/** At the scope, above it and inside it: whose they are is the core's to tell. */
export async function assignmentsAt(
  connection: Connection,
  at: Omit<GroupPlace, 'resourceGroup'> & { readonly scope: string },
  signal: AbortSignal,
): Promise<readonly ListedAssignment[]> {
  const options = connection.clientOptions(at.tenantId);
  const client = new AuthorizationManagementClient(NO_CREDENTIAL, at.subscriptionId, options);
  const found: ListedAssignment[] = [];
  // The client puts a slash before a scope itself.
  const scope = at.scope.replace(/^\//, '');
  for await (const listed of client.roleAssignments.listForScope(scope, { abortSignal: signal })) {
    const { id, principalId, principalType, roleDefinitionId, description } = listed;
    if (id === undefined || principalId === undefined || roleDefinitionId === undefined) continue;
    found.push({
      id,
      principalId,
      principalType: principalType ?? '',
      roleDefinitionId,
      ...(typeof description === 'string' ? { description } : {}),
    });
  }
  return found;
}

const machineSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    tags,
    identity: z
      .object({ userAssignedIdentities: z.record(z.string(), z.unknown()).nullish() })
      .nullish(),
  })
  .transform(({ identity, ...machine }): ListedMachine => ({
    ...machine,
    identityIds: Object.keys(identity?.userAssignedIdentities ?? {}),
  }));

export async function virtualMachines(
  connection: Connection,
  at: GroupPlace,
  signal: AbortSignal,
): Promise<readonly ListedMachine[]> {
  const path = `${groupPath(at)}/providers/Microsoft.Compute/virtualMachines?api-version=2024-07-01`;
  return await armList(connection, { tenantId: at.tenantId, path, signal }, machineSchema);
}

export async function accountContents(
  connection: Connection,
  at: GroupPlace & { readonly account: string },
  signal: AbortSignal,
): Promise<AccountContents> {
  const options = connection.clientOptions(at.tenantId);
  const client = new StorageManagementClient(NO_CREDENTIAL, at.subscriptionId, options);
  const of = [at.resourceGroup, at.account] as const;
  const abort = { abortSignal: signal };
  const [containers, shares, queues, tables] = await Promise.all([
    namesIn(client.blobContainers.list(...of, abort)),
    namesIn(client.fileShares.list(...of, abort)),
    namesIn(client.queue.list(...of, abort)),
    namesIn(client.table.list(...of, abort)),
  ]);
  const named = (what: string, names: readonly string[]): readonly string[] =>
    names.map((name) => `${what} ${name}`);
  return {
    containers,
    others: [...named('file share', shares), ...named('queue', queues), ...named('table', tables)],
  };
}

/** Some kinds of account have no file shares, queues or tables, and refuse to list them. */
async function namesIn(
  listed: AsyncIterable<{ readonly name?: string }>,
): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of listed) if (name !== undefined) names.push(name);
  } catch (error) {
    const converted = toSetupError(error);
    const code = converted instanceof SetupError ? converted.azure?.code : undefined;
    if (code !== 'FeatureNotSupportedForAccount') throw converted;
  }
  return names;
}

/**
 * Azure writes its own accounts of usage into every workspace: they are nobody's data. The column
 * has a name that no table uses, unlike `Source`, which `Event` has.
 */
const ANY_ROW =
  "union withsource=dstackTable_ * | where dstackTable_ !in ('Usage', 'Operation') | take 1";

const rowsSchema = z.object({ tables: z.array(z.object({ rows: z.array(z.unknown()) })) });

/** The control plane's way to query: the token of management is enough. */
export async function hasLogs(
  connection: Connection,
  at: GroupPlace & { readonly workspaceId: string },
  signal: AbortSignal,
): Promise<boolean> {
  const path = `${at.workspaceId}/query?api-version=2017-10-01`;
  const call = { tenantId: at.tenantId, path, signal, body: { query: ANY_ROW } };
  const { tables } = await armCall(connection, call, rowsSchema);
  return tables.some(({ rows }) => rows.length > 0);
}

function groupPath({ subscriptionId, resourceGroup }: GroupPlace): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}
