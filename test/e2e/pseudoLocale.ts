import { readFile } from 'node:fs/promises';
import path from 'node:path';

/*
 * A language that shows what was forgotten: each of our texts in ⟦ ⟧, accented and 40 % longer, and
 * what a state brings in ⦃ ⦄, as it is data or was translated by the host.
 */

const bundle = path.resolve(import.meta.dirname, '../../l10n/bundle.l10n.json');

const ACCENTS: Readonly<Record<string, string>> = {
  ...{ a: 'á', c: 'ç', e: 'é', g: 'ğ', i: 'í', l: 'ļ', n: 'ñ', o: 'ö', s: 'š', u: 'ü', y: 'ý' },
  ...{ A: 'Å', C: 'Ç', D: 'Ð', E: 'É', I: 'Î', N: 'Ñ', O: 'Ö', R: 'Ŕ', S: 'Š', T: 'Ţ', W: 'Ŵ' },
};

/** What of a state decides something rather than being read. */
const DECIDES = new Set([
  ...['step', 'verdict', 'status', 'decision', 'outcome', 'action', 'id', 'key', 'code', 'kind'],
  ...['value', 'actions', 'inUse', 'field', 'revision'],
]);

/** English to pseudo-localised, for every text of the bundle. */
export async function pseudoTexts(): Promise<Readonly<Record<string, string>>> {
  const texts = JSON.parse(await readFile(bundle, 'utf8')) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, pseudo(key, text)]));
}

/** The state with each text that is read in ⦃ ⦄. */
export function marked<State extends object>(state: State): State {
  return markedIn(state, '') as State;
}

/** What of a text is neither one of ours, translated, nor out of the state. */
export function leftInEnglish(text: string): string {
  // Ours may hold data and data ours: from the inside out.
  const rest = text.replaceAll(/⟦[^⟦⟧⦃⦄]*⟧|⦃[^⟦⟧⦃⦄]*⦄/g, '');
  if (rest !== text) return leftInEnglish(rest);
  return /\p{L}/u.test(rest) ? rest.trim() : '';
}

function pseudo(key: string, text: unknown): string {
  const english = typeof text === 'string' ? text : (text as { message?: string }).message;
  if (english === undefined) throw new Error(`The bundle has no text for “${key}”.`);
  // What stands in braces is a place for an argument.
  const accented = english
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith('{') ? part : part.replaceAll(/\w/g, accent)))
    .join('');
  const longer = 'ö ñé '.repeat(Math.ceil((english.length * 0.4) / 5)).trimEnd();
  return `⟦${accented} ${longer}⟧`;
}

function accent(letter: string): string {
  return ACCENTS[letter] ?? letter;
}

/** An action of a plan decides; an action that a role allows is read. */
function decides(key: string, value: string): boolean {
  return DECIDES.has(key) && !(key === 'action' && value.includes('/'));
}

function markedIn(value: unknown, key: string): unknown {
  if (typeof value === 'string') return value === '' || decides(key, value) ? value : `⦃${value}⦄`;
  if (Array.isArray(value)) return value.map((each: unknown) => markedIn(each, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, markedIn(each, name)]),
  );
}
