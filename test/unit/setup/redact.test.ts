import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/host/log.ts';
import { redact } from '../../../src/setup/redact.ts';

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${segment({ alg: 'RS256' })}.${segment({ oid: 'ada' })}.c2lnbmF0dXJlLWNhbmFyeQ`;

describe('The redaction', () => {
  const canary = 'CANARY-5up3r-s3cret';
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'a bearer token in a header',
      `Authorization: Bearer ${canary}1234`,
      'Authorization: Bearer [hidden]',
    ],
    [
      'a bearer token in JSON',
      `{"authorization":"Bearer ${canary}"}`,
      '{"authorization":"Bearer [hidden]"}',
    ],
    ['a JSON web token anywhere', `got ${jwt} from Entra`, 'got [hidden] from Entra'],
    [
      'a client secret in a form',
      `client_secret=${canary}&scope=x`,
      'client_secret=[hidden]&scope=x',
    ],
    ['an access token in JSON', `{"access_token": "${canary}"}`, '{"access_token": "[hidden]"}'],
    ['a dstack token in YAML', `  token: ${canary}\n  url: u`, '  token: [hidden]\n  url: u'],
    ['a dstack token in an environment', `DSTACK_TOKEN=${canary}`, 'DSTACK_TOKEN=[hidden]'],
    ['an account key', `AccountKey=${canary};Suffix=x`, 'AccountKey=[hidden];Suffix=x'],
    [
      'a shared access signature',
      `https://a/b?sv=1&sig=${canary}&se=2`,
      'https://a/b?sv=1&sig=[hidden]&se=2',
    ],
  ];

  it.each(cases)('hides %s and leaves the rest', (_, text, hidden) => {
    expect(redact(text)).toBe(hidden);
  });

  it.each(['The token has ended.', 'resource token: no', 'Bearer of good news'])(
    'leaves plain words alone: %s',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );
});

describe('The log', () => {
  it('writes no secret, be it in a message, a stack or a cause', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const channel = { info: write, warn: write, error: write, debug: write, show: () => undefined };
    const log = createLog(channel);
    const cause = new Error(`401 for ${jwt}`);
    log.info(`Authorization: Bearer ${jwt}`);
    log.warn(jwt);
    log.debug(jwt);
    log.error(new Error(`failed with ${jwt}`, { cause }));
    log.error(jwt);
    expect(lines).toHaveLength(5);
    expect(lines.join('\n')).not.toContain(jwt.slice(-12));
    expect(lines[3]).toContain('Caused by Error');
  });
});
