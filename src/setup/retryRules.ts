import type { SetupError } from './errors.ts';
import type { ResourceKind } from './resource.ts';

export interface RetryState {
  readonly kind: ResourceKind;
  /** How often it has failed for such a reason, from 1: a lost connection is none of a rule's waits. */
  readonly attempt: number;
  /** Since the first attempt, in ms. */
  readonly elapsedMs: number;
  /** In [0, 1). */
  readonly random: number;
}

interface RetryRule {
  readonly codes: readonly string[];
  readonly kinds?: readonly ResourceKind[];
  /** The wait before the next attempt, in ms, before jitter. */
  readonly everyMs: number;
  /** Whether the wait doubles from attempt to attempt, up to 30 s. */
  readonly doubling?: boolean;
  /** How long it is worth going on, in ms. */
  readonly forMs: number;
}

const MINUTE = 60_000;

/**
 * Where waiting helps, and for how long (azure-facts sections 2 and 3). Codes are Azure's own.
 * Everything that is not here fails at once: asking again would only hide the reason.
 */
const RULES: readonly RetryRule[] = [
  // The directory has not heard of a fresh identity yet: 6-269 s observed, az CLI waits 3 min.
  {
    codes: ['PrincipalNotFound', 'LinkedAuthorizationFailed', 'RoleDefinitionDoesNotExist'],
    kinds: ['roleAssignment'],
    everyMs: 5_000,
    forMs: 10 * MINUTE,
  },
  // The data role spreads for minutes, up to ten; a fresh account's host name for seconds.
  {
    codes: [
      'AuthorizationPermissionMismatch',
      'ContainerNotFound',
      'ENOTFOUND',
      'ResourceNotFound',
    ],
    kinds: ['projectRecord'],
    everyMs: 10_000,
    forMs: 15 * MINUTE,
  },
  // Another write holds the account, the network or the group.
  {
    codes: [
      'Conflict',
      'AnotherOperationInProgress',
      'StorageAccountOperationInProgress',
      'StorageAccountIsNotProvisioned',
      'RetryableErrorDueToAnotherOperation',
      'ContainerBeingDeleted',
    ],
    everyMs: 3_000,
    doubling: true,
    forMs: 5 * MINUTE,
  },
  // What referred to it went a moment ago, and not everybody in Azure has heard of it.
  {
    codes: [
      'RoleDefinitionHasAssignments',
      'InUseNetworkSecurityGroupCannotBeDeleted',
      'InUseSubnetCannotBeDeleted',
    ],
    everyMs: 5_000,
    doubling: true,
    forMs: MINUTE,
  },
  // A new app is not known to every replica of the directory (azure-facts 3): az CLI waits 3 min.
  {
    codes: [
      'BackingApplicationNotFound',
      'Request_ResourceNotFound',
      'Directory_ConcurrencyViolation',
    ],
    kinds: ['application', 'servicePrincipal', 'clientSecret'],
    everyMs: 5_000,
    forMs: 3 * MINUTE,
  },
  // The table is there, or another run is writing it: a rule that names it may still be refused.
  {
    codes: ['InvalidOutputTable'],
    kinds: ['dataCollectionRule'],
    everyMs: 5_000,
    forMs: 3 * MINUTE,
  },
  // Registered, but not in every region's cache yet.
  { codes: ['MissingSubscriptionRegistration'], everyMs: 5_000, forMs: 2 * MINUTE },
  // A parent that was made a moment ago is not visible everywhere yet.
  {
    codes: ['ResourceGroupNotFound', 'ResourceNotFound', 'ParentResourceNotFound'],
    everyMs: 2_000,
    doubling: true,
    forMs: MINUTE,
  },
];

const LONGEST_WAIT_MS = 30_000;
/** A Retry-After beyond this is a "not today": we say so instead of sitting it out. */
const LONGEST_RETRY_AFTER_MS = 10 * MINUTE;

function ruleFor({ azure }: SetupError, kind: ResourceKind): RetryRule | undefined {
  return RULES.find(
    ({ codes, kinds }) =>
      codes.includes(azure?.code ?? '') && (kinds === undefined || kinds.includes(kind)),
  );
}

/** Whether Azure is known to say so for a while, as opposed to a fault that comes and goes. */
export function isExpected(error: SetupError, kind: ResourceKind): boolean {
  return ruleFor(error, kind) !== undefined;
}

/**
 * How long to wait before trying again, in ms, or undefined if waiting does not help.
 * A `Retry-After` is never undercut.
 */
export function retryWait(error: SetupError, state: RetryState): number | undefined {
  const azure = error.azure;
  if (azure === undefined || azure.hasEnded === true) return undefined;
  const rule = ruleFor(error, state.kind);
  const wait = rule === undefined ? transientWait(azure.status, state) : ruleWait(rule, state);
  if (wait === undefined) return undefined;
  const retryAfter = azure.retryAfterMs ?? 0;
  return retryAfter > LONGEST_RETRY_AFTER_MS ? undefined : Math.max(wait, retryAfter);
}

function ruleWait(rule: RetryRule, state: RetryState): number | undefined {
  if (state.elapsedMs >= rule.forMs) return undefined;
  const factor = rule.doubling === true ? 2 ** (state.attempt - 1) : 1;
  return jittered(Math.min(rule.everyMs * factor, LONGEST_WAIT_MS), state.random);
}

/** 429, 408 and 5xx but 501 and 505, and answers that never came. */
function transientWait(status: number, state: RetryState): number | undefined {
  if (status === 429) {
    return state.elapsedMs > 10 * MINUTE
      ? undefined
      : jittered(doubled(5_000, state), state.random);
  }
  const serverFault = status >= 500 && status !== 501 && status !== 505;
  if (status !== 0 && status !== 408 && !serverFault) return undefined;
  // No answer at all: a few tries, then the page says that the network is gone and offers Continue.
  const tries = status === 0 ? 4 : 8;
  return state.attempt >= tries ? undefined : jittered(doubled(1_000, state), state.random);
}

function doubled(firstMs: number, state: RetryState): number {
  return Math.min(firstMs * 2 ** (state.attempt - 1), LONGEST_WAIT_MS);
}

/** 100 % to 125 % of the wait: never earlier than asked, and not all at the same moment. */
function jittered(ms: number, random: number): number {
  return Math.round(ms * (1 + random / 4));
}
