import { t } from '@vscode/l10n';
import { asSetupError, isCancellation, SetupError } from './errors.ts';
import { ifPossible } from './ifPossible.ts';
import type { ReportUndo } from './events.ts';
import { blockersIn } from './undo.ts';
import { ask } from './preflightRead.ts';
import { placeOf } from './undoFacts.ts';
import { heldError, isHeld } from './undoLocks.ts';
import { STAGE, type UndoItem, type UndoPlan } from './undoPlan.ts';
import type { UndoPorts } from './undoPorts.ts';
import { receiptOf, type UndoReceipt, type UndoResult } from './undoReceipt.ts';
import { removeItem } from './undoRemove.ts';
import { isTicked, undoHead, type UndoRun } from './undoRun.ts';

export interface UndoOptions {
  /** Keys of `ask` items that a person has ticked, one by one. */
  readonly ticked: ReadonlySet<string>;
  readonly report: ReportUndo;
  readonly signal: AbortSignal;
}

/**
 * Runs an undo: stage by stage, within a stage in parallel, each object proved to be ours right
 * before its delete. One failed object does not stop the others; run again, it goes on where it is.
 * @throws SetupError only if VMs or fleets are in use, before anything is removed
 */
export async function applyUndo(
  plan: UndoPlan,
  ports: UndoPorts,
  options: UndoOptions,
): Promise<UndoReceipt> {
  await refuseWhileInUse(plan, ports, options.signal);
  const run: UndoRun = {
    ...options,
    runId: ports.newId(),
    plan,
    ports,
    gone: new Set(),
    granted: [],
    inAzure: new Set(),
  };
  const { items } = plan;
  run.report({
    time: ports.clock.now(),
    code: 'undoStarted',
    runId: run.runId,
    steps: items.length,
  });
  const results = new Map<UndoItem, UndoResult>();
  for (const stage of Object.values(STAGE)) {
    const isHeld = [...results].some(
      ([item, { status }]) => item.kind === 'server' && status !== 'gone',
    );
    const now = [...items, ...run.granted].filter((item) => item.stage === stage);
    // An account takes one write at a time, and its containers are written through it.
    const turns = stage === STAGE.containers ? now.map((item) => [item]) : [now];
    for (const together of turns) {
      const ends = together.map(async (item) => {
        const result = isHeld ? LEFT : await reported(run, item, () => handle(run, item));
        return [item, result] as const;
      });
      for (const [item, result] of await Promise.all(ends)) results.set(item, result);
    }
  }
  return await end(run, results);
}

const LEFT: UndoResult = { status: 'left' };

/** Looked at again: a run may have started since the plan was shown. */
async function refuseWhileInUse(
  { project, blockers }: UndoPlan,
  { azure, server, clock, random }: UndoPorts,
  signal: AbortSignal,
): Promise<void> {
  const asking = { clock, random };
  const [machines, running] = await Promise.all([
    ask(() => azure.virtualMachines(placeOf(project), signal), asking, signal),
    server === undefined
      ? ({ known: true, value: [] } as const)
      : ask(() => server.running(signal), asking, signal),
  ]);
  if (!machines.known) {
    throw new SetupError({
      code: 'machines_unknown',
      source: 'azure',
      message: t('Azure does not say which VMs the project has: {0}', machines.why),
      remedy: t('Try again; nothing was removed.'),
    });
  }
  const stuck = blockers.filter(({ code }) => code === 'record_newer');
  const [blocker] = [...stuck, ...blockersIn({ project, machines: machines.value, running })];
  if (blocker !== undefined) throw blocker;
}

async function handle(run: UndoRun, item: UndoItem): Promise<UndoResult> {
  if (run.signal.aborted) return LEFT;
  if (item.decision === 'keep') return { status: 'kept', why: item.why };
  if (item.decision === 'ask' && !isTicked(run, item)) return { status: 'kept', why: item.why };
  const staying = item.after.find((key) => !run.gone.has(key));
  if (staying !== undefined && isHeld(item)) return { status: 'kept', why: item.why };
  if (staying !== undefined) {
    const name = run.plan.items.find(({ key }) => key === staying)?.name ?? staying;
    return { status: 'kept', why: t('{0}, which needs it, is still there.', name) };
  }
  // The plan has said so: lifted since, the next look finds it free.
  if (isHeld(item)) throw heldError(item);
  run.report({ time: run.ports.clock.now(), code: 'removeStarted', resource: item.key });
  return await removeItem(run, item);
}

async function reported(
  run: UndoRun,
  item: UndoItem,
  work: () => Promise<UndoResult>,
): Promise<UndoResult> {
  const { key, id } = item;
  const at = { time: run.ports.clock.now(), resource: key };
  try {
    const result = await work();
    if (result.status === 'gone') {
      run.gone.add(key).add(id.toLowerCase());
      run.report({ ...at, time: run.ports.clock.now(), code: 'removeDone', id });
    }
    if (result.status === 'untagged') run.report({ ...at, code: 'removeDone', id });
    if (result.status === 'kept') run.report({ ...at, code: 'removeKept', why: result.why });
    return result;
  } catch (thrown) {
    if (isCancellation(thrown)) return LEFT;
    const error = asSetupError(thrown);
    const { code, message, remedy } = error;
    const { journal } = run.ports;
    await ifPossible(() => journal.append({ ...undoHead(run), event: 'failed', key, code }));
    run.report({ ...at, code: 'removeFailed', error: code, message, remedy });
    return { status: 'failed', error };
  }
}

async function end(run: UndoRun, results: ReadonlyMap<UndoItem, UndoResult>): Promise<UndoReceipt> {
  const receipt = receiptOf(run.runId, results, [...run.inAzure]);
  const { outcome } = receipt;
  // What stays for its data is still ours: a later undo needs the journal to prove it.
  const isAllGone = outcome === 'done' && ![...results].some(staysOurs);
  const { journal } = run.ports;
  await ifPossible(() =>
    isAllGone
      ? journal.forget(run.plan.project.projectId)
      : journal.append({ ...undoHead(run), event: 'runEnded', outcome }),
  );
  run.report({ time: run.ports.clock.now(), code: 'undoEnded', outcome });
  return receipt;
}

function staysOurs([item, { status }]: readonly [UndoItem, UndoResult]): boolean {
  return status === 'kept' && item.decision !== 'keep';
}
