import type { Origin, Plan } from './plan.ts';
import type { ProjectRecord } from './projectRecord.ts';
import { sharedSpec } from './projectSpec.ts';
import { pendingOf } from './recordRegistration.ts';
import type { DesiredResource, Outputs } from './resource.ts';
import { CLIENT_SECRET } from './resources/appRegistration.ts';

/** How one resource came out of a run. */
export interface Outcome {
  readonly id: string;
  readonly origin: Origin;
  readonly outputs: Outputs;
}

/**
 * The record of a finished run. What it held before stays, entry by entry: the roles of a colleague
 * and parts that are no longer ticked still exist and are found by undo. An unchanged project has an
 * unchanged record.
 */
export function buildRecord(
  plan: Plan,
  outcomes: ReadonlyMap<string, Outcome>,
  before: ProjectRecord | undefined,
  runId: string,
): ProjectRecord {
  const resources = new Map((before?.resources ?? []).map((entry) => [idKey(entry.id), entry]));
  for (const { resource } of plan.changes) {
    const outcome = outcomes.get(resource.key);
    if (outcome === undefined || !isRecorded(resource)) continue;
    const entry = resources.get(idKey(outcome.id));
    resources.set(idKey(outcome.id), {
      kind: resource.kind,
      id: entry?.id ?? outcome.id,
      origin: entry?.origin ?? outcome.origin,
      runId: entry?.runId ?? runId,
      outputs: { ...outcome.outputs },
    });
  }
  return {
    schema: 1,
    projectId: plan.projectId,
    spec: sharedSpec(plan.spec),
    server: plan.spec.server,
    resources: [...resources.values()],
    secrets: secretsOf(before, outcomes.get(CLIENT_SECRET)?.outputs),
    pending: [...pendingOf(plan.spec, before)],
  };
}

/** Every secret that is stored somewhere, without its value; what was known before stays. */
function secretsOf(
  before: ProjectRecord | undefined,
  outputs: Outputs | undefined,
): ProjectRecord['secrets'] {
  const known = before?.secrets ?? [];
  const keyId = outputs?.['keyId'];
  if (keyId === undefined || known.some((secret) => secret.keyId === keyId)) return known;
  const { endDateTime = '', holder = '', runId = '' } = outputs ?? {};
  return [...known, { keyId, endDateTime, holder, runId }];
}

/**
 * Registrations and tags are nothing to remove; secrets have a list of their own; the record does
 * not list itself.
 */
export function isRecorded(resource: DesiredResource): boolean {
  const { ownership, kind } = resource;
  return ownership !== 'shared' && kind !== 'projectRecord' && kind !== 'clientSecret';
}

function idKey(id: string): string {
  return id.toLowerCase();
}

/** Whether two records say the same; the order of keys does not count. */
export function sameRecord(a: ProjectRecord, b: ProjectRecord): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );
}
