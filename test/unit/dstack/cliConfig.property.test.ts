import * as fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  editCliConfig,
  readCliConfig,
  removeFromCliConfig,
} from '../../../src/dstack/cliConfig.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { brokenCliConfigFile, cliConfigFile } from './cliConfigFiles.ts';

/** 1,000 files in the unit ring; `PROPERTY_RUNS=10000` for `npm run test:properties`. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 1000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const parameters = { numRuns, seed };
vi.setConfig({ testTimeout: 20_000 + 20 * numRuns });

const ours = { name: 'ours-0', url: 'http://127.0.0.1:3999', token: 'our-token' };

beforeAll(() => {
  console.log(`cliConfig properties: PROPERTY_SEED=${seed} PROPERTY_RUNS=${numRuns}`);
});

describe(`a generated CLI config (seed ${seed})`, () => {
  it('gets our entry by one insertion and keeps every other byte', () => {
    fc.assert(
      fc.property(cliConfigFile, ({ text, projects }) => {
        const edit = editCliConfig(text, ours);
        expect(edit.changed).toBe(true);
        expect(isOneInsertion(text, edit.text)).toBe(true);
        expect(readCliConfig(edit.text)).toEqual([
          ...projects.map((each) => ({ ...each, default: each.default ?? false })),
          { ...ours, default: projects.length === 0 },
        ]);
      }),
      parameters,
    );
  });

  it('is as it was, byte for byte, after our entry was added and removed', () => {
    fc.assert(
      fc.property(cliConfigFile, ({ text, projects }) => {
        fc.pre(projects.length > 0);
        const edit = editCliConfig(text, ours);
        expect(removeFromCliConfig(edit.text, ours).text).toBe(text);
      }),
      parameters,
    );
  });

  it('has a new token in the place of the old one and no other difference', () => {
    fc.assert(
      fc.property(cliConfigFile, fc.nat(4), ({ text, projects }, index) => {
        const target = projects[index];
        fc.pre(target !== undefined);
        const token = 'b'.repeat(36);
        const edit = editCliConfig(text, { ...target, token, default: false });
        expect(normalized(edit.text)).toBe(normalized(text.replace(target.token, token)));
      }),
      parameters,
    );
  });

  it('gives the default to our entry only when asked, and then to no other', () => {
    fc.assert(
      fc.property(cliConfigFile, ({ text }) => {
        const edit = editCliConfig(text, { ...ours, default: true });
        const defaults = readCliConfig(edit.text).filter((each) => each.default);
        expect(defaults.map((each) => each.name)).toEqual([ours.name]);
      }),
      parameters,
    );
  });

  it('does not change when the same entry is written again', () => {
    fc.assert(
      fc.property(cliConfigFile, ({ text }) => {
        const once = editCliConfig(text, ours).text;
        expect(editCliConfig(once, ours)).toEqual({ text: once, changed: false });
      }),
      parameters,
    );
  });
});

describe(`a damaged CLI config (seed ${seed})`, () => {
  it('is edited rightly or refused by line, without a word of its content', () => {
    const outcomes = { edited: 0, refused: 0 };
    fc.assert(
      fc.property(brokenCliConfigFile, (text) => {
        try {
          const before = readCliConfig(text);
          fc.pre(!before.some((each) => each.name === ours.name));
          const edit = editCliConfig(text, ours);
          expect(isOneInsertion(text, edit.text)).toBe(true);
          expect(readCliConfig(edit.text)).toEqual([
            ...before,
            { ...ours, default: before.length === 0 },
          ]);
          outcomes.edited += 1;
        } catch (error) {
          if (!(error instanceof SetupError)) throw error;
          expect(error.code).toBe('yaml_refused');
          expect(error.line).toBeGreaterThanOrEqual(1);
          expect(error.line).toBeLessThanOrEqual(text.split('\n').length);
          outcomes.refused += 1;
        }
      }),
      parameters,
    );
    expect(outcomes.edited).toBeGreaterThan(numRuns / 50);
    expect(outcomes.refused).toBeGreaterThan(numRuns / 50);
  });
});

/** Quotes and block scalars aside, which a new value may need or lose. */
function normalized(text: string): string {
  return text.replace(/["']|>-\s+/g, '');
}

/** Whether `after` is `before` with one piece of text put in somewhere. */
function isOneInsertion(before: string, after: string): boolean {
  let prefix = 0;
  while (prefix < before.length && before[prefix] === after[prefix]) prefix += 1;
  let suffix = 0;
  while (
    suffix < before.length - prefix &&
    before[before.length - 1 - suffix] === after[after.length - 1 - suffix]
  ) {
    suffix += 1;
  }
  return prefix + suffix === before.length && after.length > before.length;
}
