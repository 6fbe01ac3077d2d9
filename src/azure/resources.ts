import { z } from 'zod';
import { nameOf } from '../setup/armId.ts';
import { isCancellation, SetupError } from '../setup/errors.ts';
import type { Json } from '../setup/json.ts';
import type { AzureResources, ObservedResource, Operation } from '../setup/ports.ts';
import type { Target } from '../setup/resource.ts';
import { explained, toSetupError } from './azureErrors.ts';
import { readingExchange, writingExchange, type Answer, type Exchange } from './exchange.ts';
import { answeredFailure } from './failure.ts';
import { graphResources, isGraphKind } from './graphResources.ts';
import { KIND_CALLS, type ArmKind, type Progress } from './kindCalls.ts';
import { observedResource } from './observedResource.ts';
import type { Connection } from './pipeline.ts';
import { retryAfterOf } from './retryAfter.ts';
import { idOfSameGrant } from './sameGrant.ts';

/** What a running operation needs in another process: whose poller it is, and the poller. */
const stateSchema = z.strictObject({ operation: z.enum(['write', 'remove']), poller: z.string() });
type RunningState = z.infer<typeof stateSchema>;

/** Azure's control plane and the directory: one write is one call, one poll is one poll. */
export function azureResources(connection: Connection): AzureResources {
  const [arm, graph] = [armResources(connection), graphResources(connection)];
  return {
    read: (target, signal) => (isGraphKind(target.kind) ? graph : arm).read(target, signal),
    readSameGrant: async (target, signal) => {
      const id = await idOfSameGrant(connection, target, signal);
      return id === undefined ? undefined : await arm.read({ ...target, id }, signal);
    },
    write: (target, signal) => (isGraphKind(target.kind) ? graph : arm).write(target, signal),
    remove: (target, signal) => (isGraphKind(target.kind) ? graph : arm).remove(target, signal),
    // Nothing in the directory takes its time.
    poll: (target, state, signal) => arm.poll(target, state, signal),
  };
}

/** The control plane through the named SDKs. */
function armResources(connection: Connection): Omit<AzureResources, 'readSameGrant'> {
  return {
    async read(target, signal) {
      const { read } = KIND_CALLS[armKind(target)];
      const exchange = readingExchange(target.apiVersion);
      try {
        await read({ target, signal, options: optionsFor(connection, target, exchange) });
      } catch (error) {
        const converted = converterFor(target)(error);
        if (isAbsent(converted)) return undefined;
        throw converted;
      }
      return observedIn(exchange.answer(), target);
    },
    write: (target, signal) =>
      run(connection, target, signal, { operation: 'write', body: target.body }),
    remove: async (target, signal) => {
      try {
        return await run(connection, target, signal, { operation: 'remove' });
      } catch (error) {
        if (isAbsent(error)) return { status: 'succeeded' };
        throw error;
      }
    },
    poll: async (target, state, signal) => {
      const { operation, poller } = runningState(state);
      try {
        return await run(connection, target, signal, { operation, resumeFrom: poller });
      } catch (error) {
        if (operation === 'remove' && isAbsent(error)) return { status: 'succeeded' };
        throw error;
      }
    },
  };
}

interface Step {
  readonly operation: RunningState['operation'];
  readonly resumeFrom?: string;
}

async function run(
  connection: Connection,
  target: Target,
  signal: AbortSignal,
  step: Step & { readonly body?: Target['body'] },
): Promise<Operation> {
  const calls = KIND_CALLS[armKind(target)];
  const call = calls[step.operation];
  if (call === undefined) throw notOurs(target, step.operation);
  const exchange =
    step.resumeFrom === undefined
      ? writingExchange(target.apiVersion, bodyOf(target, step.operation))
      : readingExchange(undefined);
  let progress: Progress;
  try {
    progress = await call({
      target,
      signal,
      options: optionsFor(connection, target, exchange),
      ...(step.resumeFrom === undefined ? {} : { resumeFrom: step.resumeFrom }),
    });
  } catch (error) {
    throw failedOperation(error, exchange.answer(), target);
  }
  return operationOf(progress, exchange.answer(), target, step.operation);
}

function operationOf(
  progress: Progress,
  answer: Answer | undefined,
  target: Target,
  operation: RunningState['operation'],
): Operation {
  if (progress === 'done') {
    const resource = operation === 'write' ? observedIn(answer, target) : undefined;
    return { status: 'succeeded', ...(resource === undefined ? {} : { resource }) };
  }
  const retryAfterMs = answer === undefined ? undefined : retryAfterOf(answer.headers);
  const state: RunningState = { operation, poller: progress.poller };
  return { status: 'running', state, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** What is sent: a registration has no body, and tags go by the same call as they come. */
function bodyOf(target: Target, operation: RunningState['operation']): Target['body'] | undefined {
  if (target.kind === 'providerRegistration') return undefined;
  if (operation === 'write') return target.body;
  return target.kind === 'tags' ? { ...target.body, operation: 'Delete' } : undefined;
}

/**
 * The poller throws a plain sentence when an operation ends `Failed`: the reason is in the answer
 * that it has read (azure-facts 1.2).
 */
function failedOperation(error: unknown, answer: Answer | undefined, target: Target): unknown {
  const status = answer?.body?.['status'];
  const isEnded = typeof status === 'string' && /^(failed|cancell?ed)$/i.test(status);
  if (answer === undefined || !isEnded || isCancellation(error)) return converterFor(target)(error);
  const failure = answeredFailure({ ...answer, bodyAsText: answer.text }, false);
  const code = failure.code === '' ? 'OperationFailed' : failure.code;
  const ended = { ...failure, code, hasEnded: true };
  return explained(ended, { object: nameOf(target.id) }, error);
}

function observedIn(answer: Answer | undefined, target: Target): ObservedResource | undefined {
  return answer?.body === undefined ? undefined : observedResource(answer.body, target);
}

function optionsFor(
  connection: Connection,
  target: Target,
  exchange: Exchange,
): ReturnType<Connection['clientOptions']> {
  return connection.clientOptions(target.tenantId, [exchange.policy]);
}

function converterFor(target: Target): (error: unknown) => Error {
  return (error) => toSetupError(error, { object: nameOf(target.id) });
}

/** A provider that isn't registered has no objects either; a hidden subscription may have some. */
function isAbsent(error: unknown): boolean {
  if (!(error instanceof SetupError)) return false;
  if (error.azure?.code === 'MissingSubscriptionRegistration') return true;
  return error.azure?.status === 404 && error.code !== 'subscription_not_found';
}

function runningState(state: Json): RunningState {
  const parsed = stateSchema.safeParse(state);
  if (parsed.success) return parsed.data;
  throw new SetupError({
    code: 'unreadable_poll_state',
    source: 'bug',
    message: 'The state of a running operation can’t be read.',
    remedy: 'Continue: what exists is read again from Azure.',
    cause: parsed.error,
  });
}

function armKind(target: Target): ArmKind {
  const { kind } = target;
  const isArm = kind !== 'projectRecord' && kind !== 'clientSecret' && !isGraphKind(kind);
  if (isArm) return kind;
  throw notOurs(target, 'reach');
}

function notOurs(target: Target, operation: string): SetupError {
  return new SetupError({
    code: 'unsupported_operation',
    source: 'bug',
    message: `There is no way to ${operation} a ${target.kind} here.`,
    remedy: 'Report it with the log (dstack: Show Log).',
    object: target.id,
  });
}
