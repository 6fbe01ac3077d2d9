import { describe, expect, it } from 'vitest';
import { isLoopbackUrl, isSameServer, normalizeServerUrl } from '../../../src/dstack/serverUrl.ts';

describe('a server URL', () => {
  it.each([
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
    ['https://Dstack.Example.com:443', 'https://dstack.example.com'],
    ['https://example.com/dstack//', 'https://example.com/dstack'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['  http://localhost:3000 ', 'http://localhost:3000'],
  ])('%s is kept as %s', (text, expected) => {
    expect(normalizeServerUrl(text)).toBe(expected);
  });

  it.each(['', '127.0.0.1:3000', 'file:///a', 'http://', 'http://a?x=1', 'http://a#b'])(
    '%s is refused',
    (text) => {
      expect(() => normalizeServerUrl(text)).toThrow(/server URL/);
    },
  );

  it('with credentials is refused without repeating them', () => {
    expect(() => normalizeServerUrl('https://me:CANARY@a')).toThrow(/^(?!.*CANARY).*password/);
  });

  it('is the same server whatever the slashes, case and default port', () => {
    expect(isSameServer('HTTP://A:80/', 'http://a')).toBe(true);
    expect(isSameServer('http://a', 'https://a')).toBe(false);
  });

  it('says whether it means the machine that asks', () => {
    const urls = ['http://localhost:1', 'http://127.0.0.2', 'http://[::1]:3', 'http://a', 'no'];
    expect(urls.map(isLoopbackUrl)).toEqual([true, true, true, false, false]);
  });
});
