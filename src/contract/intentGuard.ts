import type { WizardIntent } from './wizardIntent.ts';
import {
  DONE_ACTIONS,
  EXPORT_FORMATS,
  EXTRAS,
  FIELD_ACTIONS,
  FORM_PARTS,
  HAND_OFF_ACTIONS,
  PROBLEM_ACTIONS,
  SECRET_FIELDS,
  SELECT_FIELDS,
  TEXT_FIELDS,
} from './wizardState.ts';

/** Longer than anything a person types or Azure names; what is longer did not come from our page. */
const MAX_TEXT = 2000;

/** Types do not exist at run time: whether this really is an intent of the page, or undefined. */
export function parseIntent(value: unknown): WizardIntent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = (key: string): unknown => (Object.hasOwn(value, key) ? Reflect.get(value, key) : 0);
  const kind = read('kind');
  switch (kind) {
    case 'ready':
    case 'review':
    case 'backToForm':
    case 'cancel':
    case 'continue':
    case 'leave':
    case 'undo':
      return { kind };
    case 'choose':
      return whole({
        kind,
        field: oneOf(SELECT_FIELDS, read('field')),
        value: text(read('value')),
      });
    case 'search':
      return whole({ kind, field: oneOf(SELECT_FIELDS, read('field')), text: text(read('text')) });
    case 'type':
      return whole({ kind, field: oneOf(TEXT_FIELDS, read('field')), value: text(read('value')) });
    case 'secret':
      return whole({
        kind,
        field: oneOf(SECRET_FIELDS, read('field')),
        value: text(read('value')),
      });
    case 'extra':
      return whole({
        kind,
        extra: oneOf(EXTRAS, read('extra')),
        checked: flag(read('checked')),
      });
    case 'showPart':
      return whole({ kind, part: oneOf(FORM_PARTS, read('part')), open: flag(read('open')) });
    case 'nextPart':
      return whole({ kind, part: oneOf(FORM_PARTS, read('part')) });
    case 'useSuggestion':
      return whole({ kind, field: oneOf(TEXT_FIELDS, read('field')) });
    case 'fieldAction':
      return whole({
        kind,
        field: anyField(read('field')),
        action: oneOf(FIELD_ACTIONS, read('action')),
      });
    case 'retryField':
      return whole({ kind, field: anyField(read('field')) });
    case 'problemAction':
      return whole({ kind, action: oneOf(PROBLEM_ACTIONS, read('action')) });
    case 'apply':
      return whole({ kind, planId: text(read('planId')) });
    case 'retryStep':
      return whole({ kind, key: text(read('key')) });
    case 'handOff':
      return whole({ kind, action: oneOf(HAND_OFF_ACTIONS, read('action')) });
    case 'exportPlan':
      return whole({ kind, format: oneOf(EXPORT_FORMATS, read('format')) });
    case 'doneAction':
      return whole({ kind, action: oneOf(DONE_ACTIONS, read('action')) });
    default:
      return undefined;
  }
}

type Whole<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** The object if none of its parts is missing. */
function whole<T extends object>(parts: T): Whole<T> | undefined {
  return isWhole(parts) ? parts : undefined;
}

function isWhole<T extends object>(parts: T): parts is T & Whole<T> {
  return Object.values(parts).every((part) => part !== undefined);
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((each) => each === value);
}

function anyField(value: unknown) {
  return oneOf([...SELECT_FIELDS, ...TEXT_FIELDS, ...SECRET_FIELDS], value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
