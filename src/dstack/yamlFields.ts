import { t } from '@vscode/l10n';
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { applySplices, pairOf, setField, type Splice } from './yamlEdit.ts';
import { scalarKind } from './yamlScalar.ts';
import { parseYamlSource, type YamlSource } from './yamlSource.ts';
import type { YamlMapValue, YamlValue } from './yamlWrite.ts';

/** The text of a file after an edit. */
export interface YamlEdit {
  readonly text: string;
  readonly changed: boolean;
}

/** The file's map; undefined for a file without a value. */
export function rootMap(source: YamlSource): YAMLMap | undefined {
  const { root } = source;
  if (!root || scalarKind(root) === 'null') return undefined;
  if (!isMap(root)) throw source.refusal(root.range?.[0] ?? 0, t('not a map'));
  return root;
}

/**
 * The maps in the list under `key`; none where there is no list yet.
 *
 * @throws SetupError `yaml_refused` if something else than a list of maps stands there.
 */
export function mapsUnder(source: YamlSource, map: YAMLMap | undefined, key: string): YAMLMap[] {
  const value = map && pairOf(map, key)?.value;
  if (!value || scalarKind(value) === 'null') return [];
  if (!isSeq(value)) throw source.refusal(value.range?.[0] ?? 0, t('“{0}” is not a list', key));
  return (value.items as Node[]).map((item) => {
    if (!isMap(item)) {
      throw source.refusal(item.range?.[0] ?? 0, t('an entry of “{0}” that is not a map', key));
    }
    return item;
  });
}

/** The text of a field; undefined where it is none. */
export function textOf(map: YAMLMap, key: string): string | undefined {
  const value = pairOf(map, key)?.value;
  if (!isScalar(value)) return undefined;
  const kind = scalarKind(value);
  return kind === 'text' || kind === 'wholeNumber' ? String(value.value) : undefined;
}

/**
 * The one map of the list whose `key` is `value`.
 *
 * @throws SetupError `yaml_refused` if there are two.
 */
export function oneWith(
  source: YamlSource,
  maps: readonly YAMLMap[],
  key: string,
  value: string,
): YAMLMap | undefined {
  const [one, two] = maps.filter((map) => textOf(map, key) === value);
  if (two) throw source.refusal(two.range?.[0] ?? 0, t('a second entry for “{0}”', value));
  return one;
}

/** The splices that give a map these fields; fields that are right already keep their bytes. */
export function setFields(source: YamlSource, map: YAMLMap, fields: YamlMapValue): Splice[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined || isSame(pairOf(map, key)?.value, value)) return [];
    return setField(source, map, key, value);
  });
}

/** Whether a map has these fields; others it may have too. */
export function hasFields(map: YAMLMap | undefined, fields: YamlMapValue): boolean {
  return (
    map !== undefined &&
    Object.entries(fields).every(
      ([key, value]) => value === undefined || isSame(pairOf(map, key)?.value, value),
    )
  );
}

/** Whether a node is this value to PyYAML; a missing one is null. */
function isSame(node: Node | null | undefined, value: YamlValue): boolean {
  if (!node) return value === null;
  if (isScalar(node)) return isSameScalar(node, value);
  if (isSeq(node)) {
    return (
      Array.isArray(value) &&
      value.length === node.items.length &&
      value.every((each: YamlValue, index) => isSame(node.items[index] as Node, each))
    );
  }
  if (!isMap(node) || value === null || typeof value !== 'object' || Array.isArray(value)) {
    return false;
  }
  const fields = value as YamlMapValue;
  const wanted = Object.keys(fields).filter((key) => fields[key] !== undefined);
  return wanted.length === node.items.length && hasFields(node, fields);
}

function isSameScalar(node: Node, value: YamlValue): boolean {
  const kind = scalarKind(node);
  const text = isScalar(node) ? String(node.value) : '';
  if (value === null) return kind === 'null';
  if (typeof value === 'boolean') {
    return kind === 'bool' && /^(?:true|yes|on)$/i.test(text) === value;
  }
  return kind === 'text' && text === value;
}

/**
 * The text with the splices in place, read again: if it is not what was wanted, or anything beside
 * our entry means something else now, the edit is refused.
 */
export function finishEdit(
  source: YamlSource,
  splices: readonly Splice[],
  check: {
    /** Whether our entry is as wanted. */
    readonly isRight: (after: YamlSource) => boolean;
    /** Whether this node, a map in a list, is our entry. */
    readonly isOurs: (map: YAMLMap) => boolean;
  },
): YamlEdit {
  const text = applySplices(source.text, splices);
  if (text === source.text) return { text, changed: false };
  if (!isSound(source, text, check)) {
    throw source.refusal(splices[0]?.start ?? 0, t('written in a way that cannot be edited here'));
  }
  return { text, changed: true };
}

function isSound(
  source: YamlSource,
  text: string,
  check: Parameters<typeof finishEdit>[2],
): boolean {
  try {
    const after = parseYamlSource(source.file, text);
    return check.isRight(after) && others(source, check.isOurs) === others(after, check.isOurs);
  } catch {
    return false;
  }
}

/** All that the file says beside our entry, as one text. An empty list counts as none. */
function others(source: YamlSource, isOurs: (map: YAMLMap) => boolean): string {
  const map = rootMap(source);
  const lines = (map?.items ?? []).map((pair) => {
    const value = pair.value as Node | null;
    const items = isSeq(value) ? (value.items as Node[]) : [value];
    const kept = items.filter(
      (item) => item && scalarKind(item) !== 'null' && !(isMap(item) && isOurs(item)),
    );
    return kept.map((item) => [String(pair.key), plain(source, item)]);
  });
  return JSON.stringify(lines.flat());
}

function plain(source: YamlSource, node: Node | null): unknown {
  // The limit keeps a chain of aliases from growing into gigabytes.
  return source.document && node?.toJS(source.document, { maxAliasCount: 100 });
}
