import { t } from '@vscode/l10n';
import {
  CST,
  isCollection,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { writeText } from './yamlScalar.ts';
import type { YamlSource } from './yamlSource.ts';
import {
  blockLines,
  itemLines,
  writeFlow,
  writeInBlock,
  type YamlMapValue,
  type YamlValue,
} from './yamlWrite.ts';

/** New text in the place of the characters from `start` to `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with every splice in its place. Splices must not overlap; all else stays byte for byte. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}

/** Where a parsed node stands: without its anchor; a collection with the line end of its last line. */
export function rangeOf(source: YamlSource, node: Node): readonly [number, number] {
  if (!node.range) throw source.refusal(0, t('a value without a place'));
  return [node.range[0], node.range[1]];
}

/** The pair of a map whose key is this text. */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  const found = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  return found as Pair<Node, Node | null> | undefined;
}

/** Gives a map's field another value, or adds it. */
export function setField(
  source: YamlSource,
  map: YAMLMap,
  key: string,
  value: YamlValue,
): Splice[] {
  const pair = pairOf(map, key);
  if (!pair) return [addPair(source, map, key, value)];
  return replaceValue(source, map, pair, value);
}

/** Puts another value in the place of a map's value, in one line. */
function replaceValue(
  source: YamlSource,
  map: YAMLMap,
  pair: Pair<Node, Node | null>,
  value: YamlValue,
): Splice[] {
  const afterColon = colonOf(source, pair) + 1;
  const node = pair.value;
  const [start, end] = node ? rangeOf(source, node) : [afterColon, afterColon];
  const old = source.text.slice(start, end);
  const text = map.flow ? writeFlow(value) : writeLike(old, value);
  const besideKey = { start: afterColon, end: afterColon, text: ` ${text}` };
  if (start === end) return [besideKey];
  if (isCollection(node) && !node.flow) return [besideKey, removeBlock(source, start, end)];
  // The text of a block scalar ends with its line, and that line end stays.
  const lineEnd = /(?:\r?\n *)+$/.exec(old)?.[0] ?? '';
  return [{ start, end: end - lineEnd.length, text }];
}

function writeLike(old: string, value: YamlValue): string {
  if (typeof value !== 'string') return writeInBlock(value);
  return writeText(value, old.startsWith('"') || old.startsWith("'") ? 'quoted' : 'plain');
}

/** Adds a pair at the end of a map. */
function addPair(source: YamlSource, map: YAMLMap, key: string, value: YamlValue): Splice {
  if (map.flow) return addInFlow(source, map, `${key}: ${writeFlow(value)}`);
  const [, end] = rangeOf(source, map);
  return addLines(source, end, blockLines({ [key]: value }, columnOfKeys(source, map)));
}

/** The column of a block map's keys. An anchor before a key hides the true one, so the least counts. */
function columnOfKeys(source: YamlSource, map: YAMLMap): number {
  return Math.min(
    ...map.items.map((pair) => columnAt(source, rangeOf(source, pair.key as Node)[0])),
  );
}

function addItem(source: YamlSource, list: YAMLSeq, value: YamlMapValue): Splice {
  if (list.flow) return addInFlow(source, list, writeFlow(value));
  const [start, end] = rangeOf(source, list);
  return addLines(source, end, itemLines(value, columnAt(source, start)));
}

/**
 * Adds a map to the list under `key` of a map, or of the file where `map` is undefined; makes the
 * list, or the file's map, where there is none.
 */
export function addToList(
  source: YamlSource,
  map: YAMLMap | undefined,
  key: string,
  value: YamlMapValue,
): Splice[] {
  if (!map) return addRoot(source, { [key]: [value] });
  const pair = pairOf(map, key);
  if (!pair) return [addPair(source, map, key, [value])];
  if (isSeq(pair.value)) return [addItem(source, pair.value, value)];
  const range = pair.value?.range;
  const isWritten = range !== undefined && range !== null && range[0] !== range[1];
  if (map.flow || isWritten) return replaceValue(source, map, pair, [value]);
  const lines = itemLines(value, columnOfKeys(source, map));
  return [addLines(source, colonOf(source, pair), lines)];
}

/** Gives a map to a file without one: empty, only comments, or `null`. */
function addRoot(source: YamlSource, value: YamlMapValue): Splice[] {
  const { root, text } = source;
  if (!root) return [addLines(source, text.length, blockLines(value, 0))];
  const [start, end] = rangeOf(source, root);
  if (start === end) return [addLines(source, start, blockLines(value, 0))];
  return [{ start, end, text: writeFlow(value) }];
}

/** Adds lines after the line on which `offset` stands, or has just ended. */
function addLines(source: YamlSource, offset: number, lines: readonly string[]): Splice {
  const { text, eol } = source;
  const block = lines.join(eol);
  const lineFeed = text[offset - 1] === '\n' ? offset - 1 : text.indexOf('\n', offset);
  const at = lineFeed < 0 ? text.length : lineFeed + 1;
  // A file without a final line end goes on without one.
  const ended = lineFeed >= 0 || text === '' || text === '\uFEFF';
  return { start: at, end: at, text: ended ? block + eol : eol + block };
}

function addInFlow(source: YamlSource, collection: YAMLMap | YAMLSeq, text: string): Splice {
  const [start] = rangeOf(source, collection);
  const last: unknown = collection.items.at(-1);
  if (last === undefined) return { start: start + 1, end: start + 1, text };
  const node = (isPair(last) ? (last.value ?? last.key) : last) as Node;
  const [, end] = rangeOf(source, node);
  return { start: end, end, text: `, ${text}` };
}

/**
 * Removes an item of the list that is a pair's value: with its lines, or with one comma. Comments
 * beside it stay. A block list that becomes empty is written as `[]`.
 */
export function removeItem(
  source: YamlSource,
  pair: Pair<Node, Node | null>,
  list: YAMLSeq,
  index: number,
): Splice[] {
  const item = list.items[index] as Node;
  if (list.flow) return removeFromFlow(source, list, index, item);
  const dash = tokenBefore(source, list, index, 'seq-item-ind');
  const removal = removeBlock(source, dash, rangeOf(source, item)[1]);
  if (list.items.length > 1) return [removal];
  const at = colonOf(source, pair) + 1;
  return [{ start: at, end: at, text: ' []' }, removal];
}

function removeFromFlow(source: YamlSource, list: YAMLSeq, index: number, item: Node): Splice[] {
  const [start, end] = rangeOf(source, item);
  if (list.items.length === 1) return [{ start, end, text: '' }];
  const comma = tokenBefore(source, list, Math.max(index, 1), 'comma');
  const spaces = / *$/.exec(source.text.slice(0, start))?.[0].length ?? 0;
  // The spaces between comma and item go with them, unless a line end or a comment is there too.
  if (index > 0 && comma + 1 === start - spaces) return [{ start: comma, end, text: '' }];
  const after = index === 0 ? (/^ */.exec(source.text.slice(comma + 1))?.[0].length ?? 0) : 0;
  return [
    { start, end, text: '' },
    { start: comma, end: comma + 1 + after, text: '' },
  ];
}

/** Removes the lines of a block that starts at `start` and ends at, or on the line of, `end`. */
function removeBlock(source: YamlSource, start: number, end: number): Splice {
  const { text } = source;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (!/^\uFEFF? *$/.test(text.slice(lineStart, start))) {
    throw source.refusal(start, t('an entry that does not start its line'));
  }
  const lineFeed = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  if (lineFeed >= 0) return { start: lineStart, end: lineFeed + 1, text: '' };
  // A file without a final line end goes on without one.
  const lineEnd = /\r?\n$/.exec(text.slice(0, lineStart))?.[0] ?? '';
  return { start: lineStart - lineEnd.length, end: text.length, text: '' };
}

/** The offset of the dash or comma that leads to an item. */
function tokenBefore(
  source: YamlSource,
  list: YAMLSeq,
  index: number,
  type: 'comma' | 'seq-item-ind',
): number {
  const token = list.srcToken;
  const items = token && CST.isCollection(token) ? token.items : [];
  const found = items[index]?.start.find((each) => each.type === type);
  if (!found) throw source.refusal(rangeOf(source, list)[0], t('a list written in an unusual way'));
  return found.offset;
}

function colonOf(source: YamlSource, pair: Pair<Node, Node | null>): number {
  const found = pair.srcToken?.sep?.find((token) => token.type === 'map-value-ind');
  if (!found) throw source.refusal(rangeOf(source, pair.key)[0], t('a key without its colon'));
  return found.offset;
}

/** The column of an offset, from 0; a BOM takes none. */
function columnAt(source: YamlSource, offset: number): number {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const bom = lineStart === 0 && source.text.startsWith('\uFEFF') ? 1 : 0;
  return offset - lineStart - bom;
}
