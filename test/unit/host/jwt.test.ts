import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../../src/host/jwt.ts';

const NOW = 1_800_000_000_000;

function token(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

describe("A token's end", () => {
  it('is what its exp says', () => {
    expect(expiryOf(token({ exp: 1_800_003_600 }), NOW)).toBe(1_800_003_600_000);
  });

  it.each([
    ['is no web token', 'opaque'],
    ['has no claims', token(null)],
    ['has an exp that is no number', token({ exp: 'tomorrow' })],
    ['is empty', ''],
  ])('is soon when the token %s, so that it is asked for again', (_, text) => {
    expect(expiryOf(text, NOW)).toBe(NOW + 300_000);
  });
});
