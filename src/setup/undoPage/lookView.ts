import { t } from '@vscode/l10n';
import type { UndoItemView, UndoLookView } from '../../contract/undoState.ts';
import { leftOnServer } from '../leftOnServer.ts';
import { isHeld, shownDecision } from '../undoLocks.ts';
import { kindLabel } from '../resources/kinds.ts';
import type { UndoItem, UndoPlan } from '../undoPlan.ts';
import { problemView } from '../wizard/problem.ts';

/** What the person has decided so far. */
export interface UndoChoices {
  readonly ticked: ReadonlySet<string>;
  readonly cleansFolders: boolean;
  readonly withoutServer: boolean;
  readonly typed: string;
}

/** The plan of an undo as the page draws it, with what the person has decided. */
export function lookView(
  plan: UndoPlan,
  folders: readonly string[],
  choices: UndoChoices,
): UndoLookView {
  const isSilent = plan.blockers.some(({ code }) => code === 'server_unreachable');
  const whyNot = reasonAgainst(plan, folders, choices);
  return {
    items: plan.items.map((item) => itemView(item, choices.ticked)),
    foreign: plan.foreign,
    notes: choices.withoutServer ? [...plan.notes, ...leftNote(plan)] : plan.notes,
    blockers: plan.blockers.map((error) => problemView(error)),
    ...(isSilent || choices.withoutServer ? { withoutServer: choices.withoutServer } : {}),
    ...(folders.length === 0 ? {} : { folders: { names: folders, ticked: choices.cleansFolders } }),
    typed: choices.typed,
    canUndo: whyNot === undefined,
    ...(whyNot === undefined ? {} : { whyNot }),
  };
}

function leftNote({ project }: UndoPlan): readonly string[] {
  const left = leftOnServer(project.spec);
  return left === undefined ? [] : [left];
}

function reasonAgainst(
  plan: UndoPlan,
  folders: readonly string[],
  { ticked, typed, cleansFolders }: UndoChoices,
): string | undefined {
  const [blocker] = plan.blockers;
  if (blocker !== undefined) return blocker.message;
  const isEmpty = !plan.items.some((item) => isToGo(item, ticked));
  if (isEmpty && plan.items.some(isHeld)) return t('Locks hold all that could be deleted.');
  if (isEmpty && (folders.length === 0 || !cleansFolders)) return t('There is nothing to delete.');
  const { name } = plan.project.spec;
  return typed.trim() === name ? undefined : t('Type the name of the project to confirm.');
}

/** Whether something happens to the object. */
export function isToGo(item: UndoItem, ticked: ReadonlySet<string>): boolean {
  switch (shownDecision(item)) {
    case 'remove':
    case 'untag':
      return true;
    case 'ask':
      return ticked.has(item.key);
    case 'keep':
    case 'locked':
      return false;
  }
}

function itemView(item: UndoItem, ticked: ReadonlySet<string>): UndoItemView {
  const { key, name, why } = item;
  const decision = shownDecision(item);
  const view = { key, kindLabel: labelOf(item), name, decision, why };
  return decision === 'ask' ? { ...view, ticked: ticked.has(key) } : view;
}

/** What an object of an undo is called on the screen. */
export function labelOf({ kind }: Pick<UndoItem, 'kind'>): string {
  return kind === 'server' ? t('dstack server') : kindLabel(kind);
}
