import { t } from '@vscode/l10n';
import type { AppSignIn } from './credentials.ts';
import { SetupError } from './errors.ts';
import { recordLocation, planProject, type ProjectPlan } from './planProject.ts';
import { applyPlan, type ApplyOptions, type RunResult } from './apply.ts';
import type { Caller, SetupPorts } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { ProjectSpec } from './projectSpec.ts';
import { APPLICATION, CLIENT_SECRET } from './resources/appRegistration.ts';
import { textAt } from './resources/path.ts';
import { elsewhereOf, GRAPH_LAG_MS } from './secretChange.ts';
import { runIdInSecretName } from './names.ts';
import { withRetry } from './retry.ts';
import type { AppKey, AppRef, SecretPorts } from './secretPorts.ts';

const ABOUT = { kind: 'clientSecret' } as const;

/**
 * Removes a secret that a person has confirmed, and only one that nobody can be using: absent from
 * the record, named by a run of ours, not held here, and older than Graph's lag (design.md,
 * Credentials). Everything is read again; what can't be read is no proof.
 * @throws SetupError `secret_not_removable` with the reason, before anything is sent
 */
export async function removeLostSecret(
  plan: ProjectPlan,
  keyId: string,
  ports: SetupPorts,
  signal: AbortSignal,
): Promise<void> {
  const { app, secrets } = appOf(plan, ports);
  const keys = await withRetry(
    () => secrets.appSecrets.list(app.ref, signal),
    ABOUT,
    ports,
    signal,
  );
  const key = keys.find((each) => each.keyId === keyId);
  if (key === undefined) return;
  const why =
    whyNot(key, await currentRecord(plan, ports, signal), ports.clock.now()) ??
    ((await secrets.holder.has(plan.projectId, keyId)) ? t('This machine holds it.') : undefined);
  if (why !== undefined) throw notRemovable(why);
  await withRetry(() => secrets.appSecrets.remove(app.ref, keyId, signal), ABOUT, ports, signal);
}

/**
 * Makes a new secret beside one that is held elsewhere, because a person wants it so. The other one
 * stays: it may be in use, and ends by itself.
 * @throws SetupError if the plan has a conflict
 */
export async function rotateSecret(
  spec: ProjectSpec,
  caller: Caller,
  ports: SetupPorts,
  options: ApplyOptions,
): Promise<RunResult> {
  const plan = await planProject(spec, caller, ports, options.signal);
  const reason = t('A new one is made; the one before stays until it ends.');
  const changes = plan.changes.map((change) => {
    const { kind } = change.resource;
    if (kind === 'clientSecret') return { ...change, action: 'replace' as const, reason };
    const isRecordToWrite = kind === 'projectRecord' && change.action === 'keep';
    return isRecordToWrite ? { ...change, action: 'update' as const, reason } : change;
  });
  return await applyPlan({ ...plan, changes }, ports, options);
}

/**
 * Keeps the value of a secret that somebody has entered, once the app has signed in with it.
 * @throws SetupError `invalid_credentials` if it opens nothing, `secret_not_of_this_app` if the app
 *   shows no live secret that begins like it
 */
export async function enterSecret(
  plan: ProjectPlan,
  clientSecret: string,
  ports: SetupPorts & { readonly appSignIn: AppSignIn },
  signal: AbortSignal,
): Promise<AppKey> {
  const { app, secrets } = appOf(plan, ports);
  const { tenantId } = app.ref;
  await ports.appSignIn.signIn({ tenantId, clientId: app.clientId, clientSecret }, signal);
  const keys = await withRetry(
    () => secrets.appSecrets.list(app.ref, signal),
    ABOUT,
    ports,
    signal,
  );
  const now = ports.clock.now();
  const live = keys.filter(
    ({ endDateTime, hint }) =>
      Date.parse(endDateTime) > now && hint !== undefined && clientSecret.startsWith(hint),
  );
  // Two that begin alike: ours rather than somebody else's.
  const record = plan.knownRecord?.record;
  const key = live.find((each) => elsewhereOf(each, { record }).length > 0) ?? live[0];
  if (key === undefined) throw notOfThisApp();
  const { keyId, endDateTime } = key;
  const { projectId } = plan;
  const held = { projectId, keyId, tenantId, clientId: app.clientId, endDateTime };
  await secrets.holder.put(held, clientSecret);
  return key;
}

/** Why the key may not be removed, or undefined. */
function whyNot(key: AppKey, record: ProjectRecord | undefined, now: number): string | undefined {
  if (runIdInSecretName(key.displayName) === undefined) return t('No run of ours made it.');
  const recorded = record?.secrets.find(({ keyId }) => keyId === key.keyId);
  if (recorded !== undefined) return t('{0} holds it.', recorded.holder);
  const age = now - Date.parse(key.startDateTime);
  // A start that can't be read is no proof of age.
  return age >= GRAPH_LAG_MS ? undefined : t('It is too new: the run that made it may go on.');
}

/** The record as it is now; undefined only if there is provably none. */
async function currentRecord(
  plan: ProjectPlan,
  ports: SetupPorts,
  signal: AbortSignal,
): Promise<ProjectRecord | undefined> {
  const account = plan.changes.find(({ resource }) => resource.key === 'storageAccount')?.observed;
  const endpoint = account && textAt(account.body, 'properties.primaryEndpoints.blob');
  const at = recordLocation(plan.project, endpoint);
  if (account === undefined) return undefined;
  if (at === undefined) throw notRemovable(t('The record can’t be read.'));
  return (await ports.records.read(at, signal))?.record;
}

function appOf(
  plan: ProjectPlan,
  { secrets }: SetupPorts,
): { readonly app: { ref: AppRef; clientId: string }; readonly secrets: SecretPorts } {
  const change = plan.changes.find(({ resource }) => resource.key === APPLICATION);
  const outputs = change?.observed && change.resource.outputs(change.observed);
  const { objectId, clientId } = outputs ?? {};
  if (secrets !== undefined && objectId !== undefined && clientId !== undefined) {
    return { app: { ref: { tenantId: plan.spec.tenantId, objectId }, clientId }, secrets };
  }
  throw new SetupError({
    code: 'no_app',
    source: 'user',
    message: t('The project has no app registration of its own yet.'),
    remedy: t('Set the project up first.'),
    object: APPLICATION,
  });
}

function notRemovable(why: string): SetupError {
  return new SetupError({
    code: 'secret_not_removable',
    source: 'user',
    message: t('The secret is not removed: {0}', why),
    remedy: t('Rotate it, or remove it in the Azure portal if nobody uses it.'),
    object: CLIENT_SECRET,
  });
}

function notOfThisApp(): SetupError {
  return new SetupError({
    code: 'secret_not_of_this_app',
    source: 'user',
    message: t('The app shows no secret that begins like this one.'),
    remedy: t('A new secret is seen after some minutes: wait and try again.'),
    object: CLIENT_SECRET,
    field: 'clientSecret',
  });
}
