import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUNDLE, textsOf } from '../../scripts/texts.ts';

describe('The texts', () => {
  const place = mkdtempSync(join(tmpdir(), 'dstack-texts-'));
  afterAll(() => rmSync(place, { recursive: true }));

  it('are all in the bundle that translators start from (npm run l10n writes it)', () => {
    expect(JSON.parse(readFileSync(BUNDLE, 'utf8'))).toEqual(textsOf(['src', 'webview']));
  });

  it('are found through the named import and through VS Code, and nowhere else', () => {
    const source = `import { t } from '@vscode/l10n';
      t('named', 1); vscode.l10n.t("it's VS Code"); other.t('not ours'); // t('comment')`;
    writeFileSync(join(place, 'a.ts'), source);
    writeFileSync(join(place, 'b.ts'), "const t = (x: string) => x; t('not a text');");
    expect(Object.keys(textsOf([place]))).toEqual(["it's VS Code", 'named']);
  });

  it('that are put together are refused with their line', () => {
    writeFileSync(join(place, 'c.ts'), "import { t } from '@vscode/l10n';\nt(`a ${b}`);");
    expect(() => textsOf([place])).toThrow('c.ts:2: a text must be a literal');
  });
});
