import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';

const BUNDLE = join(import.meta.dirname, '../../l10n/bundle.l10n.json');
const known = JSON.parse(readFileSync(BUNDLE, 'utf8')) as Readonly<Record<string, string>>;
const unknown = new Set<string>();

/**
 * What a person is told in a test is what translators have got: a text that is not in the bundle,
 * an empty one above all, fails the test that hears it.
 */
vi.mock(import('@vscode/l10n'), async (original) => {
  const l10n = await original();
  const heard = (...said: Parameters<typeof l10n.t>): string => {
    const [text] = said;
    if (typeof text === 'string' && !(text in known)) unknown.add(text);
    return l10n.t(...said);
  };
  return { ...l10n, t: heard as typeof l10n.t };
});

afterEach(() => {
  const heard = [...unknown];
  unknown.clear();
  expect(heard, 'texts that are not in the bundle: npm run l10n').toEqual([]);
});
