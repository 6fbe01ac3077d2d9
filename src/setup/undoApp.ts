import { t } from '@vscode/l10n';
import { desiredState } from './desiredState.ts';
import type { JournalEntry } from './journal.ts';
import { isJsonObject } from './json.ts';
import { appUniqueName, runIdInSecretName } from './names.ts';
import { observe } from './observe.ts';
import type { Origin } from './plan.ts';
import type { KnownRecord } from './planProject.ts';
import type { ObservedResource } from './ports.ts';
import { ask, type Answer } from './preflightRead.ts';
import { sameId, type Target } from './resource.ts';
import { APPLICATION, applicationTarget, SERVICE_PRINCIPAL } from './resources/appRegistration.ts';
import { textAt, valueAt } from './resources/path.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { keysIn } from './secretChange.ts';
import { STAGE, type UndoDecision, type UndoItem } from './undoPlan.ts';
import type { ListedAssignment, UndoPorts } from './undoPorts.ts';
import { keyOfAssignment } from './undoRoles.ts';

/** How long Azure may not show an app that was made a moment ago, in ms (azure-facts 3). */
export const APP_SEEN_AFTER_MS = 2 * 60_000;

/** What is known about the app registration of the project's own. */
export interface AppFacts {
  readonly application?: ObservedResource;
  /** The object id of its service principal: what its roles were given to. */
  readonly principalId?: string;
  /** Role assignments of that principal, by name: a listing may be minutes old. */
  readonly assignments: readonly ObservedResource[];
  /** A set-up on this machine asked for it so lately that Azure may not show it yet. */
  readonly isAskedFor: boolean;
  readonly notes: readonly string[];
}

const NO_APP: AppFacts = { assignments: [], isAskedFor: false, notes: [] };

/**
 * Looks for the app that the project has registered. Who may not read the directory is told so only
 * where something says that there is an app.
 */
export async function readAppFacts(
  project: ProjectContext,
  known: { readonly journal: readonly JournalEntry[]; readonly record: KnownRecord | undefined },
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<AppFacts> {
  if (!isAppPossible(project, known)) return NO_APP;
  const found = await ask(() => look(project, ports, signal), ports, signal);
  if (!found.known) return { ...NO_APP, notes: [unseen(found)] };
  const application = found.value.get(APPLICATION);
  if (application === undefined) {
    return {
      ...NO_APP,
      isAskedFor: wasAskedFor(known.journal, ports),
      notes: known.journal.length === 0 && !isRecorded(known) ? [unseenYet()] : [],
    };
  }
  const principal = found.value.get(SERVICE_PRINCIPAL);
  const principalId = principal && textAt(principal.body, 'id');
  return {
    application,
    ...(principalId === undefined ? {} : { principalId }),
    assignments: [...found.value].flatMap(([key, each]) => (isRole(key) ? [each] : [])),
    isAskedFor: false,
    notes: [],
  };
}

/** The app, its principal and the principal's roles, as a set-up with a new app would name them. */
async function look(
  project: ProjectContext,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObservedResource>> {
  const { spec } = project;
  const withApp = { ...spec, credentials: { kind: 'newApp' }, secretsAndLogs: true } as const;
  const wanted = desiredState({ ...project, spec: withApp }).filter(
    ({ key }) => key === APPLICATION || key === SERVICE_PRINCIPAL || isRole(key),
  );
  return (await observe(wanted, ports, signal)).found;
}

function isRole(key: string): boolean {
  return key.startsWith('role/app/');
}

/** Without any word of record or journal there may be one all the same. */
function isAppPossible(
  { spec }: ProjectContext,
  { journal, record }: { journal: readonly JournalEntry[]; record: KnownRecord | undefined },
): boolean {
  if (spec.credentials.kind === 'newApp') return true;
  const isJournalled = journal.some((entry) => 'key' in entry && entry.key === APPLICATION);
  if (record === undefined) return isJournalled || journal.length === 0;
  const isWanted = record.record.spec.credentials.kind === 'newApp';
  return isJournalled || isRecorded({ record }) || isWanted;
}

function isRecorded({ record }: { record: KnownRecord | undefined }): boolean {
  return record?.record.resources.some(({ kind }) => kind === 'application') === true;
}

function unseen({ why }: Extract<Answer<unknown>, { known: false }>): string {
  return t(
    'Whether the project has an app registration can’t be seen: {0} If it has one, it stays.',
    why,
  );
}

/** Nothing here says when it may have been asked for: a set-up may have died elsewhere just now. */
export function unseenYet(): string {
  return t(
    'No app registration of the project is to be seen. One that was made less than two minutes ago, on another computer, may not show yet: then look again.',
  );
}

function wasAskedFor(journal: readonly JournalEntry[], { clock }: UndoPorts): boolean {
  return appAskedForAt(journal) + APP_SEEN_AFTER_MS > clock.now();
}

/** When a set-up of this machine last asked for the app, in Unix ms; 0 if never or removed since. */
export function appAskedForAt(journal: readonly JournalEntry[]): number {
  const last = journal.findLast(
    (entry) =>
      (entry.event === 'creating' || entry.event === 'removed') && entry.key === APPLICATION,
  );
  return last?.event === 'creating' ? last.time : 0;
}

/** Facts about an app that decide about its removal. */
export interface AppGrounds {
  readonly project: ProjectContext;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The app registration, with its principal and its secrets: they go with it. */
export function appItems(
  facts: AppGrounds & {
    readonly app: AppFacts;
    readonly assignments: readonly ListedAssignment[];
    readonly otherRoles: readonly ListedAssignment[];
  },
): readonly UndoItem[] {
  const { app, assignments, project } = facts;
  const { application } = app;
  if (application === undefined && !app.isAskedFor) return [];
  const { decision, why } =
    application === undefined
      ? ({ decision: 'remove', why: t('Asked for a moment ago; looked for again first.') } as const)
      : verdictOn(facts, application);
  const target =
    application === undefined ? applicationTarget(project) : exactTarget(project, application);
  const item: UndoItem = {
    key: APPLICATION,
    kind: 'application',
    id: target.id,
    name:
      (application && textAt(application.body, 'displayName')) ??
      t('dstack {0}', project.spec.name),
    decision,
    why,
    ...(decision === 'ask' ? { ticked: false } : {}),
    proof: 'uniqueName',
    target,
    stage: STAGE.members,
    after: rolesOf(app, assignments).map(keyOfAssignment),
  };
  return [item];
}

/** None where its principal is not seen: a role whose principal Azure does not tell is nobody's. */
function rolesOf(
  { principalId }: AppFacts,
  all: readonly ListedAssignment[],
): readonly ListedAssignment[] {
  if (principalId === undefined) return [];
  return all.filter((role) => sameId(role.principalId, principalId));
}

type Verdict = { readonly decision: UndoDecision; readonly why: string };

function verdictOn(facts: Parameters<typeof appItems>[0], application: ObservedResource): Verdict {
  const problem = appProblem(facts, application);
  if (problem !== undefined)
    return { decision: problem.canBeTicked ? 'ask' : 'keep', why: problem.why };
  if (rolesOf(facts.app, facts.otherRoles).length > 0) {
    return { decision: 'ask', why: t('Somebody has given it other roles, so it may be in use.') };
  }
  return { decision: 'remove', why: t('Made for this project. Can be restored for 30 days.') };
}

/** Why the app is not simply ours to remove; a person may tick what is ours but may be in use. */
export function appProblem(
  { project, origins }: AppGrounds,
  { id, body }: ObservedResource,
): { readonly why: string; readonly canBeTicked: boolean } | undefined {
  const uniqueName = textAt(body, 'uniqueName');
  const isNamed = uniqueName === appUniqueName(project.projectId);
  const tags = valueAt(body, 'tags');
  const isTagged = Array.isArray(tags) && tags.includes(project.createdBy);
  if (!isNamed && (uniqueName !== undefined || !isTagged)) {
    return { why: t('Nothing in Azure shows that this project made it.'), canBeTicked: false };
  }
  // A tag can be copied; where unique names are unknown, journal or record have to say the same.
  if (!isNamed && origins.get(id.toLowerCase()) !== 'created') {
    const why = t('Carries the project’s mark, but no unique name that proves it.');
    return { why, canBeTicked: true };
  }
  const foreign = keysIn(valueAt(body, 'passwordCredentials')).filter(
    ({ displayName }) => runIdInSecretName(displayName) === undefined,
  );
  const keys = valueAt(body, 'keyCredentials');
  const certificates = Array.isArray(keys) ? keys.filter(isJsonObject).length : 0;
  if (foreign.length + certificates === 0) return undefined;
  return {
    why: t('Somebody has added a secret or a certificate to it, so it may be in use.'),
    canBeTicked: true,
  };
}

/** The call for exactly this app, whatever is called like it later. */
export function exactTarget(project: ProjectContext, { id }: ObservedResource): Target {
  return { ...applicationTarget(project), id, body: {} };
}
