import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { operationCounts, operationsTable } from '../core/operationsTable.ts';
import { worldNames } from '../core/worlds.ts';
import { RULES } from './core.readmeRules.ts';
import { CASES, NOT_OURS } from './core.replayCases.ts';

const README = resolve(import.meta.dirname, '..', 'README.md');
const START = '<!-- operations -->\n';
const END = '<!-- /operations -->\n';
const EXCEPTIONS_START = '<!-- exceptions -->\n';
const EXCEPTIONS_END = '<!-- /exceptions -->\n';

function replaced(text: string, start: string, end: string, content: string): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The README has lost ${start.trim()}.`);
  return text.slice(0, from + start.length) + content + text.slice(to);
}

function generatedOperations(): string {
  const { recorded, documented, assumed } = operationCounts();
  const sum = recorded + documented + assumed;
  return `\n${sum} operations: ${recorded} recorded, ${documented} documented, ${assumed} assumed.\n\n${operationsTable()}\n`;
}

function generatedExceptions(): string {
  const notOurs = Object.entries(NOT_OURS).map(
    ([name, why]) => `| ${name} | not replayed | ${why} |`,
  );
  const partly = Object.entries(CASES)
    .filter(([, each]) => each.why !== undefined)
    .map(
      ([name, each]) =>
        `| ${name} | ${each.ignore?.map((path) => `\`${path}\``).join(', ') ?? 'sent in another form'} | ${each.why ?? ''} |`,
    );
  const head = ['', '| recording | what differs | why |', '| --- | --- | --- |'];
  return `${[...head, ...notOurs, ...partly].join('\n')}\n\n`;
}

/** `UPDATE_README=1` writes the generated parts anew. */
function updated(text: string): string {
  const once = replaced(text, START, END, generatedOperations());
  return replaced(once, EXCEPTIONS_START, EXCEPTIONS_END, generatedExceptions());
}

it('the README lists every operation with what it rests on, as the code has it', () => {
  const text = readFileSync(README, 'utf8');
  if (process.env['UPDATE_README'] === '1') writeFileSync(README, updated(text));
  expect(words(readFileSync(README, 'utf8'))).toBe(words(updated(text)));
});

/** Prettier aligns tables; only the words count. */
function words(text: string): string {
  return text
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .replace(/\\([*_])/g, '$1');
}

it('the README names every world', () => {
  const text = readFileSync(README, 'utf8');
  expect(worldNames().filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

/** Paragraphs and list items between the heading of the rules and the worlds, which have a table. */
function rulesIn(text: string): string[] {
  const rules = text.slice(text.indexOf('## Rules'), text.indexOf('### Worlds'));
  return rules
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^- /, ''));
}

it('each rule of the README has tests, and they exist', () => {
  const rules = rulesIn(readFileSync(README, 'utf8'));
  const starts = Object.keys(RULES);
  expect(rules.filter((rule) => !starts.some((start) => rule.startsWith(start)))).toEqual([]);
  expect(starts.filter((start) => !rules.some((rule) => rule.startsWith(start)))).toEqual([]);
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  const gone = Object.values(RULES)
    .flat()
    .filter((title) => !tests.includes(`'${title}'`));
  expect(gone).toEqual([]);
});
