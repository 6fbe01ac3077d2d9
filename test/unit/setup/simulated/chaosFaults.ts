import type { JsonObject } from '../../../../src/setup/json.ts';
import type { FaultRule } from '../../../simulators/azure/core/faults.ts';

const ARM = '^management\\.azure\\.com';
const GRAPH = '^graph\\.microsoft\\.com';
const BLOB = '^[^/]+\\.blob\\.core\\.windows\\.net';

function refused(code: string): JsonObject {
  return { error: { code, message: 'drawn by chance' } };
}

type Fault = Omit<FaultRule, 'seed' | 'path'>;

/** Answers that never come, come late or say "later", for any service. */
const ANYWHERE = {
  'a fault before the call': {
    ...{ chance: 0.03, when: 'before', status: 500, body: refused('InternalServerError') },
  },
  'a fault after the call': {
    ...{ chance: 0.02, when: 'after', status: 503, body: refused('ServiceUnavailable') },
  },
  throttled: {
    ...{ chance: 0.03, when: 'before', status: 429, headers: { 'Retry-After': '11' } },
    body: refused('TooManyRequests'),
  },
  'cut before the call': { chance: 0.02, when: 'before', cut: true },
  'answer lost': { chance: 0.03, when: 'after', cut: true },
  'answer late': { chance: 0.02, when: 'after', delayMs: 45_000 },
} as const satisfies Readonly<Record<string, Fault>>;

const OF_ARM = {
  'operation failed late': {
    path: `${ARM}.*/(operations|asyncoperations)/`,
    ...{ chance: 0.03, when: 'before', status: 200 },
    body: { status: 'Failed', ...refused('AllocationFailed') },
  },
  // Behind a Location a 200 means success whatever its body: there a failure is a status of its own.
  'removal failed late': {
    path: `${ARM}.*/operationresults/`,
    ...{ chance: 0.05, when: 'before', status: 409 },
    body: refused('ResourceGroupDeletionTimeout'),
  },
  'token refused': {
    ...{ path: ARM, chance: 0.005, when: 'before', status: 401 },
    body: refused('ExpiredAuthenticationToken'),
  },
} as const satisfies Readonly<Record<string, Omit<FaultRule, 'seed'>>>;

const PLACES = { ARM, Graph: GRAPH, blobs: BLOB };

const RULES: readonly (readonly [name: string, rule: Omit<FaultRule, 'seed'>])[] = [
  ...Object.entries(OF_ARM),
  ...Object.entries(PLACES).flatMap(([place, path]) =>
    Object.entries(ANYWHERE).map(
      ([name, fault]) => [`${place}: ${name}`, { path, ...fault }] as const,
    ),
  ),
];

/** What each rule is called, in the order of `chaosFaults`. */
export const FAULT_NAMES: readonly string[] = RULES.map(([name]) => name);

/** What goes wrong by chance: at ARM, at Graph and at the blobs, on either side of a call. */
export function chaosFaults(seed: number): readonly FaultRule[] {
  return RULES.map(([, rule], index) => ({ ...rule, seed: seed * 100 + index }));
}
