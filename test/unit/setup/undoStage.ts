import { containerId } from '../../../src/setup/armId.ts';
import type { UndoEvent } from '../../../src/setup/events.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import type { Target } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { everythingPossible, type UndoFacts } from '../../../src/setup/undoFacts.ts';
import type { UndoItem, UndoPlan } from '../../../src/setup/undoPlan.ts';
import type { UndoRun as Run } from '../../../src/setup/undoRun.ts';
import type { FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

/** The sample project as a test of one part of an undo meets it, and its ids as Azure writes them. */
export const project = projectContext(sampleSpec(), dev);
export const PROJECT_ID = '1b9c5b7b-aff2-5282-9289-4803dc7f6fe9';
export const OURS = `dstack-azure/${PROJECT_ID}`;
export const OTHERS = 'dstack-azure/00000000-0000-0000-0000-000000000001';
export const subscription = `/subscriptions/${SUBSCRIPTION}`;
export const group = `${subscription}/resourceGroups/dstack-vision`;
export const ACCOUNT = 'dstackvision1a2b3c4d';
export const account = `${group}/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`;
export const ENDPOINT = `https://${ACCOUNT}.blob.core.windows.net/`;
export const at = { tenantId: TENANT, subscriptionId: SUBSCRIPTION } as const;
export const place = { ...at, resourceGroup: 'dstack-vision' } as const;
export const artifacts = containerId(account, 'dstack-container');
export const recordContainer = containerId(account, 'dstack-azure');
export const network = (name: string): string =>
  `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

export type { Run };
export type Tags = Readonly<Record<string, string>>;
export const mark = (by = OURS, name = 'vision'): Tags => ({
  ...{ 'dstack-project': name, 'dstack-created-by': by },
});

/** A removable line of a plan; a test states only what matters to it. */
export function undoItem(key: string, change: Partial<UndoItem> = {}): UndoItem {
  return {
    ...{ key, kind: 'virtualNetwork', id: network(key), name: key, decision: 'remove' },
    ...{ why: 'Because.', proof: 'tag', stage: 2, after: [], ...change },
  };
}

export function undoTarget(kind: Target['kind'], id: string, body: JsonObject = {}): Target {
  return { kind, id, ...at, apiVersion: '2020-01-01', body };
}

export function undoPlan(
  items: readonly UndoItem[] = [],
  change: Partial<UndoPlan> = {},
): UndoPlan {
  return {
    ...{ project, items, blockers: [], notes: [], foreign: [], origins: new Map() },
    ...change,
  };
}

/** What is known of a project of which nothing is there. */
export function undoFacts(change: Partial<UndoFacts> = {}): UndoFacts {
  return {
    ...{ project, possible: everythingPossible(project), observed: new Map() },
    ...{ assignments: [], otherRoles: [], objects: [], machines: [], notes: [] },
    ...{ foreignInRecord: [], origins: new Map(), blobs: new Map() },
    ...{ running: { known: true, value: [] }, locks: { known: true, value: [] } },
    contents: { known: true, value: { containers: [], others: [] } },
    hasLogs: { known: true, value: false },
    app: { assignments: [], isAskedFor: false, notes: [] },
    ...change,
  };
}

/** An object as Azure shows it. */
export function seen(id: string, body: JsonObject = {}, tags: Tags = {}): ObservedResource {
  return { id, tags, body };
}

/** An undo in the middle of its work, with what it has said so far. */
export function undoRun(
  ports: FakeUndoPorts,
  change: Partial<Run> = {},
): Run & { readonly events: UndoEvent[] } {
  const events: UndoEvent[] = [];
  return {
    ...{ runId: 'undo-1', plan: undoPlan(), ports, events },
    report: (event) => events.push(event),
    signal: new AbortController().signal,
    ...{ ticked: new Set(), gone: new Set(), granted: [], inAzure: new Set(), ...change },
  };
}

/** Answers some questions otherwise than the fake does. */
export function answer({ azure }: FakeUndoPorts, answers: Record<string, unknown>): void {
  Object.assign(azure, answers);
}

/** The group with the account in it. */
export function putProject(ports: FakeUndoPorts, tags: Tags = mark()): void {
  ports.resources.put(group, { location: 'westeurope', tags });
  putAccount(ports, tags);
}

/** The account, with where its blobs are unless a test wants it without. */
export function putAccount(
  { resources }: Pick<FakeUndoPorts, 'resources'>,
  tags: Tags = mark(),
  properties: JsonObject = { primaryEndpoints: { blob: ENDPOINT } },
): ObservedResource {
  return resources.put(account, { location: 'westeurope', tags, properties });
}

/** One of our containers, with blobs that the caller may see. */
export function putContainer(ports: FakeUndoPorts, id: string, blobs: string[] = []): void {
  ports.resources.put(id, {});
  ports.azure.blobNames.set(id.toLowerCase(), blobs);
  ports.resources.put(`${id}/providers/Microsoft.Authorization/roleAssignments/seen`, {
    properties: { principalId: dev.principalId },
  });
}

type Entry = ProjectRecord['resources'][number];

/** What a record says of one object. */
export function recorded(kind: string, id: string, origin: Entry['origin'] = 'created'): Entry {
  return { kind, id, origin, runId: 'run-1', outputs: {} };
}

export function putRecord(
  { records }: Pick<FakeUndoPorts, 'records'>,
  resources: readonly Entry[],
  change: Partial<ProjectRecord> = {},
): void {
  const record: ProjectRecord = {
    ...{ schema: 1, projectId: PROJECT_ID, spec: sampleSpec(), server: { kind: 'local' } },
    ...{ resources: [...resources], secrets: [], pending: [], ...change },
  };
  records.blobs.set(`${ENDPOINT} vision`, { record, etag: 'etag-1' });
}

const head = { schema: 1, projectId: PROJECT_ID, runId: 'run-1' } as const;

export const creating = (key: string, id: string, time = 0): JournalEntry => ({
  ...{ ...head, time, event: 'creating', key, target: undoTarget('resourceGroup', id) },
});
export const created = (
  key: string,
  id: string,
  origin: Entry['origin'] = 'created',
): JournalEntry => ({ ...{ ...head, time: 0, event: 'created', key, id, origin, outputs: {} } });
export const removed = (key: string, id: string, time = 0): JournalEntry => ({
  ...{ ...head, time, event: 'removed', key, id },
});
