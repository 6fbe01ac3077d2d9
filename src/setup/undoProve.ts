import { t } from '@vscode/l10n';
import { isWithin } from './armId.ts';
import { asSetupError, isCancellation } from './errors.ts';
import { isJsonObject } from './json.ts';
import { knownOrigins } from './knownOrigins.ts';
import { ARTIFACTS_CONTAINER, RECORD_CONTAINER } from './names.ts';
import { recordLocation } from './planProject.ts';
import type { ObservedResource } from './ports.ts';
import type { Target } from './resource.ts';
import { textAt, valueAt } from './resources/path.ts';
import { lookInto } from './undoLook.ts';
import { everythingPossible, placeOf } from './undoFacts.ts';
import { targetsById } from './undoGhosts.ts';
import { isTicked, retriedUndo, type UndoRun } from './undoRun.ts';
import type { UndoItem } from './undoPlan.ts';
import {
  assignmentOf,
  attachedName,
  attachedTo,
  foreignIn,
  groupIdOf,
  isAssignmentOurs,
  isTaggedOurs,
  ourTags,
} from './undoProof.ts';
import { proveApp } from './undoProveApp.ts';
import { untagTarget } from './undoTags.ts';

/** What Azure says about an object right before its delete. */
export type Proven =
  | { readonly status: 'gone' }
  /** Azure is deleting it already; nothing is to be sent. */
  | { readonly status: 'going'; readonly target: Target }
  | { readonly status: 'ours'; readonly target: Target }
  | { readonly status: 'kept'; readonly why: string };

/**
 * Proves once more that an object is ours and that nothing is lost with it. What the plan said is
 * not enough: minutes may lie between plan and delete, and records can be written by others.
 */
export async function prove(run: UndoRun, item: UndoItem, target: Target): Promise<Proven> {
  if (item.proof === 'uniqueName') return await proveApp(run, item, target);
  const place = placeProblem(run, target);
  if (place !== undefined) return { status: 'kept', why: place };
  const read = target.kind === 'tags' ? taggedTarget(item, target) : target;
  const about = { key: item.key, kind: read.kind };
  const observed = await retriedUndo(run, about, () => run.ports.resources.read(read, run.signal));
  if (observed === undefined) return { status: 'gone' };
  if (target.kind === 'tags') return proveTags(run, target, observed);
  if (observed.provisioningState === 'Deleting') return { status: 'going', target };
  const why = (await ownershipProblem(run, item, observed)) ?? (await loss(run, item, observed));
  return why === undefined ? { status: 'ours', target } : { status: 'kept', why };
}

/** Nothing outside of the project's own group is ever deleted but its roles at the subscription. */
function placeProblem({ plan: { project } }: UndoRun, { id, kind }: Target): string | undefined {
  if (isWithin(id, groupIdOf(project)) && !/\/\.\.?(\/|$)/.test(id)) return undefined;
  const subscription = `/subscriptions/${project.spec.subscriptionId}/providers/`;
  const isRole = kind === 'roleAssignment' || kind === 'roleDefinition';
  return isRole && id.toLowerCase().startsWith(subscription.toLowerCase())
    ? undefined
    : t('It lies outside of the project.');
}

/** Tags are read from the object itself, which shows them all. */
function taggedTarget(item: UndoItem, target: Target): Target {
  const kind = item.kind === 'storageAccount' ? 'storageAccount' : 'resourceGroup';
  const apiVersion = kind === 'storageAccount' ? '2025-08-01' : '2025-04-01';
  return { ...target, kind, apiVersion, body: {} };
}

function proveTags(run: UndoRun, target: Target, observed: ObservedResource): Proven {
  const { project } = run.plan;
  const planned = valueAt(target.body, 'properties.tags');
  const names = isJsonObject(planned) ? Object.keys(planned) : [];
  const now = Object.entries(ourTags(project, observed)).filter(([name]) => names.includes(name));
  return now.length === 0
    ? { status: 'kept', why: t('It has none of the project’s tags any more.') }
    : { status: 'ours', target: untagTarget(project, target.id, Object.fromEntries(now)) };
}

async function ownershipProblem(
  run: UndoRun,
  item: UndoItem,
  observed: ObservedResource,
): Promise<string | undefined> {
  const { project } = run.plan;
  switch (item.proof) {
    case 'tag':
      return isTaggedOurs(project, observed) ? undefined : notOurs();
    case 'description':
      return item.kind === 'roleAssignment'
        ? ifNot(isAssignmentOurs(project, assignmentOf({ ...observed, id: item.id })))
        : ifNot(textAt(observed.body, 'properties.description') === project.createdBy);
    case 'record':
      return await recordProblem(run, observed.id);
    case 'uniqueName':
    case 'serverName':
    case 'none':
      return undefined;
  }
}

function ifNot(isOurs: boolean): string | undefined {
  return isOurs ? undefined : notOurs();
}

function notOurs(): string {
  return t('Azure does not show any more that this project made it.');
}

/** Record and journal as they are now; a record that has become unbelievable proves nothing. */
async function recordProblem(run: UndoRun, id: string): Promise<string | undefined> {
  const { project } = run.plan;
  const journal = await run.ports.journal.read(project.projectId);
  const mine = knownOrigins(journal, undefined).get(id.toLowerCase());
  if (mine !== undefined) return ifNot(mine === 'created');
  const at = recordLocation(project, await blobEndpointOf(run));
  const found = at && (await readRecord(run, at));
  if (found === undefined || foreignIn(project, found).length > 0) return unproved();
  return knownOrigins([], found).get(id.toLowerCase()) === 'created' ? undefined : unproved();
}

function unproved(): string {
  return t('Nothing proves that this project made it.');
}

async function readRecord(
  run: UndoRun,
  at: Parameters<UndoRun['ports']['records']['read']>[0],
): Promise<Parameters<typeof foreignIn>[1] | undefined> {
  try {
    return (await run.ports.records.read(at, run.signal))?.record;
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    return undefined;
  }
}

/** The account's blob endpoint, as the account says it now. */
export async function blobEndpointOf(run: UndoRun): Promise<string | undefined> {
  const target = run.plan.items.find(({ key }) => key === 'storageAccount')?.target;
  const account = target ?? accountTarget(run);
  const about = { key: 'storageAccount', kind: 'storageAccount' } as const;
  const observed = await retriedUndo(run, about, () =>
    run.ports.resources.read(account, run.signal),
  );
  return observed && textAt(observed.body, 'properties.primaryEndpoints.blob');
}

function accountTarget({ plan: { project } }: UndoRun): Target {
  const { spec } = project;
  const type = 'Microsoft.Storage/storageAccounts';
  return {
    kind: 'storageAccount',
    id: `${groupIdOf(project)}/providers/${type}/${spec.storageAccount.name}`,
    tenantId: spec.tenantId,
    subscriptionId: spec.subscriptionId,
    apiVersion: '2025-08-01',
    body: {},
  };
}

/** What would be lost or broken with the object that the plan did not show. */
async function loss(
  run: UndoRun,
  item: UndoItem,
  observed: ObservedResource,
): Promise<string | undefined> {
  if (isTicked(run, item)) return undefined;
  return await LOSSES[item.kind]?.(run, item, observed);
}

type Loss = (
  run: UndoRun,
  item: UndoItem,
  observed: ObservedResource,
) => Promise<string | undefined>;

const LOSSES: Partial<Readonly<Record<UndoItem['kind'], Loss>>> = {
  virtualNetwork: inUse,
  networkSecurityGroup: inUse,
  blobContainer: (run, { name }) => dataIn(run, [name]),
  storageAccount: async (run) => (await otherContents(run)) ?? (await dataIn(run, CONTAINERS)),
  resourceGroup: stillIn,
  logAnalyticsWorkspace: (run, _item, { id }) => logsIn(run, id),
};

const CONTAINERS = [ARTIFACTS_CONTAINER, RECORD_CONTAINER];

function inUse(
  run: UndoRun,
  _item: UndoItem,
  observed: ObservedResource,
): Promise<string | undefined> {
  // What refers from a network that is gone is Azure's memory of a moment ago.
  const attached = attachedTo(observed).filter(
    (id) => ![...run.gone].some((gone) => gone.startsWith('/') && isWithin(id, gone)),
  );
  return Promise.resolve(
    attached.length === 0
      ? undefined
      : t('Still in use by {0}.', attached.map(attachedName).join(', ')),
  );
}

async function otherContents(run: UndoRun): Promise<string | undefined> {
  const { project } = run.plan;
  const at = { ...placeOf(project), account: project.spec.storageAccount.name };
  const about = { key: 'storageAccount', kind: 'storageAccount' } as const;
  const { containers, others } = await retriedUndo(run, about, () =>
    run.ports.azure.accountContents(at, run.signal),
  );
  const found = [...containers.filter((name) => !CONTAINERS.includes(name)), ...others];
  return found.length === 0 ? undefined : t('Holds data: {0}.', found.join(', '));
}

async function dataIn(run: UndoRun, containers: readonly string[]): Promise<string | undefined> {
  const endpoint = await blobEndpointOf(run);
  for (const container of containers) {
    try {
      const found = await lookInto(run, endpoint, container);
      if (found.length > 0) return t('Holds data: {0}.', found.join(', '));
    } catch (thrown) {
      if (isCancellation(thrown)) throw thrown;
      return t('It can’t be looked into: {0}', asSetupError(thrown).message);
    }
  }
  return undefined;
}

async function stillIn(run: UndoRun): Promise<string | undefined> {
  const about = { key: 'resourceGroup', kind: 'resourceGroup' } as const;
  const objects = await retriedUndo(run, about, () =>
    run.ports.azure.groupObjects(placeOf(run.plan.project), run.signal),
  );
  // A listing may still show what went a moment ago, here or by an undo before this one.
  const listed = objects.filter(({ id }) => !run.gone.has(id.toLowerCase()));
  const ours = targetsById(everythingPossible(run.plan.project));
  const read = listed.map(async (object) => {
    const target = ours.get(object.id.toLowerCase());
    if (target === undefined) return [object];
    const found = await retriedUndo(run, about, () => run.ports.resources.read(target, run.signal));
    return found === undefined ? [] : [object];
  });
  const staying = (await Promise.all(read)).flat();
  return staying.length === 0
    ? undefined
    : t('Other things are in it: {0}.', staying.map(({ name }) => name).join(', '));
}

async function logsIn(run: UndoRun, workspaceId: string): Promise<string | undefined> {
  const about = { key: 'workspace', kind: 'logAnalyticsWorkspace' } as const;
  const at = { ...placeOf(run.plan.project), workspaceId };
  const has = await retriedUndo(run, about, () => run.ports.azure.hasLogs(at, run.signal));
  return has ? t('Holds logs.') : undefined;
}
