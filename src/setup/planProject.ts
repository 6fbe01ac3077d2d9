import { t } from '@vscode/l10n';
import { buildRecord, isRecorded, sameRecord, type Outcome } from './buildRecord.ts';
import { desiredState } from './desiredState.ts';
import { asSetupError, isCancellation, type SetupError } from './errors.ts';
import { knownOrigins } from './knownOrigins.ts';
import { RECORD_CONTAINER } from './names.ts';
import { observe } from './observe.ts';
import { makePlan, type Change, type Observation, type Plan } from './plan.ts';
import type { Caller, ObservedResource, RecordLocation, SetupPorts } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { ProjectSpec } from './projectSpec.ts';
import { withPresumed } from './presumed.ts';
import { readSecret } from './readSecret.ts';
import { CLIENT_SECRET } from './resources/appRegistration.ts';
import { containerKey } from './resources/blobContainer.ts';
import { textAt } from './resources/path.ts';
import { projectContext, type ProjectContext } from './resources/projectContext.ts';
import { withRetry } from './retry.ts';

/** The record as it was when the plan was made. */
export interface KnownRecord {
  readonly record: ProjectRecord;
  readonly etag: string;
}

/** A plan with what apply needs besides: the record that it goes on from. */
export interface ProjectPlan extends Plan {
  readonly knownRecord?: KnownRecord;
}

/**
 * Reads what exists and compares it with what the spec asks for. Writes nothing.
 * @param lastKnown the record as it was a while ago: it counts while it can't be read, so that one
 *   lost answer does not turn what is ours into somebody else's
 * @throws SetupError if Azure can't be read
 */
export async function planProject(
  spec: ProjectSpec,
  caller: Caller,
  ports: SetupPorts,
  signal: AbortSignal,
  lastKnown?: KnownRecord,
): Promise<ProjectPlan> {
  const project = projectContext(spec, caller);
  const desired = desiredState(project);
  const [seen, journal] = await Promise.all([
    observe(desired, ports, signal, 'anyName'),
    ports.journal.read(project.projectId),
  ]);
  const known = await readRecord(project, { observed: seen.found, lastKnown }, ports, signal);
  const record = known.found?.record;
  const origins = knownOrigins(journal, record);
  const observed = withPresumed(seen, { journal, record });
  const secret = await readSecret(project, observed, { journal, record }, ports);
  const observation: Observation = {
    observed,
    unseen: seen.hidden,
    origins,
    record: known.change,
    ...(secret === undefined ? {} : { secret }),
  };
  const plan = makePlan(project, desired, observation);
  if (known.found === undefined) return plan;
  const change = recordChange(plan, observed, known.found.record);
  const settled = makePlan(project, desired, { ...observation, record: change });
  return { ...settled, knownRecord: known.found };
}

/** Where the record of a project lies, as soon as its account is known. */
export function recordLocation(
  project: ProjectContext,
  blobEndpoint: string | undefined,
): RecordLocation | undefined {
  if (blobEndpoint === undefined) return undefined;
  return { tenantId: project.spec.tenantId, blobEndpoint, projectName: project.spec.name };
}

type RecordChange = Pick<Change, 'action' | 'reason'>;

async function readRecord(
  project: ProjectContext,
  {
    observed,
    lastKnown,
  }: {
    readonly observed: ReadonlyMap<string, ObservedResource>;
    readonly lastKnown: KnownRecord | undefined;
  },
  ports: SetupPorts,
  signal: AbortSignal,
): Promise<{ readonly change: RecordChange; readonly found?: KnownRecord }> {
  const create: RecordChange = { action: 'create', reason: t('Does not exist yet.') };
  const account = observed.get('storageAccount');
  if (account === undefined || !observed.has(containerKey(RECORD_CONTAINER))) {
    return { change: create };
  }
  const at = recordLocation(project, textAt(account.body, 'properties.primaryEndpoints.blob'));
  if (at === undefined) return { change: create };
  try {
    // As any other read: a plan does not wait for a data role that is still spreading.
    const about = { kind: 'tags' } as const;
    const found = await withRetry(() => ports.records.read(at, signal), about, ports, signal);
    if (found === undefined) return { change: create };
    if (found.record.projectId === project.projectId) return { change: create, found };
    return { change: { action: 'conflict', reason: t('It belongs to another project.') } };
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    const change = unreadable(asSetupError(thrown));
    const isYetToCome = change.action !== 'conflict' && lastKnown !== undefined;
    return { change, ...(isYetToCome ? { found: lastKnown } : {}) };
  }
}

/** A record that can't be read is never overwritten; one that can't be read *yet* is waited for. */
function unreadable(error: SetupError): RecordChange {
  const broken = error.code === 'record_unreadable' || error.code === 'record_newer';
  return broken
    ? { action: 'conflict', reason: `${error.message} ${error.remedy}` }
    : { action: 'update', reason: t('Can’t be read yet: {0}', error.message) };
}

function recordChange(
  plan: Plan,
  observed: ReadonlyMap<string, ObservedResource>,
  record: ProjectRecord,
): RecordChange {
  const outcomes = new Map<string, Outcome>();
  for (const { resource, origin, secret } of plan.changes) {
    const found = observed.get(resource.key);
    if (found !== undefined) {
      outcomes.set(resource.key, { id: found.id, origin, outputs: resource.outputs(found) });
    }
    if (secret !== undefined) {
      outcomes.set(CLIENT_SECRET, { id: CLIENT_SECRET, origin, outputs: secret.outputs });
    }
  }
  // What is still to be made will have to be recorded, under an id that exists already or not.
  const isNew = plan.changes.some(({ action, resource, secret }) => {
    const isMade = action === 'create' || action === 'replace';
    return secret?.action === 'create' || (isMade && isRecorded(resource));
  });
  const same = !isNew && sameRecord(record, buildRecord(plan, outcomes, record, ''));
  return same
    ? { action: 'keep', reason: t('Is as it should be.') }
    : { action: 'update', reason: t('The project has changed.') };
}
