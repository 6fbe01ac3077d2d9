import { t } from '@vscode/l10n';
import { groupOf, nameOf } from './armId.ts';
import { SetupError } from './errors.ts';
import { locksOn, type Lock } from './permissions.ts';
import type { Answer } from './preflightRead.ts';
import type { UndoDecision, UndoItem } from './undoPlan.ts';

/**
 * Marks what locks hold, and what therefore has to stay, so that it is seen before anything goes.
 * What a later undo finds the project by (account, record, tags) stays while a lock holds anything
 * of ours that goes before it.
 */
export function withLocks(
  items: readonly UndoItem[],
  locks: Answer<readonly Lock[]>,
): readonly UndoItem[] {
  if (!locks.known || locks.value.length === 0) return items;
  const held = items.map((item) => heldItem(item, locks.value));
  const certain = held.filter((item) => isHeld(item) && item.decision === 'remove');
  const ordered = held.map((item) => (isMark(item) ? waitingFor(item, certain) : item));
  const byKey = new Map(ordered.map((item) => [item.key, item]));
  return ordered.map((item) => waitingItem(item, byKey));
}

/** What the person has to know of locks before anything goes: each lock once, and the way on. */
export function lockNotes(
  items: readonly UndoItem[],
  locks: Answer<readonly Lock[]>,
): readonly string[] {
  if (!locks.known) return [t('Whether locks hold any of it can’t be read: {0}', locks.why)];
  const holding = new Set(items.flatMap(({ heldBy }) => heldBy ?? []));
  return [...holding].map((lock) =>
    t(
      'The lock “{0}” on {1} holds some of it. Have it removed in the Azure portal, then look again; locks are never removed by this extension.',
      lock.name,
      placeOf(lock),
    ),
  );
}

/** Whether a lock keeps the object, or what has to go before it, from going. */
export function isHeld({ heldBy }: UndoItem): boolean {
  return heldBy !== undefined;
}

/** What is going to happen to an object, for whoever shows it. */
export function shownDecision(item: UndoItem): UndoDecision | 'locked' {
  return isHeld(item) ? 'locked' : item.decision;
}

/** Why the object has not gone. */
export function heldError({ key, heldBy }: UndoItem): SetupError {
  return new SetupError({
    code: 'locked',
    source: 'azure',
    message: heldText(heldBy ?? []),
    remedy: t('Ask whoever set the lock to lift it; locks are never removed by this extension.'),
    object: key,
  });
}

/** Tags are written, not deleted; locks don't reach data, and the directory has none. */
function heldItem(item: UndoItem, locks: readonly Lock[]): UndoItem {
  if (item.decision === 'keep' || item.kind === 'projectRecord') return item;
  const heldBy = locksOn(locks, item.id, item.decision !== 'untag');
  if (heldBy.length === 0) return item;
  return { ...item, heldBy, why: `${item.why} ${heldText(heldBy)}` };
}

function isMark({ key, kind, decision }: UndoItem): boolean {
  const isKept = decision === 'keep';
  return !isKept && (decision === 'untag' || kind === 'projectRecord' || key === 'storageAccount');
}

function waitingFor(item: UndoItem, held: readonly UndoItem[]): UndoItem {
  const earlier = held.filter(({ stage }) => stage < item.stage).map(({ key }) => key);
  return { ...item, after: [...new Set([...item.after, ...earlier])] };
}

function waitingItem(item: UndoItem, byKey: ReadonlyMap<string, UndoItem>): UndoItem {
  if (item.decision === 'keep' || isHeld(item)) return item;
  const first = heldBefore(item, byKey);
  if (first?.heldBy === undefined) return item;
  const why = t('Stays while {0} does, which a lock holds.', first.name);
  return { ...item, heldBy: first.heldBy, why: `${item.why} ${why}` };
}

/** The held object that this one waits for, at once or by way of others. */
function heldBefore(
  { after }: UndoItem,
  byKey: ReadonlyMap<string, UndoItem>,
): UndoItem | undefined {
  const before = after.flatMap((key) => byKey.get(key) ?? []);
  return before.find(isHeld) ?? before.flatMap((each) => heldBefore(each, byKey) ?? [])[0];
}

function heldText(locks: readonly Lock[]): string {
  const named = locks.map((lock) => t('the lock “{0}” on {1}', lock.name, placeOf(lock)));
  return t('Held by {0}.', named.join(', '));
}

function placeOf({ scope }: Lock): string {
  const group = groupOf(scope);
  if (group === undefined) return t('the subscription');
  return /\/providers\//i.test(scope) ? nameOf(scope) : t('the resource group {0}', group);
}
