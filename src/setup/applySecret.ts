import { t } from '@vscode/l10n';
import { reported, retried, underWay, type StepResult } from './applyStep.ts';
import type { Outcome } from './buildRecord.ts';
import { asSetupError, isCancellation, SetupError } from './errors.ts';
import type { JournalEntry } from './journal.ts';
import { runIdInSecretName, secretName } from './names.ts';
import type { Change } from './plan.ts';
import type { Outputs, Target } from './resource.ts';
import { APPLICATION, CLIENT_SECRET, DEFAULT_SECRET_DAYS } from './resources/appRegistration.ts';
import { journalHead, outputsSoFar, type Run } from './run.ts';
import { elsewhereOf } from './secretChange.ts';
import type { AppKey, AppRef, SecretPorts } from './secretPorts.ts';

/** After this a new secret stands in Graph's listing nearly always, in ms: then we look for ours. */
const SEEN_AFTER_MS = 2 * 60_000;
/** How often the new secret is looked for until then, in ms. */
const SEEN_EVERY_MS = 5_000;
const DAY = 24 * 3_600_000;

/**
 * Makes the app's secret, if there is none, and gives it to the holder before anything else is
 * written down: the value exists nowhere else. It is never in an outcome, an event or the journal.
 */
export async function applySecret(run: Run, change: Change): Promise<StepResult> {
  return await reported(run, change, () => realise(run, change));
}

async function realise(run: Run, change: Change): Promise<Outcome> {
  const target = change.resource.target(outputsSoFar(run));
  const app = run.outcomes.get(APPLICATION)?.outputs;
  const { secrets } = run.ports;
  if (target === undefined || app === undefined || secrets === undefined) throw noPlace();
  if (change.action === 'keep') {
    const outputs = change.secret?.outputs ?? {};
    return { id: idOf(target, outputs['keyId']), origin: 'created', outputs };
  }
  const ref: AppRef = { tenantId: target.tenantId, objectId: app['objectId'] ?? '' };
  const known = await lookAgain(run, change, ref, secrets);
  const wanted = {
    displayName: secretName(run.runId),
    endDateTime: endOf(run.ports.clock.now(), run.plan.spec.credentials),
  };
  await run.ports.journal.append({
    ...journalHead(run),
    event: 'creating',
    key: CLIENT_SECRET,
    target: { ...target, body: { passwordCredential: wanted } },
  });
  const { key, value } = await add(run, change, ref, wanted, known, secrets);
  const outcome = await store(run, target, app, key, value, secrets);
  await yieldToEarlier(run, change, ref, key, known, secrets);
  await run.ports.journal.append({
    ...journalHead(run),
    event: 'created',
    key: CLIENT_SECRET,
    ...outcome,
  });
  return outcome;
}

/** From here to the holder's word nothing waits but the holder. */
async function store(
  run: Run,
  target: Target,
  app: Outputs,
  key: AppKey,
  value: string,
  { holder }: SecretPorts,
): Promise<Outcome> {
  const { projectId } = run.plan;
  const { keyId, endDateTime } = key;
  const { tenantId } = target;
  const held = { projectId, keyId, tenantId, clientId: app['clientId'] ?? '', endDateTime };
  try {
    await holder.put(held, value);
  } catch (thrown) {
    throw isCancellation(thrown) ? thrown : notStored(asSetupError(thrown));
  }
  const outputs = { keyId, endDateTime, holder: holder.name, runId: run.runId };
  return { id: idOf(target, keyId), origin: 'created', outputs };
}

/**
 * The app once more, just before: another run may have made a secret since the plan, and one of an
 * interrupted run, of this machine or another, may only now be seen.
 * @returns the ids of the keys that are there
 */
async function lookAgain(
  run: Run,
  change: Change,
  ref: AppRef,
  { appSecrets, holder }: SecretPorts,
): Promise<ReadonlySet<string>> {
  const { clock } = run.ports;
  const { projectId } = run.plan;
  const journal = await run.ports.journal.read(projectId);
  const open = unanswered(journal);
  const isUnsure = !isReplacing(change) && isFromElsewhere(run, journal);
  const since = open?.time ?? (isUnsure ? clock.now() : undefined);
  const waitMs = since === undefined ? 0 : since + SEEN_AFTER_MS - clock.now();
  if (waitMs > 0) {
    run.report({ time: clock.now(), code: 'stepRunning', resource: CLIENT_SECRET, waitMs });
    await clock.sleep(waitMs, run.signal);
  }
  const keys = await retried(run, change.resource, () => appSecrets.list(ref, run.signal));
  const record = run.plan.knownRecord?.record;
  const now = clock.now();
  for (const key of keys) {
    const isOurs = elsewhereOf(key, { record }).length > 0 && Date.parse(key.endDateTime) > now;
    if (!isOurs || isReplacing(change)) continue;
    if (await holder.has(projectId, key.keyId)) continue;
    throw lost();
  }
  return new Set(keys.map(({ keyId }) => keyId));
}

function isReplacing({ action }: Change): boolean {
  return action === 'replace';
}

/** One secret of this run at most: an answer that may have been lost is looked for, not repeated. */
async function add(
  run: Run,
  change: Change,
  ref: AppRef,
  wanted: { readonly displayName: string; readonly endDateTime: string },
  known: ReadonlySet<string>,
  { appSecrets }: SecretPorts,
): Promise<{ readonly key: AppKey; readonly value: string }> {
  return await retried(run, change.resource, async () => {
    try {
      const made = await underWay(run, CLIENT_SECRET, () =>
        appSecrets.add(ref, wanted, run.signal),
      );
      run.inAzure.delete(CLIENT_SECRET);
      return made;
    } catch (thrown) {
      if (isCancellation(thrown)) throw thrown;
      const error = asSetupError(thrown);
      if (error.azure?.outcomeUnknown !== true) throw error;
      await run.ports.clock.sleep(SEEN_AFTER_MS, run.signal);
      const keys = await lookFor(run, change, ref, appSecrets);
      const isMade = keys.some(
        ({ keyId, displayName }) => !known.has(keyId) && displayName === wanted.displayName,
      );
      throw isMade ? lost() : error;
    }
  });
}

/**
 * Two runs that looked at the same moment have both made one: the later takes its own back, which
 * nobody has used yet, once Graph shows it: before, a replica may say that it is gone while it lives.
 * Where Graph does not show both, or nothing at all, both stay, each with its holder in the record.
 */
async function yieldToEarlier(
  run: Run,
  change: Change,
  ref: AppRef,
  ours: AppKey,
  known: ReadonlySet<string>,
  { appSecrets }: SecretPorts,
): Promise<void> {
  const { clock } = run.ports;
  const until = clock.now() + SEEN_AFTER_MS;
  for (;;) {
    const keys = await lookFor(run, change, ref, appSecrets).catch((thrown: unknown) => {
      if (isCancellation(thrown)) throw thrown;
      return [];
    });
    if (!keys.some((key) => !known.has(key.keyId) && isEarlier(key, ours))) return;
    if (keys.some(({ keyId }) => keyId === ours.keyId)) break;
    if (clock.now() >= until) return;
    await clock.sleep(SEEN_EVERY_MS, run.signal);
  }
  await retried(run, change.resource, () => appSecrets.remove(ref, ours.keyId, run.signal));
  throw madeElsewhere();
}

/** Whether it is one of another run of ours, and came first. */
function isEarlier(key: AppKey, ours: AppKey): boolean {
  const isRuns = runIdInSecretName(key.displayName) !== undefined;
  return key.keyId !== ours.keyId && isRuns && isBefore(key, ours);
}

/** In an order that both runs see alike. */
function isBefore(a: AppKey, b: AppKey): boolean {
  const [at, bt] = [Date.parse(a.startDateTime), Date.parse(b.startDateTime)];
  return at < bt || (at === bt && a.keyId < b.keyId);
}

/** The app's keys; if they can't be read, nothing shows that asking again makes no second secret. */
async function lookFor(
  run: Run,
  change: Change,
  ref: AppRef,
  appSecrets: SecretPorts['appSecrets'],
): Promise<readonly AppKey[]> {
  try {
    return await retried(run, change.resource, () => appSecrets.list(ref, run.signal));
  } catch (thrown) {
    throw isCancellation(thrown) ? thrown : notSeen(asSetupError(thrown));
  }
}

/**
 * Whether another machine has made the app: its run may have ended a moment ago, with a secret that
 * Graph does not list yet, and no journal here tells of it.
 */
function isFromElsewhere(run: Run, journal: readonly JournalEntry[]): boolean {
  const app = run.plan.changes.find(({ resource }) => resource.key === APPLICATION);
  const isMadeHere = journal.some(
    (entry) =>
      (entry.event === 'creating' || entry.event === 'created') && entry.key === APPLICATION,
  );
  return app?.action !== 'create' && !isMadeHere;
}

/** A secret of a run here that ended between asking for it and knowing about it. */
function unanswered(journal: readonly JournalEntry[]): JournalEntry | undefined {
  const asked = journal.findLast(
    (entry) => entry.event === 'creating' && entry.key === CLIENT_SECRET,
  );
  if (asked === undefined) return undefined;
  const isAnswered = journal.some(
    (entry) =>
      entry.runId === asked.runId &&
      (entry.event === 'created' || (entry.event === 'failed' && entry.code !== LOST)) &&
      entry.key === CLIENT_SECRET,
  );
  return isAnswered ? undefined : asked;
}

function endOf(
  now: number,
  credentials: { readonly kind: string; readonly secretDays?: number | undefined },
): string {
  const days = credentials.secretDays ?? DEFAULT_SECRET_DAYS;
  return new Date(now + days * DAY).toISOString();
}

function idOf({ id }: Target, keyId: string | undefined): string {
  const app = id.slice(0, id.lastIndexOf('/'));
  return keyId === undefined ? `${app}/passwords` : `${app}/passwords/${keyId}`;
}

const LOST = 'secret_lost';

function lost(): SetupError {
  return new SetupError({
    code: LOST,
    source: 'azure',
    message: t('The app has got a secret from another run, and its value is not on this machine.'),
    remedy: t('Look at the new plan: rotate the secret, or enter it if somebody has it.'),
    object: CLIENT_SECRET,
  });
}

/** No `azure` in it: the whole step would be tried again, and with it the call. */
function notSeen(cause: SetupError): SetupError {
  return new SetupError({
    code: LOST,
    source: 'azure',
    message: t('Nobody knows whether the app has got a secret: {0}', cause.message),
    remedy: t('Continue: the app is looked at again before one is made.'),
    object: CLIENT_SECRET,
    cause,
  });
}

function madeElsewhere(): SetupError {
  return new SetupError({
    code: 'secret_made_elsewhere',
    source: 'azure',
    message: t('Another run has made the app’s secret at the same moment.'),
    remedy: t('Continue: that one is kept; rotate it if you need one here.'),
    object: CLIENT_SECRET,
  });
}

function notStored({ message, remedy }: SetupError): SetupError {
  return new SetupError({
    code: 'secret_not_stored',
    source: 'user',
    message: t('The new secret could not be stored, so its value is lost: {0}', message),
    remedy: t('{0} Then rotate the secret.', remedy),
    object: CLIENT_SECRET,
  });
}

function noPlace(): SetupError {
  return new SetupError({
    code: 'no_secret_holder',
    source: 'bug',
    message: t('There is no place here to keep the app’s secret.'),
    remedy: t('Use an existing app, or the server’s default credentials.'),
    object: CLIENT_SECRET,
  });
}
