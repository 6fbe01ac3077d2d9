import { describe, expect, it } from 'vitest';
import {
  editCliConfig,
  readCliConfig,
  removeFromCliConfig,
} from '../../../src/dstack/cliConfig.ts';
import { SetupError } from '../../../src/setup/errors.ts';

const ours = { name: 'gpu', url: 'http://127.0.0.1:3000', token: 'secret-token' };
const ourItem = '- name: gpu\n  url: http://127.0.0.1:3000\n  token: secret-token\n';
const other = '- name: main\n  url: http://other:3000\n  token: t1\n';

describe('a project is added', () => {
  const cases: [name: string, before: string, after: string][] = [
    ['to an empty file, as the default', '', `projects:\n${ourItem}  default: true\n`],
    ['after comments alone', '# mine\n', `# mine\nprojects:\n${ourItem}  default: true\n`],
    ['to a file with only a BOM', '\uFEFF', `\uFEFFprojects:\n${ourItem}  default: true\n`],
    ['after a bare document start', '---\n', `---\nprojects:\n${ourItem}  default: true\n`],
    ['under an empty key', 'projects: # c\n', `projects: # c\n${ourItem}  default: true\n`],
    [
      'after the last one, not as the default',
      `projects:\n${other}`,
      `projects:\n${other}${ourItem}`,
    ],
    [
      'before the comments that end the file',
      `projects:\n${other}# bye\n`,
      `projects:\n${other}${ourItem}# bye\n`,
    ],
    [
      'with the indent of the others',
      'projects:\n    - name: main\n      url: http://o\n      token: t\nrepos: []\n',
      'projects:\n    - name: main\n      url: http://o\n      token: t\n' +
        ourItem.replace(/^/gm, '    ').slice(0, -4) +
        'repos: []\n',
    ],
    [
      'with CRLF where the file has it',
      `projects:\n${other}`.replaceAll('\n', '\r\n'),
      `projects:\n${other}${ourItem}`.replaceAll('\n', '\r\n'),
    ],
    [
      'without a final line end where the file has none',
      `projects:\n${other}`.trimEnd(),
      `projects:\n${other}${ourItem}`.trimEnd(),
    ],
    [
      'in flow style where the file has it',
      'projects: [ {name: main, url: "http://o", token: t} ] # c\n',
      'projects: [ {name: main, url: "http://o", token: t}, ' +
        '{name: "gpu", url: "http://127.0.0.1:3000", token: "secret-token"} ] # c\n',
    ],
    [
      'to an empty flow list',
      'projects: []\n',
      'projects: [{name: "gpu", url: "http://127.0.0.1:3000", token: "secret-token", default: true}]\n',
    ],
    [
      'beside a legacy list of repositories',
      'repos:\n- path: /a\n  repo_id: b\n  repo_type: local\n',
      'repos:\n- path: /a\n  repo_id: b\n  repo_type: local\nprojects:\n' +
        `${ourItem}  default: true\n`,
    ],
  ];
  it.each(cases)('%s', (_, before, after) => {
    expect(editCliConfig(before, ours)).toEqual({ text: after, changed: true });
  });

  it('in quotes where YAML 1.1 would take a name or token for something else', () => {
    const { text } = editCliConfig('', { ...ours, name: 'no', token: '1234' });
    expect(text).toBe(
      'projects:\n- name: "no"\n  url: http://127.0.0.1:3000\n  token: "1234"\n  default: true\n',
    );
  });

  it('takes the default from the others only when asked', () => {
    const before = `projects:\n${other}  default: true # mine\n`;
    const { text } = editCliConfig(before, { ...ours, default: true });
    expect(text).toBe(`projects:\n${other}  default: false # mine\n${ourItem}  default: true\n`);
  });

  it('takes a default that another entry has only through a merge key', () => {
    const before =
      'projects:\n- &a\n  name: a\n  url: http://o\n  token: t\n  default: true\n' +
      '- <<: *a\n  name: b\n';
    const { text } = editCliConfig(before, { ...ours, default: true });
    expect(readCliConfig(text).map((each) => [each.name, each.default])).toEqual([
      ['a', false],
      ['b', false],
      ['gpu', true],
    ]);
  });
});

describe('a project is updated', () => {
  it('in its token alone', () => {
    const before = `projects:\n${ourItem.replace('secret-token', "'old' # keep")}${other}`;
    expect(editCliConfig(before, ours).text).toBe(
      `projects:\n${ourItem.replace('secret-token', '"secret-token" # keep')}${other}`,
    );
  });

  it('not at all when it is the same, also with a trailing slash in the file', () => {
    const before = `projects:\n${ourItem.replace(':3000', ':3000/')}`;
    expect(editCliConfig(before, ours)).toEqual({ text: before, changed: false });
  });

  it('and keeps its default flag when nothing is said of it', () => {
    const before = `projects:\n${ourItem}  default: yes\n`;
    const { text } = editCliConfig(before, { ...ours, token: 'new' });
    expect(text).toBe(before.replace('secret-token', 'new'));
  });

  it('to be the default, in a key that was empty', () => {
    const before = `projects:\n${other}- name: gpu\n  default: # c\n${ourItem.slice(12)}`;
    const { text } = editCliConfig(before, { ...ours, default: true });
    expect(text).toBe(before.replace('default: # c', 'default: true # c'));
  });

  it('only after asking, when its name leads to another server', () => {
    const before = `projects:\n${ourItem.replace('127.0.0.1', 'elsewhere')}`;
    expect(editCliConfig(before, ours)).toEqual({
      text: before,
      changed: false,
      clash: { url: 'http://elsewhere:3000', line: 2 },
    });
    const replaced = editCliConfig(before, ours, { replaceOtherServer: true });
    expect(replaced.text).toBe(`projects:\n${ourItem}`);
  });
});

describe('a project is removed', () => {
  it('with its lines, and the others stay', () => {
    const text = `projects:\n# main\n${other}${ourItem}# end\n`;
    expect(removeFromCliConfig(text, ours).text).toBe(`projects:\n# main\n${other}# end\n`);
  });

  it('and leaves an empty list that the CLI still reads', () => {
    const { text } = removeFromCliConfig(`projects: # http://c\n${ourItem}`, ours);
    expect(text).toBe('projects: [] # http://c\n');
  });

  it('not when the entry of that name leads to another server', () => {
    const text = `projects:\n${ourItem.replace('127.0.0.1', 'elsewhere')}`;
    expect(removeFromCliConfig(text, ours)).toEqual({ text, changed: false });
  });
});

describe('a file is refused by line, and its text is nowhere in the refusal', () => {
  const cases: [name: string, text: string, line: number][] = [
    ['a key that dstack does not know', `projects:\n${other}  extra: CANARY\n`, 5],
    ['a top-level key that dstack does not know', 'projects: []\nCANARY: 1\n', 2],
    ['a missing token', 'projects:\n- name: CANARY\n  url: http://o\n', 2],
    ['a duplicate key', `projects:\n${other}  token: CANARY\n`, 5],
    ['a name that is a boolean to YAML 1.1', 'projects:\n- name: no\n  url: u\n  token: t\n', 2],
    ['a token that is a date', 'projects:\n- name: a\n  url: u\n  token: 2026-01-01\n', 4],
    ['a tab before a value', 'projects:\n- name:\tCANARY\n  url: u\n  token: t\n', 2],
    ['a tag', 'projects:\n- name: !!str CANARY\n  url: u\n  token: t\n', 2],
    ['an unknown alias', 'projects:\n- *CANARY\n', 2],
    ['a key after a question mark', '? projects\n: []\n', 1],
    ['a list as a key', '[CANARY]: 1\n', 1],
    ['a list at the top', '- CANARY\n', 1],
    ['text at the top', 'CANARY\n', 1],
    ['projects that are a map', 'projects:\n  CANARY: 1\n', 2],
    ['an open bracket', 'projects: [{name: CANARY\n', 2],
    ['an open quote', 'projects:\n- name: "CANARY\n', 3],
    ['a second document', 'projects: []\n---\nCANARY: 1\n', 2],
    ['a control character', 'projects:\n- name: "CANARY\u0001"\n', 2],
    ['a lone carriage return', 'projects:\r- name: CANARY\n', 1],
    ['our name twice', `projects:\n${ourItem}${ourItem}`, 5],
    ['an entry that merges itself', 'projects:\n- &a\n  <<: *a\n  name: CANARY\n', 3],
    [
      'a repository type that dstack does not know',
      'repos:\n- {path: a, repo_id: b, repo_type: c}\n',
      2,
    ],
    [
      'a value that another entry shares',
      `projects:\n${ourItem.replace('secret', '&x s')}- {name: b, url: u, token: *x}\n`,
      2,
    ],
  ];
  it.each(cases)('%s', (_, text, line) => {
    const error = refusalOf(() => editCliConfig(text, ours));
    expect(error.code).toBe('yaml_refused');
    expect(error.line).toBe(line);
    expect(`${error.message} ${error.remedy}`).toContain(`line ${line}`);
    expect(`${error.message} ${error.remedy} ${JSON.stringify(error)}`).not.toMatch(
      /CANARY|secret/,
    );
  });

  it('a file nested thousands deep', () => {
    const error = refusalOf(() => editCliConfig('['.repeat(50_000), ours));
    expect(error.code).toBe('yaml_refused');
  });

  it('an entry of our own with a wrong name, token or URL', () => {
    const codes = [
      { ...ours, name: 'a b' },
      { ...ours, token: '' },
      { ...ours, url: 'ftp://a' },
      { ...ours, url: 'http://me:pw@a' },
    ].map((entry) => refusalOf(() => editCliConfig('', entry)).code);
    expect(codes).toEqual([
      'cli_entry_invalid',
      'cli_entry_invalid',
      'server_url_invalid',
      'server_url_has_credentials',
    ]);
  });
});

function refusalOf(act: () => unknown): SetupError {
  try {
    act();
  } catch (error) {
    if (error instanceof SetupError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
