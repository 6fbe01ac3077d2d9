import type { UndoIntent } from './undoIntent.ts';

/** Longer than any name or key of ours. */
const MAX_TEXT = 2000;

/** Whether this really is an intent of the page, which types can't say at run time. */
export function parseUndoIntent(value: unknown): UndoIntent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = (key: string): unknown => (Object.hasOwn(value, key) ? Reflect.get(value, key) : 0);
  const kind = read('kind');
  switch (kind) {
    case 'ready':
    case 'lookAgain':
    case 'undo':
    case 'cancel':
    case 'leave':
    case 'openReceipt':
    case 'saveReceipt':
      return { kind };
    case 'tick': {
      const [key, on] = [read('key'), read('on')];
      return isText(key) && typeof on === 'boolean' ? { kind, key, on } : undefined;
    }
    case 'tickFolders':
    case 'withoutServer': {
      const on = read('on');
      return typeof on === 'boolean' ? { kind, on } : undefined;
    }
    case 'type': {
      const text = read('value');
      return isText(text) ? { kind, value: text } : undefined;
    }
    case 'purge': {
      const key = read('key');
      return isText(key) ? { kind, key } : undefined;
    }
    default:
      return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}
