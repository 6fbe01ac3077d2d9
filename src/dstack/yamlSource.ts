import { t } from '@vscode/l10n';
import {
  CST,
  isAlias,
  isCollection,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml';
import { SetupError } from '../setup/errors.ts';

/**
 * A YAML file that dstack reads too, parsed for editing in place: nodes know their place in `text`.
 *
 * dstack reads with PyYAML (YAML 1.1), which is stricter than the parser here about characters and
 * tabs. What the two could read differently is refused, so that a file we have edited always loads.
 */
export interface YamlSource {
  /** How the file is called in messages, e.g. `.dstack/config.yml`. */
  readonly file: string;
  readonly text: string;
  /** The line ending to write: that of the file's first line, or `\n`. */
  readonly eol: '\n' | '\r\n';
  readonly document: Document | undefined;
  /** The document's value; undefined for a file without one (empty, or only comments). */
  readonly root: Node | undefined;
  /** The line of an offset, from 1. */
  lineAt(offset: number): number;
  /** The refusal of this file for what stands at `offset`. Never quotes the file: it may hold a token. */
  refusal(offset: number, why: string): SetupError;
}

/** Far above any real file; keeps a hostile one from holding the editor. */
const MAX_LENGTH = 1_000_000;

/**
 * PyYAML refuses all others (its reader's NON_PRINTABLE). NEL, LS and PS are line ends to PyYAML but
 * not to YAML 1.2, a lone CR is one to Python; a BOM belongs at the start.
 */
const UNREADABLE =
  /\r(?!\n)|[\u0085\u2028\u2029]|(?!^)\uFEFF|[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Parses a file for editing.
 *
 * @throws SetupError `yaml_refused` with the line, for everything that is not sound YAML to both
 * parsers, and for tags, further documents and duplicate keys.
 */
export function parseYamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const refusal = (offset: number, why: string): SetupError =>
    yamlRefusal(file, lineAt(offset), why);
  if (text.length > MAX_LENGTH) throw refusal(0, t('the file is longer than 1,000,000 characters'));
  const unreadable = UNREADABLE.exec(text);
  if (unreadable) throw refusal(unreadable.index, t('a character that dstack cannot read'));
  refuseTokens(text, refusal);
  const document = parseOne(text, refusal);
  const root = document?.contents ?? undefined;
  return {
    file,
    text,
    eol: /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n',
    document,
    root,
    lineAt,
    refusal,
  };
}

/** The refusal of a file with errors: it is named by line and left as it was. */
export function yamlRefusal(file: string, line: number, why: string): SetupError {
  return new SetupError({
    code: 'yaml_refused',
    source: 'user',
    message: t('{0} was not changed: line {1}: {2}.', file, String(line), why),
    remedy: t('Correct line {0} of {1} and try again.', String(line), file),
    object: file,
    line,
  });
}

type Refusal = YamlSource['refusal'];

function parseOne(text: string, refusal: Refusal): Document | undefined {
  let documents;
  try {
    documents = parseAllDocuments(text, {
      schema: 'failsafe',
      keepSourceTokens: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } catch (error) {
    // The parser recurses: thousands of nested brackets end in a RangeError, others in its own.
    throw refusal(
      0,
      error instanceof RangeError ? t('nested too deeply') : t('not readable as YAML'),
    );
  }
  if (!Array.isArray(documents)) return undefined;
  const [document, second] = documents;
  for (const each of documents) {
    const problem = each.errors[0] ?? each.warnings[0];
    if (problem) throw refusal(problem.pos[0], PROBLEMS[problem.code]?.() ?? t('not sound YAML'));
  }
  if (second) throw refusal(second.range[0], t('a second YAML document starts here'));
  if (document) refuseUnreadableKeys(text, document, refusal);
  return document;
}

/** Keys that PyYAML refuses: lists, maps, nothing at all, over several lines; and a merge of what is no map. */
function refuseUnreadableKeys(text: string, document: Document, refusal: Refusal): void {
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair: (_, { key, value }) => {
      const [at, end] = (isNode(key) ? key.range : undefined) ?? [0, 0];
      if (text.slice(at, end).includes('\n')) throw refusal(at, t('a key over several lines'));
      const target = resolved(key);
      if (!isScalar(target) || target.source === '') throw refusal(at, t('a key that is not text'));
      if (target.source === '<<' && !isCollection(resolved(value))) {
        throw refusal(at, t('a merge key without a map'));
      }
    },
  });
}

/** In our own words, because the parser's quote the file. */
const PROBLEMS: Readonly<Partial<Record<string, () => string>>> = {
  DUPLICATE_KEY: () => t('the same key stands twice'),
  MULTIPLE_ANCHORS: () => t('a value with two anchors'),
  BAD_ALIAS: () => t('an alias without its anchor'),
  BAD_INDENT: () => t('wrong indentation'),
  MISSING_CHAR: () => t('a missing bracket, quote or colon'),
  TAB_AS_INDENT: () => t('a tab where YAML needs spaces'),
  MULTILINE_IMPLICIT_KEY: () => t('a key that goes over several lines'),
};

/** What PyYAML's scanner refuses or we do not edit: tabs, tags, odd anchors, keys after “?”. */
function refuseTokens(text: string, refusal: Refusal): void {
  let offset = 0;
  let afterMarker = false;
  let inBlockScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === CST.SCALAR) {
      afterMarker = true;
      continue;
    }
    if (lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END) continue;
    const type = afterMarker ? 'plain' : CST.tokenType(lexeme);
    if ((type === 'anchor' || type === 'alias') && !/^[&*][\w-]+$/.test(lexeme)) {
      throw refusal(offset, t('an anchor with other characters than letters and digits'));
    }
    if (type === 'explicit-key-ind') throw refusal(offset, t('a key after “?”'));
    if (type === 'tag') throw refusal(offset, t('a tag, which is not edited here'));
    if (lexeme.includes('\t') && !mayHoldTabs(type, inBlockScalar)) {
      throw refusal(offset + lexeme.indexOf('\t'), t('a tab where YAML needs spaces'));
    }
    if (type === 'block-scalar-header') inBlockScalar = true;
    else if (type === 'plain') inBlockScalar = false;
    offset += lexeme.length;
    afterMarker = false;
  }
}

function mayHoldTabs(type: string | null, inBlockScalar: boolean): boolean {
  return (
    type === 'comment' ||
    type === 'single-quoted-scalar' ||
    type === 'double-quoted-scalar' ||
    (type === 'plain' && inBlockScalar)
  );
}
