import { ContainerClient, type ContainerListBlobsOptions } from '@azure/storage-blob';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { PreflightAzure } from '../setup/preflightPorts.ts';
import type { UndoAzure } from '../setup/undoPorts.ts';
import { armCall } from './armCalls.ts';
import { toSetupError } from './azureErrors.ts';
import { blobPipeline } from './blobPipeline.ts';
import type { Connection } from './pipeline.ts';
import { removeRecord } from './recordStore.ts';
import {
  accountContents,
  assignmentsAt,
  groupObjects,
  hasLogs,
  virtualMachines,
} from './undoLists.ts';

const KEY_VAULT_API_VERSION = '2026-02-01';

/** What an undo asks Azure: each failure a SetupError, what does not exist an empty list. */
export function undoAzure(
  connection: Connection,
  preflight: Pick<PreflightAzure, 'deletedVault' | 'locks'>,
): UndoAzure {
  return {
    groupObjects: (at, signal) => present(groupObjects(connection, at, signal), []),
    roleAssignments: (at, signal) => present(assignmentsAt(connection, at, signal), []),
    locks: (at, signal) => present(preflight.locks(at, signal), []),
    virtualMachines: (at, signal) => present(virtualMachines(connection, at, signal), []),
    accountContents: (at, signal) =>
      present(accountContents(connection, at, signal), { containers: [], others: [] }),
    blobs: async (at, signal) => {
      const endpoint = at.blobEndpoint.replace(/\/+$/, '');
      const pipeline = blobPipeline(connection, at.tenantId);
      const container = new ContainerClient(`${endpoint}/${at.container}`, pipeline);
      try {
        return await blobNames(container, at.limit, signal);
      } catch (error) {
        throw toSetupError(error, { object: at.container, action: READ_BLOBS });
      }
    },
    removeRecord: (at, etag, signal) => removeRecord(connection, at, etag, signal),
    purgeVault: (at, signal) => {
      const path = `/subscriptions/${at.subscriptionId}/providers/Microsoft.KeyVault/locations/${at.location}/deletedVaults/${at.name}/purge?api-version=${KEY_VAULT_API_VERSION}`;
      const call = { tenantId: at.tenantId, path, signal, body: {} };
      // Its answer has no body that says anything.
      return present(
        armCall(
          connection,
          call,
          z.unknown().transform(() => undefined),
        ),
        undefined,
      );
    },
    isVaultInBin: async (at, signal) => (await preflight.deletedVault(at, signal)) !== undefined,
    hasLogs: (at, signal) => present(hasLogs(connection, at, signal), false),
  };
}

const READ_BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';

/** Old versions count: what a person has overwritten or deleted may be all that they want back. */
async function blobNames(
  container: ContainerClient,
  limit: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const all = { includeSnapshots: true, includeVersions: true, abortSignal: signal };
  try {
    return await firstNames(container, limit, all);
  } catch (error) {
    if (!isUnversioned(toSetupError(error))) throw error;
    return await firstNames(container, limit, { abortSignal: signal });
  }
}

/** Accounts with a hierarchical namespace have no versions, and refuse the question in several ways. */
function isUnversioned(error: Error): boolean {
  const code = error instanceof SetupError ? error.azure?.code : undefined;
  return code !== undefined && /HierarchicalNamespace|^InvalidQueryParameterValue$/i.test(code);
}

async function firstNames(
  container: ContainerClient,
  limit: number,
  options: ContainerListBlobsOptions,
): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const { name } of container.listBlobsFlat(options)) {
    names.add(name);
    if (names.size >= limit) break;
  }
  return [...names];
}

/** `none` where what was asked about, or its provider, is not there. */
async function present<T>(question: Promise<T>, none: T): Promise<T> {
  try {
    return await question;
  } catch (error) {
    const converted = toSetupError(error);
    if (isAbsent(converted)) return none;
    throw converted;
  }
}

function isAbsent(error: Error): boolean {
  if (!(error instanceof SetupError)) return false;
  // A hidden subscription may hold anything: not to see it is not to know.
  if (error.code === 'subscription_not_found') return false;
  return error.azure?.status === 404 || error.code === 'provider_not_registered';
}
