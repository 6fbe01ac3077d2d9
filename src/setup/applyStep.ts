import { t } from '@vscode/l10n';
import { journalHead, outputsSoFar, type Run } from './run.ts';
import type { Outcome } from './buildRecord.ts';
import { asSetupError, isCancellation, SetupError } from './errors.ts';
import { ifPossible } from './ifPossible.ts';
import type { Json } from './json.ts';
import type { Change, Origin } from './plan.ts';
import type { ObservedResource, Operation } from './ports.ts';
import type { DesiredResource, Target } from './resource.ts';
import { BUDGET_MS, POLL_MS } from './resources/kinds.ts';
import { withRetry } from './retry.ts';

export type StepResult =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly error: SetupError }
  | { readonly status: 'cancelled' }
  | { readonly status: 'skipped' };

/**
 * Runs one change of the plan and reports how it ended. Never rejects.
 * @param handedOff why it is for an administrator; it counts only while there is something to write
 */
export async function runStep(
  run: Run,
  change: Change,
  handedOff?: SetupError,
): Promise<StepResult> {
  const isDone = change.action === 'keep' || change.action === 'adopt';
  return await reported(run, change, () =>
    handedOff === undefined || isDone ? realise(run, change) : Promise.reject(handedOff),
  );
}

/** Wraps a step's work in its events and its journal; shared with the record's step. */
export async function reported(
  run: Run,
  change: Change,
  work: () => Promise<Outcome>,
): Promise<StepResult> {
  const { clock, journal } = run.ports;
  const { key } = change.resource;
  const started = clock.now();
  try {
    run.signal.throwIfAborted();
    run.report({ time: started, code: 'stepStarted', resource: key, action: change.action });
    const outcome = await work();
    run.outcomes.set(key, outcome);
    const time = clock.now();
    run.report({
      time,
      code: 'stepDone',
      resource: key,
      action: change.action,
      id: outcome.id,
      durationMs: time - started,
    });
    return { status: 'done' };
  } catch (thrown) {
    if (isCancellation(thrown)) return { status: 'cancelled' };
    const error = asSetupError(thrown);
    const { code, message, remedy } = error;
    await ifPossible(() => journal.append({ ...journalHead(run), event: 'failed', key, code }));
    const time = clock.now();
    const durationMs = time - started;
    run.report({
      time,
      code: 'stepFailed',
      resource: key,
      error: code,
      message,
      remedy,
      durationMs,
    });
    return { status: 'failed', error };
  }
}

async function realise(run: Run, change: Change): Promise<Outcome> {
  const { resource, observed, action } = change;
  const target = resource.target(outputsSoFar(run));
  if (target === undefined) throw missingOutputs(resource);
  if (action === 'keep' || action === 'adopt') {
    const settled = await settle(run, resource, target, observed);
    return await remember(run, change, settled, target);
  }
  const wanted = action === 'update' ? updateOf(resource, target, observed) : target;
  await run.ports.journal.append({
    ...journalHead(run),
    event: 'creating',
    key: resource.key,
    target: wanted,
  });
  const written = await write(run, resource, wanted);
  if (written === 'existsAlready') {
    // The same role is assigned under another name: as good as ours, and never ours to undo.
    const theirs = await retried(run, resource, () =>
      run.ports.resources.readSameGrant(target, run.signal),
    );
    return await remember(run, { ...change, origin: 'adopted' }, theirs, target);
  }
  const settled = await settle(run, resource, wanted, written);
  return await remember(run, change, settled, target);
}

function updateOf(
  resource: DesiredResource,
  target: Target,
  observed: ObservedResource | undefined,
): Target {
  if (observed === undefined || resource.updateBody === undefined) return target;
  return { ...target, body: resource.updateBody(observed, target.body) };
}

/**
 * Sends the write and polls it to its end; where that end was another operation in the way, the write
 * is sent again. One write is one call; a repeat finds its own work.
 */
async function write(
  run: Run,
  resource: DesiredResource,
  target: Target,
): Promise<ObservedResource | undefined | 'existsAlready'> {
  const end = await retried(run, resource, async () => {
    try {
      return { found: await writeOnce(run, resource, target) };
    } catch (thrown) {
      // What was not accepted, or not heard of, has been tried often enough.
      const ended = isCancellation(thrown) ? undefined : endedIn(asSetupError(thrown));
      if (ended === undefined) return { thrown };
      throw ended;
    }
  });
  if ('thrown' in end) throw end.thrown;
  return end.found;
}

/** The failure of an operation that is over, as one against which sending it again may help. */
function endedIn(error: SetupError): SetupError | undefined {
  const { code, source, message, remedy, object, azure } = error;
  if (azure?.hasEnded !== true) return undefined;
  return new SetupError({
    ...{ code, source, message, remedy, cause: error, azure: { ...azure, hasEnded: false } },
    ...(object === undefined ? {} : { object }),
  });
}

async function writeOnce(
  run: Run,
  resource: DesiredResource,
  target: Target,
): Promise<ObservedResource | undefined | 'existsAlready'> {
  const { resources } = run.ports;
  let operation: Operation;
  try {
    operation = await retried(run, resource, () =>
      underWay(run, resource.key, () => resources.write(target, run.signal)),
    );
  } catch (thrown) {
    if (asSetupError(thrown).azure?.code === 'RoleAssignmentExists') return 'existsAlready';
    throw thrown;
  }
  if (operation.status === 'succeeded') {
    run.inAzure.delete(resource.key);
    return operation.resource;
  }
  const { state, retryAfterMs } = operation;
  const found = await underWay(run, resource.key, () =>
    pollToEnd(run, resource, target, state, retryAfterMs),
  );
  run.inAzure.delete(resource.key);
  return found;
}

/**
 * Marks a write from before it is sent until Azure's answer says that nothing is under way: one whose
 * answer is lost, by the network or by whoever cancels, may still be finished there.
 */
export async function underWay<T>(run: Run, key: string, send: () => Promise<T>): Promise<T> {
  run.signal.throwIfAborted();
  run.inAzure.add(key);
  try {
    return await send();
  } catch (thrown) {
    if (!isCancellation(thrown) && isDecided(asSetupError(thrown))) run.inAzure.delete(key);
    throw thrown;
  }
}

/** Whether Azure has said that it will do nothing more. */
function isDecided({ azure }: SetupError): boolean {
  return azure !== undefined && azure.status !== 0 && azure.outcomeUnknown !== true;
}

async function pollToEnd(
  run: Run,
  resource: DesiredResource,
  target: Target,
  firstState: Json,
  firstRetryAfterMs: number | undefined,
): Promise<ObservedResource | undefined> {
  const { clock, journal, resources } = run.ports;
  const giveUpAt = clock.now() + BUDGET_MS[resource.kind];
  let state = firstState;
  let retryAfterMs = firstRetryAfterMs;
  await journal.append({ ...journalHead(run), event: 'polling', key: resource.key, state });
  for (;;) {
    await pause(run, resource, retryAfterMs ?? POLL_MS, giveUpAt);
    const operation = await retried(run, resource, () => resources.poll(target, state, run.signal));
    if (operation.status === 'succeeded') return operation.resource;
    state = operation.state;
    retryAfterMs = operation.retryAfterMs;
  }
}

/**
 * Waits until the object is really there: some PUTs answer while `provisioningState` is still
 * `Creating`, and a run that was interrupted finds objects half made (azure-facts 1.2).
 */
async function settle(
  run: Run,
  resource: DesiredResource,
  target: Target,
  first: ObservedResource | undefined,
): Promise<ObservedResource> {
  const { clock, resources } = run.ports;
  const giveUpAt = clock.now() + BUDGET_MS[resource.kind];
  let observed = first;
  for (;;) {
    observed ??= await retried(run, resource, () => resources.read(target, run.signal));
    const isFailed = observed?.provisioningState === 'Failed';
    if (isFailed || (observed !== undefined && isSettled(resource, observed))) {
      run.inAzure.delete(resource.key);
    }
    if (isFailed) throw failedInAzure(resource);
    if (observed !== undefined && isSettled(resource, observed)) return observed;
    run.inAzure.add(resource.key);
    observed = undefined;
    await pause(run, resource, POLL_MS, giveUpAt);
  }
}

function isSettled(resource: DesiredResource, observed: ObservedResource): boolean {
  // A registration has no provisioning state: it is settled when nothing differs any more.
  if (resource.kind === 'providerRegistration') return resource.difference(observed) === undefined;
  const state = observed.provisioningState;
  return state === undefined || state === 'Succeeded';
}

async function pause(
  run: Run,
  resource: DesiredResource,
  waitMs: number,
  giveUpAt: number,
): Promise<void> {
  const { clock } = run.ports;
  if (clock.now() + waitMs > giveUpAt) throw stillRunning(resource);
  run.report({ time: clock.now(), code: 'stepRunning', resource: resource.key, waitMs });
  await clock.sleep(waitMs, run.signal);
}

/** `withRetry` with the run's ports, saying each wait aloud; shared with the record's step. */
export async function retried<T>(
  run: Run,
  resource: Pick<DesiredResource, 'key' | 'kind'>,
  call: () => Promise<T>,
): Promise<T> {
  return await withRetry(call, resource, run.ports, run.signal, (error, waitMs, attempt) =>
    run.report({
      time: run.ports.clock.now(),
      code: 'stepRetrying',
      resource: resource.key,
      reason: error.code,
      message: error.message,
      waitMs,
      attempt,
    }),
  );
}

async function remember(
  run: Run,
  change: Change,
  observed: ObservedResource | undefined,
  target: Target,
): Promise<Outcome> {
  const { resource } = change;
  const origin: Origin = change.origin;
  const outcome: Outcome =
    observed === undefined
      ? { id: target.id, origin, outputs: { id: target.id } }
      : { id: observed.id, origin, outputs: resource.outputs(observed) };
  // What somebody's word stands for has no other trace: whoever continued has said that it is there.
  const isWord = observed?.foundBy === 'hearsay' && resource.ownership !== 'shared';
  if (change.action !== 'keep' || isWord) {
    await run.ports.journal.append({
      ...journalHead(run),
      event: 'created',
      key: resource.key,
      ...outcome,
    });
  }
  return outcome;
}

function missingOutputs(resource: DesiredResource): SetupError {
  return new SetupError({
    code: 'missing_outputs',
    source: 'azure',
    message: t('Azure did not say what {0} needs to know.', resource.name),
    remedy: t('Continue: the answer is read again.'),
    object: resource.key,
  });
}

function stillRunning(resource: DesiredResource): SetupError {
  return new SetupError({
    code: 'still_running',
    source: 'azure',
    message: t('Azure is still working on {0}, longer than it usually takes.', resource.name),
    remedy: t('Wait a while and continue: the run goes on where it is.'),
    object: resource.key,
  });
}

function failedInAzure(resource: DesiredResource): SetupError {
  return new SetupError({
    code: 'provisioning_failed',
    source: 'azure',
    message: t('Azure could not finish {0}.', resource.name),
    remedy: t('Open it in the portal to see why, then continue.'),
    object: resource.key,
  });
}
