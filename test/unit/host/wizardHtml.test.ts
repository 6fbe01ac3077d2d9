import { describe, expect, it } from 'vitest';
import { wizardHtml } from '../../../src/host/wizardHtml.ts';

const html = wizardHtml({
  nonce: 'n0nce+/=',
  scriptUri: 'https://file.example/page.js',
  styleUri: 'https://file.example/page.css?a=1&b=2',
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
    expect(html).toContain('<link rel="stylesheet" nonce="n0nce+/="');
    expect(html).toContain('<meta property="csp-nonce" content="n0nce+/=">');
  });

  it('escapes whatever it is given', () => {
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('<title>Create &lt;Azure&gt; Project</title>');
    expect(html).toContain('page.css?a=1&amp;b=2');
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
