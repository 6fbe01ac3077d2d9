import { t } from '@vscode/l10n';
import { isMap } from 'yaml';
import { projectList, readEntries, type CliEntry, type CliProject } from './cliConfigEntries.ts';
import { SetupError } from '../setup/errors.ts';
import { PROJECT_NAME_PATTERN } from '../setup/projectSpec.ts';
import { isSameServer, normalizeServerUrl } from './serverUrl.ts';
import { addToList, applySplices, pairOf, removeItem, setField, type Splice } from './yamlEdit.ts';
import { parseYamlSource, type YamlSource } from './yamlSource.ts';

export type { CliProject } from './cliConfigEntries.ts';

/** The entry to have in a CLI config. */
export interface CliProjectEntry {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** True makes it the default and no other; otherwise it becomes so only as the first of the file. */
  readonly default?: boolean;
}

export interface CliConfigEditOptions {
  /** How the file is called in messages; `.dstack/config.yml` unless told. */
  readonly file?: string;
  /** Whether an entry of this name that leads to another server may be replaced. */
  readonly replaceOtherServer?: boolean;
}

export interface CliConfigEdit {
  readonly text: string;
  readonly changed: boolean;
  /**
   * An entry of this name leads to another server, and the CLI knows one entry per name: nothing was
   * changed, the user is to be asked.
   */
  readonly clash?: { readonly url: string; readonly line: number };
}

const FILE = '.dstack/config.yml';

/**
 * The projects of a CLI config file.
 *
 * @throws SetupError `yaml_refused` with the line, where the CLI could not read the file either.
 */
export function readCliConfig(text: string, file = FILE): readonly CliProject[] {
  return readEntries(parseYamlSource(file, text)).map((entry) => entry.project);
}

/**
 * Adds or updates one project in the text of a CLI config file, by the rules of `dstack project add`.
 * Every byte that is not of this entry, or of a default that it takes over, stays as it was.
 *
 * @throws SetupError `yaml_refused` with the line, if the file has errors or could only be edited by
 * changing what is not ours; `cli_entry_invalid`, `server_url_…` if the entry is.
 */
export function editCliConfig(
  text: string,
  entry: CliProjectEntry,
  options: CliConfigEditOptions = {},
): CliConfigEdit {
  const wanted = { ...entry, url: normalizeServerUrl(entry.url) };
  checkEntry(wanted);
  const source = parseYamlSource(options.file ?? FILE, text);
  const entries = readEntries(source);
  const [existing, second] = entries.filter((each) => each.project.name === entry.name);
  if (second) throw source.refusal(second.offset, t('a second entry for “{0}”', entry.name));
  if (existing && !isSameServer(existing.project.url, wanted.url) && !options.replaceOtherServer) {
    const clash = { url: existing.project.url, line: source.lineAt(existing.offset) };
    return { text, changed: false, clash };
  }
  const expected = expectedProjects(entries, existing, wanted);
  const splices = existing
    ? updateSplices(source, entries, expected)
    : [
        ...updateSplices(source, entries, expected.slice(0, -1)),
        ...appendProject(source, expected.at(-1) ?? { ...wanted, default: true }),
      ];
  return finish(source, splices, expected, existing?.offset ?? 0);
}

/**
 * Removes one project of one server from the text of a CLI config file; an entry of the same name
 * that leads elsewhere stays, and so does one with another token where a token is given. As in the
 * CLI, no other project becomes the default.
 *
 * @throws SetupError `yaml_refused` with the line.
 */
export function removeFromCliConfig(
  text: string,
  entry: Pick<CliProjectEntry, 'name' | 'url'> & { readonly token?: string },
  file = FILE,
): CliConfigEdit {
  const source = parseYamlSource(file, text);
  const entries = readEntries(source);
  const index = entries.findIndex(
    ({ project }) =>
      project.name === entry.name &&
      isSameServer(project.url, entry.url) &&
      (entry.token === undefined || project.token === entry.token),
  );
  const found = entries[index];
  const pair = isMap(source.root) ? pairOf(source.root, 'projects') : undefined;
  const list = isMap(source.root) ? projectList(source, source.root) : undefined;
  if (!found || !pair || !list) return { text, changed: false };
  const expected = entries.filter((each) => each !== found).map((each) => each.project);
  return finish(source, removeItem(source, pair, list, index), expected, found.offset);
}

function checkEntry({ name, token }: CliProjectEntry): void {
  const wrong = !PROJECT_NAME_PATTERN.test(name)
    ? t('The project name may hold up to 50 letters, digits, “-” and “_”.')
    : !/^[!-~]+$/.test(token)
      ? t('The token is empty or holds a space or a character outside of ASCII.')
      : undefined;
  if (wrong === undefined) return;
  throw new SetupError({
    code: 'cli_entry_invalid',
    source: 'user',
    message: wrong,
    remedy: t('Correct it and try again.'),
  });
}

/** The file's projects after the edit, by the CLI's own rules (ConfigManager.configure_project). */
function expectedProjects(
  entries: readonly CliEntry[],
  existing: CliEntry | undefined,
  wanted: CliProjectEntry,
): CliProject[] {
  const takesOver = wanted.default === true;
  const projects = entries.map(({ project }) => {
    if (project !== existing?.project) {
      return takesOver ? { ...project, default: false } : project;
    }
    const url = isSameServer(project.url, wanted.url) ? project.url : wanted.url;
    return { ...project, url, token: wanted.token, default: takesOver || project.default };
  });
  if (existing) return projects;
  const { name, url, token } = wanted;
  return [...projects, { name, url, token, default: takesOver || entries.length === 0 }];
}

/** One splice for each value that differs. */
function updateSplices(
  source: YamlSource,
  entries: readonly CliEntry[],
  expected: readonly CliProject[],
): Splice[] {
  return entries.flatMap(({ project, map, offset }, index) => {
    const target = expected[index];
    if (!target) return [];
    const keys = (['url', 'token', 'default'] as const).filter(
      (key) => project[key] !== target[key],
    );
    if (keys.length > 0 && !map)
      throw source.refusal(offset, t('an entry that repeats another one'));
    return map ? keys.flatMap((key) => setField(source, map, key, target[key])) : [];
  });
}

function appendProject(source: YamlSource, project: CliProject): Splice[] {
  const { name, url, token } = project;
  const value = project.default ? { name, url, token, default: true } : { name, url, token };
  return addToList(source, isMap(source.root) ? source.root : undefined, 'projects', value);
}

/** Applies the splices and reads the result again: what is not as expected is refused, never returned. */
function finish(
  source: YamlSource,
  splices: readonly Splice[],
  expected: readonly CliProject[],
  offset: number,
): CliConfigEdit {
  const text = applySplices(source.text, splices);
  if (text === source.text) return { text, changed: false };
  if (!isAsExpected(source.file, text, expected)) {
    throw source.refusal(offset, t('an entry that cannot be edited without changing others'));
  }
  return { text, changed: true };
}

function isAsExpected(file: string, text: string, expected: readonly CliProject[]): boolean {
  try {
    const actual = readCliConfig(text, file);
    return JSON.stringify(actual) === JSON.stringify(expected);
  } catch {
    return false;
  }
}
