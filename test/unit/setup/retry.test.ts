import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/setup/errors.ts';
import type { ResourceKind } from '../../../src/setup/resource.ts';
import { withRetry } from '../../../src/setup/retry.ts';
import { retryWait } from '../../../src/setup/retryRules.ts';
import { azureError } from './fakeAzure.ts';
import { VirtualClock } from './virtualClock.ts';

const never = new AbortController().signal;
const MINUTE = 60_000;

const mismatch = azureError({ status: 403, code: 'AuthorizationPermissionMismatch' });
const cut = azureError({ status: 0, code: 'ECONNRESET' });
const unavailable = azureError({ status: 503, code: 'ServiceUnavailable' });

/** Fails as listed, then works. */
async function attempts(
  failures: readonly SetupError[],
  kind: ResourceKind = 'projectRecord',
): Promise<{ readonly end: string; readonly calls: number }> {
  const clock = new VirtualClock();
  let calls = 0;
  const call = (): Promise<string> => {
    const failure = failures[calls];
    calls += 1;
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
  };
  const about = { key: 'x', kind };
  const end = await withRetry(call, about, { clock, random: () => 0 }, never).catch(
    (thrown: unknown) => (thrown instanceof SetupError ? thrown.code : String(thrown)),
  );
  return { end, calls };
}

const times = <T>(count: number, value: T): readonly T[] =>
  Array.from({ length: count }, () => value);

describe('the retry layer', () => {
  it.each([
    ['a connection that is lost three times', times(3, cut), 'done'],
    ['a connection that is lost a fourth time', times(4, cut), cut.code],
    ['a service that is unavailable seven times', times(7, unavailable), 'done'],
    ['a service that is unavailable an eighth time', times(8, unavailable), unavailable.code],
    ['a role that spreads for ten minutes', times(60, mismatch), 'done'],
    ['a role that has not spread after fifteen', times(91, mismatch), mismatch.code],
  ] as const)('%s ends as it should', async (_name, failures, end) => {
    expect(await attempts(failures)).toEqual({
      end,
      calls: failures.length + (end === 'done' ? 1 : 0),
    });
  });

  it('leaves the network all its tries after minutes of waiting for a role', async () => {
    const failures = [...times(20, mismatch), ...times(3, cut), mismatch, ...times(3, cut)];
    expect(await attempts(failures)).toEqual({ end: 'done', calls: failures.length + 1 });
  });
});

interface Case {
  readonly code: string;
  readonly status: number;
  readonly kind: ResourceKind;
  /** Waits before the second, third and tenth attempt, in ms. */
  readonly waits: readonly [number, number, number];
  /** The last moment at which it is still worth going on, in ms. */
  readonly until: number;
}

const rule = (
  kind: ResourceKind,
  status: number,
  codes: readonly string[],
  waits: Case['waits'],
  minutes: number,
): readonly Case[] =>
  codes.map((code) => ({ code, status, kind, waits, until: minutes * MINUTE - 1 }));

const CASES: readonly Case[] = [
  ...rule(
    'roleAssignment',
    400,
    ['PrincipalNotFound', 'LinkedAuthorizationFailed', 'RoleDefinitionDoesNotExist'],
    [5_000, 5_000, 5_000],
    10,
  ),
  ...rule(
    'projectRecord',
    404,
    ['AuthorizationPermissionMismatch', 'ContainerNotFound', 'ENOTFOUND', 'ResourceNotFound'],
    [10_000, 10_000, 10_000],
    15,
  ),
  ...rule(
    'storageAccount',
    409,
    [
      'Conflict',
      'AnotherOperationInProgress',
      'StorageAccountOperationInProgress',
      'StorageAccountIsNotProvisioned',
      'RetryableErrorDueToAnotherOperation',
      'ContainerBeingDeleted',
    ],
    [3_000, 6_000, 30_000],
    5,
  ),
  ...rule(
    'roleDefinition',
    400,
    [
      'RoleDefinitionHasAssignments',
      'InUseNetworkSecurityGroupCannotBeDeleted',
      'InUseSubnetCannotBeDeleted',
    ],
    [5_000, 10_000, 30_000],
    1,
  ),
  ...(['application', 'servicePrincipal', 'clientSecret'] as const).flatMap((kind) =>
    rule(
      kind,
      400,
      ['BackingApplicationNotFound', 'Request_ResourceNotFound', 'Directory_ConcurrencyViolation'],
      [5_000, 5_000, 5_000],
      3,
    ),
  ),
  ...rule('dataCollectionRule', 400, ['InvalidOutputTable'], [5_000, 5_000, 5_000], 3),
  ...rule('virtualNetwork', 409, ['MissingSubscriptionRegistration'], [5_000, 5_000, 5_000], 2),
  ...rule(
    'virtualNetwork',
    404,
    ['ResourceGroupNotFound', 'ResourceNotFound', 'ParentResourceNotFound'],
    [2_000, 4_000, 30_000],
    1,
  ),
];

describe('the wait before another attempt', () => {
  it.each(CASES)('$code at a $kind is as documented, and ends', ({ code, status, kind, ...as }) => {
    const error = azureError({ status, code });
    const at = (attempt: number, elapsedMs: number, random = 0): number | undefined =>
      retryWait(error, { kind, attempt, elapsedMs, random });
    expect([at(1, 0), at(2, 0), at(10, 0)]).toEqual(as.waits);
    expect(at(1, 0, 0.8)).toBe(as.waits[0] * 1.2);
    expect(at(3, as.until)).toBeDefined();
    expect(at(3, as.until + 1)).toBeUndefined();
  });

  it.each([
    ['PrincipalNotFound', 400, 'virtualNetwork'],
    ['AuthorizationPermissionMismatch', 403, 'blobContainer'],
    ['Request_ResourceNotFound', 404, 'storageAccount'],
    ['AuthorizationFailed', 403, 'roleAssignment'],
    ['NotImplemented', 501, 'virtualNetwork'],
    ['HttpVersionNotSupported', 505, 'virtualNetwork'],
    ['InvalidParameter', 400, 'virtualNetwork'],
    ['Odd', 499, 'virtualNetwork'],
  ] as const)('%s (%i) at a %s is not retried', (code, status, kind) => {
    const error = azureError({ status, code });
    expect(retryWait(error, { kind, attempt: 1, elapsedMs: 0, random: 0 })).toBeUndefined();
  });

  it.each([
    [408, [1_000, 2_000, 4_000]],
    [500, [1_000, 2_000, 4_000]],
    [503, [1_000, 2_000, 4_000]],
    [429, [5_000, 10_000, 20_000]],
    [0, [1_000, 2_000, 4_000]],
  ])('a passing fault (%i) doubles it', (status, waits) => {
    const error = azureError({ status, code: 'Passing' });
    const at = (attempt: number): number | undefined =>
      retryWait(error, { kind: 'virtualNetwork', attempt, elapsedMs: 0, random: 0 });
    expect([at(1), at(2), at(3)]).toEqual(waits);
  });

  it('for throttling ends after ten minutes, and grows to half a minute at most', () => {
    const error = azureError({ status: 429, code: 'TooManyRequests' });
    const state = { kind: 'virtualNetwork', attempt: 9, random: 0 } as const;
    expect(retryWait(error, { ...state, elapsedMs: 10 * MINUTE })).toBe(30_000);
    expect(retryWait(error, { ...state, elapsedMs: 10 * MINUTE + 1 })).toBeUndefined();
  });

  it('is never shorter than Retry-After, and beyond ten minutes nobody waits', () => {
    const at = (retryAfterMs: number): number | undefined =>
      retryWait(azureError({ status: 503, code: 'Busy', retryAfterMs }), {
        ...{ kind: 'virtualNetwork', attempt: 1, elapsedMs: 0, random: 0 },
      });
    expect([at(400), at(90_000), at(10 * MINUTE), at(10 * MINUTE + 1)]).toEqual([
      1_000,
      90_000,
      10 * MINUTE,
      undefined,
    ]);
  });

  it('is none for what did not come from Azure', () => {
    const error = new SetupError({ code: 'x', source: 'bug', message: 'X.', remedy: 'Y.' });
    expect(
      retryWait(error, { kind: 'projectRecord', attempt: 1, elapsedMs: 0, random: 0 }),
    ).toBeUndefined();
  });
});
