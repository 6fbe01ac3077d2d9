import { writeText } from './yamlScalar.ts';

/** A value as we write it. Keys with `undefined` are left out. */
export type YamlValue = string | boolean | null | readonly YamlValue[] | YamlMapValue;
export type YamlMapValue = { readonly [key: string]: YamlValue | undefined };

/** A value in flow style, on one line: `{name: "a", regions: ["b"]}`. */
export function writeFlow(value: YamlValue): string {
  if (typeof value === 'string') return writeText(value, 'quoted');
  if (isPlainWord(value)) return String(value);
  if (isList(value)) return `[${value.map(writeFlow).join(', ')}]`;
  const pairs = entriesOf(value).map(([key, each]) => `${key}: ${writeFlow(each)}`);
  return `{${pairs.join(', ')}}`;
}

/**
 * A map in block style, one pair a line, each at `column`. Nested maps and lists of maps are blocks,
 * lists of texts stay on their line.
 */
export function blockLines(value: YamlMapValue, column: number): string[] {
  const pad = ' '.repeat(column);
  return entriesOf(value).flatMap(([key, each]) => {
    if (typeof each === 'string' || isPlainWord(each) || isTextList(each)) {
      return [`${pad}${key}: ${writeInBlock(each)}`];
    }
    if (!isList(each)) return [`${pad}${key}:`, ...blockLines(each, column + 2)];
    return [`${pad}${key}:`, ...each.flatMap((item) => itemLines(item, column))];
  });
}

/** One list item in block style, its dash at `column`. */
export function itemLines(item: YamlValue, column: number): string[] {
  const pad = ' '.repeat(column);
  if (typeof item === 'string' || isPlainWord(item)) return [`${pad}- ${writeInBlock(item)}`];
  if (isList(item)) return [`${pad}- ${writeFlow(item)}`];
  const [first, ...rest] = blockLines(item, column + 2);
  return [`${pad}- ${(first ?? '{}').trimStart()}`, ...rest];
}

/** A value in a block context, on one line. */
export function writeInBlock(value: YamlValue): string {
  if (typeof value === 'string') return writeText(value, 'plain');
  return isTextList(value) ? writeTextList(value) : writeFlow(value);
}

function isTextList(value: YamlValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function writeTextList(list: readonly string[]): string {
  return `[${list.map((item) => writeText(item, 'plain')).join(', ')}]`;
}

function isPlainWord(value: YamlValue): value is boolean | null {
  return typeof value === 'boolean' || value === null;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function entriesOf(map: YamlMapValue): [string, YamlValue][] {
  return Object.entries(map)
    .filter((entry): entry is [string, YamlValue] => entry[1] !== undefined)
    .map(([key, value]) => [writeText(key, 'plain'), value]);
}
