import { journalHead, type Run } from './run.ts';
import { reported, retried, type StepResult } from './applyStep.ts';
import { buildRecord, sameRecord, type Outcome } from './buildRecord.ts';
import { asSetupError, SetupError } from './errors.ts';
import type { KnownRecord } from './planProject.ts';
import { recordLocation } from './planProject.ts';
import type { Change } from './plan.ts';
import type { RecordLocation } from './ports.ts';
import { PROJECT_RECORD } from './resources/projectRecordStep.ts';
import { t } from '@vscode/l10n';

/** Writes the record of what the run has made, as soon as the data role lets us. */
export async function applyRecord(run: Run): Promise<StepResult> {
  const change = run.plan.changes.find(({ resource }) => resource.key === PROJECT_RECORD);
  if (change === undefined) return { status: 'skipped' };
  return await reported(run, change, () => writeRecord(run, change));
}

async function writeRecord(run: Run, change: Change): Promise<Outcome> {
  const at = locationOf(run);
  const id = change.resource.target(new Map())?.id ?? change.resource.name;
  const outcome: Outcome = { id, origin: 'created', outputs: {} };
  if (change.action === 'keep') return outcome;
  const known = run.plan.knownRecord;
  await retried(run, change.resource, () => writeOver(run, at, known));
  await run.ports.journal.append({
    ...journalHead(run),
    event: 'created',
    key: change.resource.key,
    ...outcome,
  });
  return outcome;
}

/**
 * Conditional: if somebody wrote in between, their record is read and ours goes over it with their
 * entries kept; if the answer of our own write was lost, the record read says so by itself.
 */
async function writeOver(
  run: Run,
  at: RecordLocation,
  known: KnownRecord | undefined,
): Promise<void> {
  const { records } = run.ports;
  const record = buildRecord(run.plan, run.outcomes, known?.record, run.runId);
  try {
    await records.write(at, record, known?.etag, run.signal);
  } catch (thrown) {
    if (asSetupError(thrown).code !== 'record_changed') throw thrown;
    const theirs = await records.read(at, run.signal);
    if (theirs !== undefined && theirs.record.projectId !== run.plan.projectId)
      throw foreignRecord();
    const merged = buildRecord(run.plan, run.outcomes, theirs?.record, run.runId);
    if (theirs !== undefined && sameRecord(theirs.record, merged)) return;
    await records.write(at, merged, theirs?.etag, run.signal);
  }
}

function locationOf(run: Run): RecordLocation {
  const endpoint = run.outcomes.get('storageAccount')?.outputs['blobEndpoint'];
  const at = recordLocation(run.plan.project, endpoint);
  if (at !== undefined) return at;
  throw new SetupError({
    code: 'no_blob_endpoint',
    source: 'azure',
    message: t('The storage account has no blob endpoint.'),
    remedy: t('Choose an account of kind StorageV2.'),
    object: PROJECT_RECORD,
  });
}

function foreignRecord(): SetupError {
  return new SetupError({
    code: 'record_of_another_project',
    source: 'user',
    message: t('The account holds the record of another project of this name.'),
    remedy: t('Use that project, or choose another storage account.'),
    object: PROJECT_RECORD,
  });
}
