import { t } from '@vscode/l10n';
import type { PlanAction } from '../contract/wizardState.ts';
import { appUniqueName, CREATED_BY_TAG, hashOf, projectIdInTag } from './names.ts';
import type { Caller, ObservedResource } from './ports.ts';
import { sharedSpec, type ProjectSpec } from './projectSpec.ts';
import type { DesiredResource } from './resource.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { textAt, valueAt } from './resources/path.ts';
import type { SecretChange } from './secretChange.ts';

/** What will happen to one resource, and why, in plain words. */
export interface Change {
  readonly resource: DesiredResource;
  readonly action: PlanAction;
  readonly reason: string;
  /** Whether the object is this project's work or somebody else's that the project uses. */
  readonly origin: Origin;
  /** What was there when the plan was made. */
  readonly observed?: ObservedResource;
  /** The account may not read it: what is planned is the most that there may be to do. */
  readonly isUnseen?: true;
  /** Only for the app's secret. */
  readonly secret?: SecretChange;
}

export type Origin = 'created' | 'adopted';

/**
 * Desired state compared with what exists. What is shown is what is run: apply takes it unchanged
 * and stops if the world has moved since.
 */
export interface Plan {
  /** Hash of spec and actions: two plans with the same id do the same. */
  readonly planId: string;
  readonly project: ProjectContext;
  readonly projectId: string;
  readonly spec: ProjectSpec;
  readonly caller: Caller;
  /** In dependency order. */
  readonly changes: readonly Change[];
}

/** What the world looked like to the plan, by resource key. Absent keys are absent objects. */
export interface Observation {
  readonly observed: ReadonlyMap<string, ObservedResource>;
  /** What the account may not read, whether it counts as observed or not. */
  readonly unseen?: ReadonlyMap<string, unknown>;
  /** Origins told by the record or the journal, by lower-case id: the only proof for kinds without a mark. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What is to be done about the record, which only the reader of blobs can tell. */
  readonly record: Pick<Change, 'action' | 'reason'>;
  /** The same for the app's secret, if the project has an app of its own. */
  readonly secret?: Pick<Change, 'action' | 'reason' | 'secret'>;
}

/** Compares the desired state with what exists. Pure. */
export function makePlan(
  project: ProjectContext,
  desired: readonly DesiredResource[],
  observation: Observation,
): Plan {
  const changes = desired.map((resource) => changeOf(project, resource, observation));
  return {
    planId: planIdOf(project, changes),
    project,
    projectId: project.projectId,
    spec: project.spec,
    caller: project.caller,
    changes,
  };
}

/** Whether nothing has to be written to Azure any more. */
export function isUnchanged(plan: Plan): boolean {
  return plan.changes.every((change) => change.action === 'keep' || change.action === 'adopt');
}

/**
 * Whether running `now` does nothing that `approved` did not show: every change is the approved
 * one, or is done by now. So a run that was interrupted goes on without asking again.
 */
export function onlyFinishes(approved: Plan, now: Plan): boolean {
  const actions = new Map(approved.changes.map((change) => [change.resource.key, change.action]));
  return (
    approved.projectId === now.projectId &&
    now.changes.every(({ resource, action, origin }) => {
      const before = actions.get(resource.key);
      if (before === undefined) return false;
      // What the approved run made is ours by now; somebody else's object in its place is news.
      if (before === 'create' && action === 'keep') return origin === 'created';
      return action === before || action === 'keep' || resource.kind === 'projectRecord';
    })
  );
}

function changeOf(
  project: ProjectContext,
  resource: DesiredResource,
  observation: Observation,
): Change {
  if (resource.kind === 'projectRecord') {
    return { resource, origin: 'created', ...observation.record };
  }
  if (resource.kind === 'clientSecret' && observation.secret !== undefined) {
    return { resource, origin: 'created', ...observation.secret };
  }
  const observed = observation.observed.get(resource.readsFrom ?? resource.key);
  if (observed === undefined) {
    return observation.unseen?.has(resource.key) === true ? unseen(resource) : absent(resource);
  }
  return { ...present(project, resource, observed, observation.origins), observed };
}

function unseen(resource: DesiredResource): Change {
  const reason = t('Your account can’t see whether it exists.');
  return { resource, action: 'create', reason, origin: 'created', isUnseen: true };
}

function absent(resource: DesiredResource): Change {
  if (resource.mode === 'make') {
    return { resource, action: 'create', reason: t('Does not exist yet.'), origin: 'created' };
  }
  return {
    resource,
    action: 'conflict',
    reason: t('{0} does not exist any more. Choose another one.', resource.name),
    origin: 'adopted',
  };
}

function present(
  project: ProjectContext,
  resource: DesiredResource,
  observed: ObservedResource,
  origins: Observation['origins'],
): Change {
  const conflict = resource.conflict?.(observed) ?? foreignConflict(project, resource, observed);
  if (conflict !== undefined) {
    return { resource, action: 'conflict', reason: conflict, origin: 'adopted' };
  }
  const difference = resource.difference(observed);
  if (resource.ownership === 'shared') return sharedChange(resource, observed, difference);
  const recorded = origins.get(observed.id.toLowerCase());
  // Where the kind carries a mark, only the mark counts: what has lost it may be somebody else's by now.
  const isMade =
    isMarkedOurs(project, resource, observed) ||
    (resource.ownership === 'record' && recorded === 'created');
  const origin = isMade ? 'created' : 'adopted';
  if (origin === 'adopted' && resource.mustFit === true && difference !== undefined) {
    const reason = t('It was not made by this project, so it is not changed. {0}', difference);
    return { resource, action: 'conflict', reason, origin };
  }
  if (origin === 'adopted') {
    return recorded === 'adopted'
      ? { resource, action: 'keep', reason: t('Used by the project as it is.'), origin }
      : { resource, action: 'adopt', reason: adoptReason(resource, observed), origin };
  }
  if (observed.provisioningState === 'Failed') {
    return { resource, action: 'update', reason: t('Azure failed to finish it before.'), origin };
  }
  return difference === undefined
    ? { resource, action: 'keep', reason: keepReason(observed), origin }
    : { resource, action: 'update', reason: difference, origin };
}

function keepReason({ foundBy }: ObservedResource): string {
  return foundBy === 'hearsay'
    ? t('Your account can’t see it: taken as done.')
    : t('Is as it should be.');
}

function adoptReason(resource: DesiredResource, observed: ObservedResource): string {
  const shared = resource.sharedWith?.(observed);
  if (shared !== undefined) return shared;
  const difference = resource.difference(observed);
  return difference === undefined
    ? t('Exists already; used as it is.')
    : t('Exists already; used as it is, although: {0}', difference);
}

function sharedChange(
  resource: DesiredResource,
  observed: ObservedResource,
  difference: string | undefined,
): Change {
  const origin = 'created';
  if (observed.foundBy === 'hearsay') {
    const reason = t('Your account can’t see it: taken as registered.');
    return { resource, action: 'keep', reason, origin };
  }
  return difference === undefined
    ? { resource, action: 'keep', reason: t('Is as it should be.'), origin }
    : { resource, action: 'update', reason: difference, origin };
}

/** Proof in Azure itself that the object is this project's work. */
export function isMarkedOurs(
  project: ProjectContext,
  resource: DesiredResource,
  observed: ObservedResource,
): boolean {
  switch (resource.ownership) {
    case 'createdByTag':
      return projectIdInTag(observed.tags[CREATED_BY_TAG]) === project.projectId;
    case 'description':
      return textAt(observed.body, 'properties.description') === project.createdBy;
    case 'app':
      return resource.kind !== 'application' || isOwnApp(project, observed);
    case 'record':
    case 'shared':
      return false;
  }
}

function isOwnApp(project: ProjectContext, { body }: ObservedResource): boolean {
  const tags = valueAt(body, 'tags');
  const isTagged = Array.isArray(tags) && tags.includes(project.createdBy);
  return isTagged || textAt(body, 'uniqueName') === appUniqueName(project.projectId);
}

function foreignConflict(
  project: ProjectContext,
  resource: DesiredResource,
  observed: ObservedResource,
): string | undefined {
  if (resource.mode === 'use' || resource.mustBeOurs !== true) return undefined;
  if (isMarkedOurs(project, resource, observed)) return undefined;
  if (resource.sharedWith?.(observed) !== undefined) return undefined;
  return t(
    '{0} exists already and was not made by this project. Choose it as existing, or another name.',
    resource.name,
  );
}

function planIdOf(project: ProjectContext, changes: readonly Change[]): string {
  const actions = changes.map((change) => [change.resource.key, change.action, change.reason]);
  return hashOf(
    JSON.stringify([sharedSpec(project.spec), project.caller.principalId, actions]),
    16,
  );
}
