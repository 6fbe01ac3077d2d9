import { t } from '@vscode/l10n';
import { resourceGroupId } from './armId.ts';
import { desiredState } from './desiredState.ts';
import { asSetupError, isCancellation, type SetupError } from './errors.ts';
import { knownOrigins } from './knownOrigins.ts';
import { ARTIFACTS_CONTAINER, RECORD_CONTAINER } from './names.ts';
import { observe } from './observe.ts';
import type { Lock } from './permissions.ts';
import type { Origin } from './plan.ts';
import { recordLocation, type KnownRecord } from './planProject.ts';
import type { ObservedResource } from './ports.ts';
import { ask, type Answer } from './preflightRead.ts';
import type { DesiredResource } from './resource.ts';
import { withRetry } from './retry.ts';
import { containerKey } from './resources/blobContainer.ts';
import { textAt } from './resources/path.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { readAppFacts, type AppFacts } from './undoApp.ts';
import { blobsBesideRecord } from './undoData.ts';
import { withoutGhosts } from './undoGhosts.ts';
import type {
  AccountContents,
  GroupObject,
  GroupPlace,
  ListedAssignment,
  ListedMachine,
  UndoPorts,
} from './undoPorts.ts';
import { assignmentOf, foreignIn, groupIdOf, isAssignmentOurs, isTaggedOurs } from './undoProof.ts';

/** Everything that an undo decides from: what Azure shows, and what record and journal add. */
export interface UndoFacts {
  readonly project: ProjectContext;
  /** Everything that any set-up of this project may have made, whatever was ticked. */
  readonly possible: readonly DesiredResource[];
  readonly observed: ReadonlyMap<string, ObservedResource>;
  /** Our role assignments, proved by mark and name. */
  readonly assignments: readonly ListedAssignment[];
  readonly objects: readonly GroupObject[];
  readonly machines: readonly ListedMachine[];
  /** Locks at, above and inside the group. */
  readonly locks: Answer<readonly Lock[]>;
  /** Names of fleets and runs of the server. */
  readonly running: Answer<readonly string[]>;
  readonly record?: KnownRecord;
  /** The record names things that this version does not know: it must not undo them. */
  readonly newerRecord?: SetupError;
  /** What the record names and can't be ours; then none of its words is believed. */
  readonly foreignInRecord: readonly string[];
  readonly origins: ReadonlyMap<string, Origin>;
  readonly contents: Answer<AccountContents>;
  /** Blobs besides the record in our two containers, by container name. */
  readonly blobs: ReadonlyMap<string, Answer<readonly string[]>>;
  readonly hasLogs: Answer<boolean>;
  readonly app: AppFacts;
  /** Role assignments of the subscription that are not ours. */
  readonly otherRoles: readonly ListedAssignment[];
  readonly notes: readonly string[];
}

/** Where the project is, for the ports. */
export function placeOf({ spec }: ProjectContext): GroupPlace {
  return {
    tenantId: spec.tenantId,
    subscriptionId: spec.subscriptionId,
    resourceGroup: spec.resourceGroup.name,
  };
}

/**
 * Reads all that an undo needs to know. Changes nothing.
 * @throws SetupError if the project's own objects can't be read; side questions become notes
 */
export async function readUndoFacts(
  project: ProjectContext,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<UndoFacts> {
  const possible = everythingPossible(project);
  const place = placeOf(project);
  const { azure, server } = ports;
  const [seen, journal, objects, machines, locks, listed, running] = await Promise.all([
    observe(possible, ports, signal),
    ports.journal.read(project.projectId),
    needed(() => azure.groupObjects(place, signal), ports, signal),
    needed(() => azure.virtualMachines(place, signal), ports, signal),
    ask(() => azure.locks({ ...place, scope: groupIdOf(project) }, signal), ports, signal),
    listAssignments(project, ports, signal),
    server === undefined ? NONE_RUNNING : ask(() => server.running(signal), ports, signal),
  ]);
  const { found: observed, hidden } = seen;
  const record = await readRecord(project, observed, ports, signal);
  const foreignInRecord = record.found === undefined ? [] : foreignIn(project, record.found.record);
  const believed = foreignInRecord.length === 0 ? record.found?.record : undefined;
  const [inside, app] = await Promise.all([
    readContents(project, observed, ports, signal),
    readAppFacts(project, { journal, record: record.found }, ports, signal),
  ]);
  const named = [...readAssignments(observed, possible), ...app.assignments.map(assignmentOf)];
  const all = distinct([...named, ...listed.assignments]);
  const isOurs = (each: ListedAssignment): boolean => isAssignmentOurs(project, each);
  return {
    project,
    possible,
    observed,
    // By name and by listing: a listing may be minutes old, a name is known only for known people.
    assignments: all.filter(isOurs),
    otherRoles: all.filter((each) => !isOurs(each)),
    objects: withoutGhosts(objects, possible, observed),
    machines,
    locks,
    running,
    ...(record.found === undefined ? {} : { record: record.found }),
    ...(record.newerRecord === undefined ? {} : { newerRecord: record.newerRecord }),
    foreignInRecord,
    // What this machine has done itself it knows best.
    origins: new Map([...knownOrigins(journal, believed), ...knownOrigins(journal, undefined)]),
    ...inside,
    app,
    notes: [...record.notes, ...listed.notes, ...hiddenNotes(possible, hidden), ...app.notes],
  };
}

/** Role assignments are told of where their listing is. */
function hiddenNotes(
  possible: readonly DesiredResource[],
  hidden: ReadonlyMap<string, unknown>,
): readonly string[] {
  return possible
    .filter(({ key, kind }) => kind === 'roleDefinition' && hidden.has(key))
    .map(({ name }) =>
      t('Your account can’t see whether the role {0} exists. If it does, it stays.', name),
    );
}

const NONE_RUNNING: Answer<readonly string[]> = { known: true, value: [] };

/** Any app: its role assignments are found by listing, the roles themselves by their GUIDs. */
const ANY_APP = '00000000-0000-0000-0000-000000000000';

/** All that any set-up of the project may have made, whatever its form says now. */
export function everythingPossible(project: ProjectContext): readonly DesiredResource[] {
  const { spec } = project;
  const principalId = spec.credentials.principalId ?? ANY_APP;
  const all = desiredState({
    ...project,
    spec: {
      ...spec,
      credentials: { kind: 'existingApp', principalId },
      secretsAndLogs: true,
      classicVmRight: true,
    },
  });
  return all.filter(
    ({ key, kind }) =>
      kind !== 'providerRegistration' &&
      kind !== 'tags' &&
      kind !== 'projectRecord' &&
      !(principalId === ANY_APP && key.startsWith('role/app/')),
  );
}

/** A question whose answer decides about deletes: no answer, no undo. */
async function needed<T>(
  question: () => Promise<T>,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<T> {
  return await withRetry(question, { kind: 'tags' }, ports, signal);
}

async function listAssignments(
  { spec }: ProjectContext,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<{ assignments: readonly ListedAssignment[]; notes: readonly string[] }> {
  const { tenantId, subscriptionId, resourceGroup } = spec;
  const scopes = [
    resourceGroupId(subscriptionId, resourceGroup.name),
    `/subscriptions/${subscriptionId}`,
  ];
  const lists = await Promise.all(
    scopes.map((scope) =>
      ask(
        () => ports.azure.roleAssignments({ tenantId, subscriptionId, scope }, signal),
        ports,
        signal,
      ),
    ),
  );
  return {
    assignments: lists.flatMap((list) => (list.known ? list.value : [])),
    notes: lists.flatMap((list, index) =>
      list.known
        ? []
        : [t('Role assignments at {0} can’t be listed: {1}', scopes[index] ?? '', list.why)],
    ),
  };
}

function readAssignments(
  observed: ReadonlyMap<string, ObservedResource>,
  possible: readonly DesiredResource[],
): readonly ListedAssignment[] {
  return possible.flatMap(({ key, kind }) => {
    const found = kind === 'roleAssignment' ? observed.get(key) : undefined;
    return found === undefined ? [] : [assignmentOf(found)];
  });
}

function distinct(all: readonly ListedAssignment[]): readonly ListedAssignment[] {
  return [...new Map(all.map((each) => [each.id.toLowerCase(), each])).values()];
}

async function readRecord(
  project: ProjectContext,
  observed: ReadonlyMap<string, ObservedResource>,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<Pick<UndoFacts, 'newerRecord' | 'notes'> & { readonly found?: KnownRecord }> {
  const at = recordLocation(project, blobEndpointIn(observed));
  if (at === undefined || !observed.has(containerKey(RECORD_CONTAINER))) return { notes: [] };
  try {
    const found = await ports.records.read(at, signal);
    return found === undefined ? { notes: [] } : { found, notes: [] };
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    const error = asSetupError(thrown);
    if (error.code === 'record_newer') return { notes: [], newerRecord: error };
    return { notes: [t('The project record can’t be read: {0}', error.message)] };
  }
}

/** The account's own word for where its blobs are; never built from its name. */
export function blobEndpointIn(
  observed: ReadonlyMap<string, ObservedResource>,
): string | undefined {
  const account = observed.get('storageAccount');
  return account && textAt(account.body, 'properties.primaryEndpoints.blob');
}

async function readContents(
  project: ProjectContext,
  observed: ReadonlyMap<string, ObservedResource>,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<Pick<UndoFacts, 'contents' | 'blobs' | 'hasLogs'>> {
  const place = placeOf(project);
  const account = observed.get('storageAccount');
  const workspace = observed.get('workspace');
  const isOurs = account !== undefined && isTaggedOurs(project, account);
  const containers = [ARTIFACTS_CONTAINER, RECORD_CONTAINER].filter((name) =>
    observed.has(containerKey(name)),
  );
  const [contents, hasLogs, ...blobs] = await Promise.all([
    isOurs
      ? ask(
          () =>
            ports.azure.accountContents(
              { ...place, account: project.spec.storageAccount.name },
              signal,
            ),
          ports,
          signal,
        )
      : { known: true as const, value: { containers: [], others: [] } },
    workspace === undefined
      ? { known: true as const, value: false }
      : ask(
          () => ports.azure.hasLogs({ ...place, workspaceId: workspace.id }, signal),
          ports,
          signal,
        ),
    ...containers.map(async (name) => {
      const look = (): Promise<readonly string[]> =>
        blobsBesideRecord(project, blobEndpointIn(observed), name, ports, signal);
      return [name, await ask(look, ports, signal)] as const;
    }),
  ]);
  return { contents, hasLogs, blobs: new Map(blobs) };
}
