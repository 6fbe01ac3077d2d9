import * as fc from 'fast-check';

/** One generated CLI config file, with what it says. */
export interface GeneratedFile {
  readonly text: string;
  readonly projects: readonly GeneratedProject[];
}

export interface GeneratedProject {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly default?: boolean;
}

interface Style {
  readonly bom: boolean;
  readonly eol: '\n' | '\r\n';
  readonly finalNewline: boolean;
  readonly docStart: boolean;
  readonly docEnd: boolean;
  readonly shape: 'block' | 'flowItems' | 'flowList' | 'flowLines' | 'flowRoot';
  readonly indent: 0 | 2 | 4;
  readonly quote: 'plain' | 'single' | 'double';
  readonly comments: boolean;
  readonly blankLines: boolean;
  readonly repos: 'none' | 'before' | 'after';
  readonly anchors: boolean;
  readonly blockScalarToken: boolean;
  readonly padding: number;
}

const style: fc.Arbitrary<Style> = fc.record({
  bom: weighted(0.2),
  eol: fc.constantFrom<'\n' | '\r\n'>('\n', '\n', '\r\n'),
  finalNewline: weighted(0.8),
  docStart: weighted(0.2),
  docEnd: weighted(0.1),
  shape: fc.constantFrom<Style['shape']>(
    'block',
    'block',
    'block',
    'flowItems',
    'flowList',
    'flowLines',
    'flowRoot',
  ),
  indent: fc.constantFrom<0 | 2 | 4>(0, 2, 4),
  quote: fc.constantFrom<Style['quote']>('plain', 'single', 'double'),
  comments: fc.boolean(),
  blankLines: weighted(0.3),
  repos: fc.constantFrom<Style['repos']>('none', 'none', 'before', 'after'),
  anchors: weighted(0.2),
  blockScalarToken: weighted(0.1),
  padding: fc.nat(2),
});

const project: fc.Arbitrary<GeneratedProject> = fc.record(
  {
    name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,50}$/).filter((name) => /^[A-Za-z]/.test(name)),
    url: fc.constantFrom(
      'http://127.0.0.1:3000',
      'https://dstack.example.com',
      'http://[::1]:3000',
      'https://example.com/dstack/',
    ),
    token: fc.uuid(),
    default: fc.boolean(),
  },
  { requiredKeys: ['name', 'url', 'token'] },
);

/** Sound files in every style that people and programs write. */
export const cliConfigFile: fc.Arbitrary<GeneratedFile> = fc
  .tuple(
    fc.uniqueArray(project, { maxLength: 5, selector: ({ name }) => name.toLowerCase() }),
    style,
  )
  .map(([projects, chosen]) => ({ projects, text: render(projects, chosen) }));

/** The same files with one or two accidents: a character, a line or a piece lost, doubled or put in. */
export const brokenCliConfigFile: fc.Arbitrary<string> = fc
  .tuple(
    cliConfigFile,
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.constantFrom(0, 0, 0, 1, 3, 6),
        put: fc.constantFrom(
          ...[
            '',
            '\t',
            ' ',
            '\n',
            '\r',
            ':',
            '- ',
            '{',
            '}',
            '[',
            ']',
            '"',
            "'",
            '&a ',
            '*a ',
            '#',
          ],
          ...[
            '!!str ',
            '? ',
            '<<: *a\n',
            'name: x\n',
            'extra: 1\n',
            '---\n',
            '...\n',
            '%',
            '|',
            '\0',
          ],
        ),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([file, accidents]) =>
    accidents.reduce((text, { at, length, put }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + put + text.slice(start + length);
    }, file.text),
  );

function weighted(probability: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 99 }).map((n) => n < probability * 100);
}

function render(projects: readonly GeneratedProject[], chosen: Style): string {
  const lines = [
    ...(chosen.docStart ? ['---'] : []),
    ...(chosen.comments ? ['# my servers: do not lose this'] : []),
    ...body(projects, chosen),
    ...(chosen.docEnd ? ['...'] : []),
    ...(chosen.comments ? ['# the end'] : []),
  ];
  const text = lines.join(chosen.eol) + (chosen.finalNewline ? chosen.eol : '');
  return (chosen.bom ? '\uFEFF' : '') + text;
}

function body(projects: readonly GeneratedProject[], chosen: Style): string[] {
  const list = projects.map((each) => flowMap(each, chosen));
  if (chosen.shape === 'flowRoot') return [`{projects: [${list.join(', ')}]}`];
  const repos = ['repos:', '- path: /a', '  repo_id: b', '  repo_type: local'];
  return [
    ...(chosen.repos === 'before' ? repos : []),
    ...projectLines(projects, list, chosen),
    ...(chosen.repos === 'after' ? repos : []),
  ];
}

function projectLines(
  projects: readonly GeneratedProject[],
  list: readonly string[],
  chosen: Style,
): string[] {
  const comment = chosen.comments ? `${' '.repeat(1 + chosen.padding)}# a: comment - here` : '';
  const pad = ' '.repeat(chosen.indent);
  if (projects.length === 0)
    return chosen.indent === 0 ? [`projects:${comment}`] : ['projects: []'];
  switch (chosen.shape) {
    case 'flowRoot':
    case 'flowList':
      return [`projects: [${list.join(',')}]${comment}`];
    case 'flowLines':
      return ['projects: [', ...list.map((item) => `  ${item},${comment}`), ']'];
    case 'flowItems':
      return [`projects:${comment}`, ...list.map((item) => `${pad}- ${item}${comment}`)];
    case 'block':
      return [
        `projects:${comment}`,
        ...projects.flatMap((each, index) => blockItem(each, index, chosen, pad, comment)),
      ];
  }
}

function blockItem(
  each: GeneratedProject,
  index: number,
  chosen: Style,
  pad: string,
  comment: string,
): string[] {
  const anchor = chosen.anchors ? `&a${index} ` : '';
  const token = chosen.blockScalarToken
    ? [`${pad}  token: >-`, `${pad}    ${each.token}`]
    : [
        `${pad}  token:${' '.repeat(1 + chosen.padding)}${anchor}${quoted(each.token, chosen)}${comment}`,
      ];
  return [
    ...(chosen.blankLines ? [''] : []),
    ...(chosen.comments ? [`${pad}# about ${index}`] : []),
    `${pad}- name: ${quoted(each.name, chosen)}${comment}`,
    ...(each.default === undefined ? [] : [`${pad}  default: ${String(each.default)}`]),
    `${pad}  url: ${quoted(each.url, chosen)}`,
    ...token,
  ];
}

function flowMap(each: GeneratedProject, chosen: Style): string {
  const space = ' '.repeat(chosen.padding);
  const fields = [
    `name: ${quoted(each.name, chosen)}`,
    `url: ${JSON.stringify(each.url)}`,
    `token: ${quoted(each.token, chosen)}`,
    ...(each.default === undefined ? [] : [`default: ${String(each.default)}`]),
  ];
  return `{${space}${fields.join(`,${space || ' '}`)}${space}}`;
}

/** Words and numbers that YAML 1.1 takes for something else are always quoted. */
function quoted(text: string, chosen: Style): string {
  const needsQuotes =
    !/^[a-zA-Z][a-zA-Z0-9:/._-]*$/.test(text) ||
    /^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  if (chosen.quote === 'single') return `'${text}'`;
  return chosen.quote === 'double' || needsQuotes ? `"${text}"` : text;
}
