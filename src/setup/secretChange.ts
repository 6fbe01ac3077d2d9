import { t } from '@vscode/l10n';
import type { JournalEntry } from './journal.ts';
import { isJsonObject, type Json } from './json.ts';
import { runIdInSecretName } from './names.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { Outputs } from './resource.ts';
import { CLIENT_SECRET } from './resources/appRegistration.ts';
import { textAt } from './resources/path.ts';
import type { AppKey } from './secretPorts.ts';

/** How long a new secret may be missing from Graph's answers, in ms (azure-facts 3: "minutes"). */
export const GRAPH_LAG_MS = 10 * 60_000;

/** What a person can do about a secret that this machine does not hold. */
export type SecretRemedy = 'rotate' | 'enter';

/** A live secret of the app whose value this machine does not have. */
export interface SecretElsewhere {
  readonly keyId: string;
  readonly endDateTime: string;
  /** Who holds it, by the record; undefined if the record does not know it. */
  readonly holder?: string;
  /** The run that made it, by its name. */
  readonly runId?: string;
}

/** What is to be done about the app's secret. */
export interface SecretChange {
  readonly action: 'create' | 'keep';
  readonly reason: string;
  /** `{keyId, endDateTime, holder, runId}` of the secret that this machine holds; else empty. */
  readonly outputs: Outputs;
  /** Ours and live, but not here. None is ever removed unasked. */
  readonly elsewhere: readonly SecretElsewhere[];
  readonly remedies: readonly SecretRemedy[];
}

export interface SecretFacts {
  /** As the application shows them. */
  readonly keys: readonly AppKey[];
  /** Ids of the keys whose values this machine holds. */
  readonly held: ReadonlySet<string>;
  readonly holder: string;
  readonly record: ProjectRecord | undefined;
  readonly journal: readonly JournalEntry[];
  /** Unix ms. */
  readonly now: number;
}

/**
 * Decides about the secret: one that works and is held here is kept; one that is ours but not here
 * is kept and said so, because it may be in use; only where there is none of ours is one made.
 */
export function decideSecret(facts: SecretFacts): SecretChange {
  const live = facts.keys.filter((key) => isLive(key.endDateTime, facts.now));
  const here = latest(live.filter(({ keyId }) => facts.held.has(keyId)));
  if (here !== undefined) return keep(here.endDateTime, outputsOf(here, facts));
  const unseen = notShownYet(facts);
  if (unseen !== undefined) return keep(unseen['endDateTime'] ?? '', unseen);
  const elsewhere = live.flatMap((key) => elsewhereOf(key, facts));
  const [first] = elsewhere;
  if (first !== undefined) {
    const reason = reasonElsewhere(first);
    return { action: 'keep', reason, outputs: {}, elsewhere, remedies: ['rotate', 'enter'] };
  }
  const before =
    facts.held.size > 0 || facts.keys.some((key) => elsewhereOf(key, facts).length > 0);
  const reason = before
    ? t('The one before has expired or was removed.')
    : t('Does not exist yet.');
  return { action: 'create', reason, outputs: {}, elsewhere: [], remedies: [] };
}

/** The keys in an application's JSON. */
export function keysIn(passwordCredentials: Json | undefined): readonly AppKey[] {
  if (!Array.isArray(passwordCredentials)) return [];
  return passwordCredentials.filter(isJsonObject).flatMap((each) => {
    const [keyId, endDateTime] = [textAt(each, 'keyId'), textAt(each, 'endDateTime')];
    if (keyId === undefined || endDateTime === undefined) return [];
    const [displayName, hint] = [textAt(each, 'displayName'), textAt(each, 'hint')];
    return [
      {
        keyId,
        endDateTime,
        startDateTime: textAt(each, 'startDateTime') ?? '',
        ...(displayName === undefined ? {} : { displayName }),
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  });
}

/** Ids of keys that the journal knows, whatever Graph shows by now. */
export function keysInJournal(journal: readonly JournalEntry[]): readonly string[] {
  return madeHere(journal).flatMap(({ outputs }) => outputs['keyId'] ?? []);
}

/** Whether a key is this project's work: its name says which run made it, or the record knows it. */
export function elsewhereOf(
  key: AppKey,
  { record }: Pick<SecretFacts, 'record'>,
): readonly SecretElsewhere[] {
  const recorded = record?.secrets.find(({ keyId }) => keyId === key.keyId);
  const runId = runIdInSecretName(key.displayName) ?? recorded?.runId;
  if (runId === undefined) return [];
  const { keyId, endDateTime } = key;
  const holder = recorded?.holder;
  return [{ keyId, endDateTime, runId, ...(holder === undefined ? {} : { holder }) }];
}

function keep(endDateTime: string, outputs: Outputs): SecretChange {
  const reason = t('Valid until {0}.', endDateTime.slice(0, 10));
  return { action: 'keep', reason, outputs, elsewhere: [], remedies: [] };
}

function outputsOf(key: AppKey, { record, holder }: SecretFacts): Outputs {
  const recorded = record?.secrets.find(({ keyId }) => keyId === key.keyId);
  return {
    keyId: key.keyId,
    endDateTime: recorded?.endDateTime ?? key.endDateTime,
    holder: recorded?.holder ?? holder,
    runId: recorded?.runId ?? runIdInSecretName(key.displayName) ?? '',
  };
}

/** Made here a moment ago: Graph shows it minutes later, and a second one would be one too many. */
function notShownYet({ journal, held, now }: SecretFacts): Outputs | undefined {
  const entry = madeHere(journal).findLast(
    ({ time, outputs }) =>
      held.has(outputs['keyId'] ?? '') &&
      isLive(outputs['endDateTime'] ?? '', now) &&
      now - time < GRAPH_LAG_MS,
  );
  return entry?.outputs;
}

type Created = Extract<JournalEntry, { event: 'created' }>;

function madeHere(journal: readonly JournalEntry[]): readonly Created[] {
  return journal.filter(
    (entry): entry is Created => entry.event === 'created' && entry.key === CLIENT_SECRET,
  );
}

function reasonElsewhere({ holder, endDateTime }: SecretElsewhere): string {
  const until = endDateTime.slice(0, 10);
  return holder === undefined
    ? t(
        'An interrupted run made a secret (valid until {0}) that this machine does not hold: rotate or enter it.',
        until,
      )
    : t('The secret (valid until {0}) is on {1}, not here: rotate or enter it.', until, holder);
}

function latest(keys: readonly AppKey[]): AppKey | undefined {
  return [...keys].sort((a, b) => Date.parse(b.endDateTime) - Date.parse(a.endDateTime))[0];
}

function isLive(endDateTime: string, now: number): boolean {
  return Date.parse(endDateTime) > now;
}
