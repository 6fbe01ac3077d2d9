import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { wizardHtml } from '../../../src/host/wizardHtml.ts';

const html = wizardHtml({
  nonce: 'n0nce+/=',
  script: 'const a = 1 < 2, b = "</script><script>alert(1)</SCRIPT><!--";',
  style: 'p::before { content: "</style>" }',
  language: 'de',
  title: 'Create <Azure> Project',
  strings: { 'Say "hi" & <wave>': '</main><script>alert(1)</script>' },
});

describe("The page's shell", () => {
  it('denies everything, then lets in what carries the nonce', () => {
    expect(html).toContain(
      `content="default-src 'none'; script-src 'nonce-n0nce+/='; style-src 'nonce-n0nce+/='; base-uri 'none'; form-action 'none'"`,
    );
  });

  it('gives the nonce to its script, its style and the toolkit', () => {
    expect(html).toContain('<script nonce="n0nce+/="');
    expect(html).toContain('<style nonce="n0nce+/="');
    expect(html).toContain('<meta property="csp-nonce" content="n0nce+/=">');
  });

  it('escapes whatever it is given', () => {
    expect(html.match(/<\/script/gi)).toHaveLength(1);
    expect(html.match(/<\/style/gi)).toHaveLength(1);
    expect(html).not.toContain('<!--');
    expect(html).toContain('<title>Create &lt;Azure&gt; Project</title>');
  });

  it('leaves script and style what they mean', () => {
    const [, script = ''] = /<script nonce="[^"]*">([^]*)<\/script>/.exec(html) ?? [];
    expect(runInNewContext(`${script} [a, b]`)).toEqual([
      true,
      '</script><script>alert(1)</SCRIPT><!--',
    ]);
    expect(html).toContain('content: "<\\/style>"');
  });

  it('hands its texts to the page as they are', () => {
    const attribute = /data-strings="([^"]*)"/.exec(html)?.[1] ?? '';
    const text = attribute
      .replaceAll('&gt;', '>')
      .replaceAll('&lt;', '<')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
    expect(JSON.parse(text)).toEqual({
      'Say "hi" & <wave>': '</main><script>alert(1)</script>',
    });
  });
});
