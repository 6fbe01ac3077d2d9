import { t } from '@vscode/l10n';
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { plainKind, scalarKind } from './yamlScalar.ts';
import type { YamlSource } from './yamlSource.ts';
import { pairOf, rangeOf } from './yamlEdit.ts';

/** A project as the dstack CLI knows it. */
export interface CliProject {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly default: boolean;
}

/** A project with its place in the file. */
export interface CliEntry {
  readonly project: CliProject;
  readonly offset: number;
  /** Undefined where the entry is an alias of another one. */
  readonly map: YAMLMap | undefined;
}

type Fields = ReadonlyMap<string, Node | null>;

/** What the CLI's models allow; one key more and it takes the whole file for empty (dstack-facts D). */
const PROJECT_KEYS = ['name', 'url', 'token', 'default'];
const REPO_KEYS = ['path', 'repo_id', 'repo_type', 'ssh_key_path'];

/**
 * The projects of a CLI config, in the file's order.
 *
 * @throws SetupError `yaml_refused` with the line, for whatever the CLI itself would not accept.
 */
export function readEntries(source: YamlSource): CliEntry[] {
  const { root } = source;
  if (!root || scalarKind(root) === 'null') return [];
  if (!isMap(root)) throw source.refusal(offsetOf(source, root), t('not a map of “projects”'));
  for (const pair of root.items) {
    const key = keyText(source, pair.key as Node);
    if (key !== 'projects' && key !== 'repos') {
      throw source.refusal(
        offsetOf(source, pair.key as Node),
        t('a key that dstack does not know'),
      );
    }
  }
  checkRepos(source, root);
  const list = projectList(source, root);
  return (list?.items ?? []).map((item) => readEntry(source, item as Node));
}

/** The list under `projects`; undefined where there is none yet. */
export function projectList(source: YamlSource, root: YAMLMap): YAMLSeq | undefined {
  const pair = pairOf(root, 'projects');
  if (!pair?.value || scalarKind(pair.value) === 'null') return undefined;
  if (!isSeq(pair.value)) {
    throw source.refusal(offsetOf(source, pair.value), t('“projects” is not a list'));
  }
  return pair.value;
}

function readEntry(source: YamlSource, item: Node): CliEntry {
  const fields = fieldsOf(source, item, PROJECT_KEYS);
  const offset = offsetOf(source, item);
  const text = (key: string): string => textField(source, fields, key, offset);
  return {
    project: {
      name: text('name'),
      url: text('url'),
      token: text('token'),
      default: defaultField(source, fields.get('default')),
    },
    offset,
    map: isMap(item) ? item : undefined,
  };
}

/** A map's own and merged-in fields, aliases resolved. */
function fieldsOf(
  source: YamlSource,
  item: Node,
  known: readonly string[],
  within: readonly Node[] = [],
): Fields {
  const map = resolved(source, item);
  if (!isMap(map) || within.includes(map)) {
    throw source.refusal(offsetOf(source, item), t('an entry that is not a map of fields'));
  }
  const own = new Map<string, Node | null>();
  const merged = new Map<string, Node | null>();
  for (const pair of map.items) {
    const key = keyText(source, pair.key as Node);
    const value = pair.value as Node | null;
    if (key === '<<' && value) {
      for (const [name, node] of mergedFields(source, value, known, [...within, map])) {
        if (!merged.has(name)) merged.set(name, node);
      }
    } else if (known.includes(key)) {
      own.set(key, value && resolved(source, value));
    } else {
      throw source.refusal(
        offsetOf(source, pair.key as Node),
        t('a key that dstack does not know'),
      );
    }
  }
  return new Map([...merged, ...own]);
}

function mergedFields(
  source: YamlSource,
  value: Node,
  known: readonly string[],
  within: readonly Node[],
): [string, Node | null][] {
  const target = resolved(source, value);
  const bases = isSeq(target) ? (target.items as Node[]) : [target];
  return bases.flatMap((base) => [...fieldsOf(source, base, known, within)]);
}

function checkRepos(source: YamlSource, root: YAMLMap): void {
  const pair = pairOf(root, 'repos');
  if (!pair) return;
  const list = pair.value && resolved(source, pair.value);
  if (!isSeq(list)) throw source.refusal(offsetOf(source, pair.key), t('“repos” is not a list'));
  for (const item of list.items as Node[]) {
    const fields = fieldsOf(source, item, REPO_KEYS);
    const offset = offsetOf(source, item);
    textField(source, fields, 'path', offset);
    textField(source, fields, 'repo_id', offset);
    const type = textField(source, fields, 'repo_type', offset);
    if (!['remote', 'local', 'virtual'].includes(type)) {
      throw source.refusal(offset, t('a “repo_type” that dstack does not know'));
    }
    const key = fields.get('ssh_key_path');
    if (key && scalarKind(key) !== 'null') textField(source, fields, 'ssh_key_path', offset);
  }
}

function textField(source: YamlSource, fields: Fields, key: string, offset: number): string {
  const node = fields.get(key);
  if (!node) throw source.refusal(offset, t('an entry without “{0}”', key));
  const kind = scalarKind(node);
  // dstack takes a whole number for text, digit by digit; other numbers it would write differently.
  if (!isScalar(node) || (kind !== 'text' && kind !== 'wholeNumber')) {
    throw source.refusal(offsetOf(source, node), t('“{0}” is not text; put it in quotes', key));
  }
  return String(node.value);
}

const TRUE = ['true', '1', 'on', 't', 'y', 'yes'];
const FALSE = ['false', '0', 'off', 'f', 'n', 'no'];

/** `default` as dstack's model takes it: booleans, 0 and 1, and the words for them. */
function defaultField(source: YamlSource, node: Node | null | undefined): boolean {
  if (!node || scalarKind(node) === 'null') return false;
  const word = isScalar(node) ? String(node.value).toLowerCase() : '';
  if (TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  throw source.refusal(offsetOf(source, node), t('“default” is neither true nor false'));
}

function keyText(source: YamlSource, key: Node): string {
  const node = resolved(source, key);
  if (!isScalar(node)) throw source.refusal(offsetOf(source, key), t('a key that is not text'));
  const text = String(node.value);
  const isText = scalarKind(node) === 'text' || plainKind(text) === 'text' || text === '<<';
  if (!isText) throw source.refusal(offsetOf(source, key), t('a key that is not text'));
  return text;
}

function resolved(source: YamlSource, node: Node): Node {
  if (!isAlias(node)) return node;
  const target = source.document && node.resolve(source.document);
  if (!target) throw source.refusal(offsetOf(source, node), t('an alias without its anchor'));
  return target;
}

function offsetOf(source: YamlSource, node: Node): number {
  return rangeOf(source, node)[0];
}
