import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import type { Json } from './json.ts';
import { RECORD_CONTAINER } from './names.ts';
import { recordLocation } from './planProject.ts';
import type { Target } from './resource.ts';
import { containerKey } from './resources/blobContainer.ts';
import { BUDGET_MS, POLL_MS } from './resources/kinds.ts';
import type { UndoItem } from './undoPlan.ts';
import { blobEndpointOf, prove } from './undoProve.ts';
import { forgetSecrets } from './undoProveApp.ts';
import type { UndoResult } from './undoReceipt.ts';
import { retriedUndo, undoHead, type UndoRun } from './undoRun.ts';

/** Removes one object, or its tags, after it was proved once more. */
export async function removeItem(run: UndoRun, item: UndoItem): Promise<UndoResult> {
  if (item.kind === 'server') return await unregister(run);
  if (item.kind === 'projectRecord') return await removeRecord(run, item);
  if (item.target === undefined) return { status: 'kept', why: item.why };
  const proven = await prove(run, item, item.target);
  switch (proven.status) {
    case 'kept':
      return proven;
    case 'gone':
      return await remembered(run, item);
    case 'going':
      await untilAbsent(run, item, proven.target);
      return await remembered(run, item);
    case 'ours':
      await remove(run, item, proven.target);
      if (proven.target.kind === 'application') await forgetSecrets(run);
      if (proven.target.kind === 'tags') return { status: 'untagged' };
      return await remembered(run, item);
  }
}

async function unregister(run: UndoRun): Promise<UndoResult> {
  await run.ports.server?.unregister(run.signal);
  return { status: 'gone' };
}

/** Conditional: a record that somebody has written since is theirs to look at first. */
async function removeRecord(run: UndoRun, item: UndoItem): Promise<UndoResult> {
  const { project } = run.plan;
  // With the container went the right to look into it: Azure would answer 403, not 404.
  if (run.gone.has(containerKey(RECORD_CONTAINER))) return { status: 'gone' };
  const about = { key: item.key, kind: 'tags' } as const;
  const at = recordLocation(project, await blobEndpointOf(run));
  if (at === undefined) return { status: 'gone' };
  const found = await retriedUndo(run, about, () => run.ports.records.read(at, run.signal));
  if (found === undefined) return { status: 'gone' };
  if (found.record.projectId.toLowerCase() !== project.projectId) {
    return { status: 'kept', why: t('It is the record of another project.') };
  }
  await retriedUndo(run, about, () => run.ports.azure.removeRecord(at, found.etag, run.signal));
  return { status: 'gone' };
}

/** Sends the delete and polls it to its end, as writes are. */
async function remove(run: UndoRun, item: UndoItem, target: Target): Promise<void> {
  const { journal, resources } = run.ports;
  const about = { key: item.key, kind: target.kind };
  await journal.append({ ...undoHead(run), event: 'removing', key: item.key, target });
  const operation = await retriedUndo(run, about, () => resources.remove(target, run.signal));
  if (operation.status === 'succeeded') return;
  run.inAzure.add(item.key);
  await pollToEnd(run, item, target, operation.state, operation.retryAfterMs);
  run.inAzure.delete(item.key);
}

async function pollToEnd(
  run: UndoRun,
  item: UndoItem,
  target: Target,
  firstState: Json,
  firstRetryAfterMs: number | undefined,
): Promise<void> {
  const { clock, journal, resources } = run.ports;
  const about = { key: item.key, kind: target.kind };
  const giveUpAt = clock.now() + budget(target);
  let state = firstState;
  let retryAfterMs = firstRetryAfterMs;
  await journal.append({ ...undoHead(run), event: 'polling', key: item.key, state });
  for (;;) {
    await pause(run, item, retryAfterMs ?? POLL_MS, giveUpAt);
    const operation = await retriedUndo(run, about, () =>
      resources.poll(target, state, run.signal),
    );
    if (operation.status === 'succeeded') return;
    state = operation.state;
    retryAfterMs = operation.retryAfterMs;
  }
}

/** An earlier undo has sent the delete; whether it is through only the object itself tells. */
async function untilAbsent(run: UndoRun, item: UndoItem, target: Target): Promise<void> {
  const { clock, resources } = run.ports;
  const about = { key: item.key, kind: target.kind };
  const giveUpAt = clock.now() + budget(target);
  run.inAzure.add(item.key);
  while ((await retriedUndo(run, about, () => resources.read(target, run.signal))) !== undefined) {
    await pause(run, item, POLL_MS, giveUpAt);
  }
  run.inAzure.delete(item.key);
}

/** Deletes of groups and networks take longer than their creation (azure-facts 1.2). */
function budget({ kind }: Target): number {
  return 3 * BUDGET_MS[kind];
}

async function pause(
  run: UndoRun,
  item: UndoItem,
  waitMs: number,
  giveUpAt: number,
): Promise<void> {
  const { clock } = run.ports;
  if (clock.now() + waitMs > giveUpAt) throw stillRunning(item);
  run.report({ time: clock.now(), code: 'removeWaiting', resource: item.key, waitMs });
  await clock.sleep(waitMs, run.signal);
}

async function remembered(run: UndoRun, { key, id }: UndoItem): Promise<UndoResult> {
  await run.ports.journal.append({ ...undoHead(run), event: 'removed', key, id });
  return { status: 'gone' };
}

function stillRunning({ key, name }: UndoItem): SetupError {
  return new SetupError({
    code: 'still_running',
    source: 'azure',
    message: t('Azure is still removing {0}, longer than it usually takes.', name),
    remedy: t('Wait a while and undo again: it goes on where it is.'),
    object: key,
  });
}
