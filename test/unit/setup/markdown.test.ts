import { describe, expect, it } from 'vitest';
import { planMarkdown } from '../../../src/setup/exportMarkdown.ts';
import { handOffMarkdown } from '../../../src/setup/handOffMarkdown.ts';
import { fenced, inline, plain } from '../../../src/setup/markdown.ts';
import { planView } from '../../../src/setup/planView.ts';
import { planOfChanges, sampleChange } from './changes.ts';
import { dev, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

describe('text in Markdown', () => {
  it.each([
    ['a name', '`a name`'],
    ['two\n lines', '`two lines`'],
    ['`ticked`', '`` `ticked` ``'],
    ['a`', '`` a` ``'],
    ['`a', '`` `a ``'],
    ['a`b', '``a`b``'],
    ['a``b`c', '```a``b`c```'],
  ])('%j is code on one line: %s', (text, code) => {
    expect(inline(text)).toBe(code);
  });

  it.each([
    ['az group list', '```bash\naz group list\n```'],
    ['echo `id`', '```bash\necho `id`\n```'],
    ['```\ninside\n```', '````bash\n```\ninside\n```\n````'],
  ])('%j is a block of code, with a fence longer than any in it', (code, block) => {
    expect(fenced('bash', code)).toBe(block);
  });

  it.each([
    ['a\n\tb   c', 'a b c'],
    ['*bold* _it_ ~no~', '\\*bold\\* \\_it\\_ \\~no\\~'],
    ['[x](y) <b> #1 | !', '\\[x\\](y) \\<b\\> \\#1 \\| \\!'],
    ['\\ ` &amp;', '\\\\ \\` \\&amp;'],
  ])('%j stays text: %s', (text, escaped) => {
    expect(plain(text)).toBe(escaped);
  });
});

/** The part of a document under one of its headings, without it. */
function section(text: string, title: string): string | undefined {
  const parts = text.split(/^## /m).slice(1);
  return parts
    .find((part) => part.startsWith(`${title}\n`))
    ?.slice(title.length)
    .trim();
}

function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title ?? '');
}

describe('a plan as a document', () => {
  const plan = planOfChanges([sampleChange('storageAccount')]);
  const view = planView(plan);

  it('begins with what is planned, where, and who is signed in', () => {
    expect(planMarkdown(plan, view).split('\n\n').slice(0, 3)).toEqual([
      '# Plan for the dstack project vision',
      '1 to create. Takes about 20 seconds.',
      [
        `- Tenant: \`${TENANT}\``,
        `- Subscription: \`${SUBSCRIPTION}\``,
        '- Resource group: `dstack-vision`',
        '- Storage account: `dstackvision1a2b3c4d`',
        '- Location: `westeurope`',
        `- Signed in as: \`${dev.name}\``,
      ].join('\n'),
    ]);
  });

  it('has no heading without anything below it, and ends with its last line', () => {
    const text = planMarkdown(plan, { ...view, ports: [] });
    expect(headings(text)).toEqual(['Plan for the dstack project vision', 'Objects', 'Costs']);
    expect(text).toMatch(/Microsoft\.\n$/);
  });

  it('says no time where there is none', () => {
    const nothing = planOfChanges([sampleChange('storageAccount', 'keep')]);
    expect(planMarkdown(nothing, planView(nothing))).toContain('\n\n1 already right\n\n');
  });

  it.each([
    ['create', 'Create'],
    ['update', 'Change'],
    ['replace', 'Replace'],
    ['adopt', 'Use'],
    ['keep', 'Keep'],
    ['conflict', 'In the way'],
  ] as const)('says %s in words, with purpose and reason', (action, word) => {
    const changed = planOfChanges([sampleChange('storageAccount', action)]);
    expect(section(planMarkdown(changed, planView(changed)), 'Objects')).toBe(
      `- **${word}** Storage account \`the-storageAccount\`: Its purpose. Its reason.`,
    );
  });

  it('says of a role who gets it and where it reaches, one line for each', () => {
    const more = { scope: 'the group #1', grantedTo: 'the app *x*' };
    const roles = planOfChanges([
      sampleChange('roleAssignment', 'create', more),
      sampleChange('tags'),
    ]);
    expect(section(planMarkdown(roles, planView(roles)), 'Objects')?.split('\n')).toEqual([
      '- **Create** Role assignment `the-roleAssignment`: Its purpose. Given to the app \\*x\\*. Reaches the group \\#1. Its reason.',
      '- **Create** Tag `the-tags`: Its purpose. Its reason.',
    ]);
  });

  it('names what is in the way and what to know, before the objects', () => {
    const text = planMarkdown(plan, {
      ...view,
      problems: [{ code: 'x', message: 'It is *taken*.', remedy: 'Take another.' }],
      warnings: ['A lock <stops> undo.'],
    });
    expect(headings(text).slice(1, 4)).toEqual(['In the way', 'To know', 'Objects']);
    expect(section(text, 'In the way')).toBe('- It is \\*taken\\*. Take another.');
    expect(section(text, 'To know')).toBe('- A lock \\<stops\\> undo.');
  });

  it('names open ports, costs with their note, and files', () => {
    const text = planMarkdown(plan, {
      ...view,
      ports: [{ ports: '80, 443', purpose: 'HTTP.' }],
      costs: { items: [{ what: 'Key vault', price: 'about $1' }], note: 'A *note*.' },
      files: [
        { path: '.dstack/config.yml', note: 'the token' },
        { path: 'a', note: 'b' },
      ],
    });
    expect(section(text, 'Open to the internet')).toBe('- Port 80, 443: HTTP.');
    expect(section(text, 'Costs')).toBe('- Key vault: about $1\n\nA \\*note\\*.');
    expect(section(text, 'Files in this folder')).toBe(
      '- `.dstack/config.yml`: the token\n- `a`: b',
    );
  });

  it('lists right by right what the account may do', () => {
    const text = planMarkdown(plan, {
      ...view,
      rights: {
        summary: 'Not all.',
        isClear: false,
        checks: [
          { action: 'a/write', scope: '/s', verdict: 'mayNot', why: 'No role.', remedy: 'Ask.' },
          { action: 'b/write', scope: '/s', verdict: 'cantTell', why: 'Not read.' },
          { action: 'c/write', scope: '/s', verdict: 'may', why: '' },
        ],
      },
    });
    expect(section(text, 'Your rights')).toBe(
      [
        '- may not: `a/write` (`/s`) No role. Ask.',
        '- can’t tell: `b/write` (`/s`) Not read.',
        '- may: `c/write` (`/s`)',
        '',
        'Not all.',
      ].join('\n'),
    );
  });

  it('says action by action what custom roles allow and leave out, if there are any', () => {
    expect(section(planMarkdown(plan, view), 'What the custom roles allow')).toBeUndefined();
    const withRole = planOfChanges([sampleChange('tags'), sampleChange('roleDefinition')]);
    const text = section(planMarkdown(withRole, planView(withRole)), 'What the custom roles allow');
    const [group, subscription, omitted] = [
      'In the resource group:',
      'In the subscription:',
      'Left out, because dstack does not call them:',
    ].map((intro) => text?.split(`${intro}\n\n`)[1]?.split('\n\n')[0]?.split('\n'));
    expect(group).toContain('- `Microsoft.Compute/virtualMachines/write`');
    expect(group).not.toContain('- `Microsoft.Compute/skus/read`');
    expect(subscription).toContain('- `Microsoft.Compute/skus/read`');
    expect(omitted).toContain('- `Microsoft.Network/virtualNetworks/write`');
  });
});

describe('a hand-off as a document', () => {
  const plan = planOfChanges([]);
  const command = { purpose: 'Gives a *role*.', command: 'az role assignment create' };
  const bundle = { commands: [command, command], roles: [], notYet: [] };

  it('says who asks for what and where, then each command under its number', () => {
    expect(handOffMarkdown(plan, bundle).trimEnd().split('\n\n')).toEqual([
      '# For an administrator: the dstack project vision',
      expect.stringContaining(
        `\`${dev.name}\` is setting up a dstack project and has not all rights for it.`,
      ),
      [
        `- Subscription: \`${SUBSCRIPTION}\``,
        '- Resource group: `dstack-vision`',
        '- Storage account: `dstackvision1a2b3c4d`',
        '- Location: `westeurope`',
      ].join('\n'),
      '### 1. Gives a \\*role\\*.',
      '```bash\naz role assignment create\n```',
      '### 2. Gives a \\*role\\*.',
      '```bash\naz role assignment create\n```',
      `When it is done, \`${dev.name}\` continues the set-up: what was done here is found.`,
    ]);
    expect(handOffMarkdown(plan, bundle)).toContain(`signed in to the tenant \`${TENANT}\`.`);
  });

  it('has its custom roles as files, and names what can’t be asked for yet', () => {
    const text = handOffMarkdown(plan, {
      ...bundle,
      roles: [
        { file: 'a.json', json: { name: 'a' } },
        { file: 'b.json', json: {} },
      ],
      notYet: ['one_thing', 'another'],
    });
    expect(section(text, 'Custom roles')).toBe(
      [
        'The custom roles of these commands, as the portal’s “Start from JSON” takes them:',
        '`a.json`\n\n```json\n{\n  "name": "a"\n}\n```',
        '`b.json`\n\n```json\n{}\n```',
      ].join('\n\n'),
    );
    expect(section(text, 'Not yet')).toMatch(
      /^These need what the set-up has still to make\. .*\n\n- one\\_thing\n- another\n\n/,
    );
  });
});
