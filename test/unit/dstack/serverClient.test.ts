import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { azureBackendOf } from '../../../src/dstack/backendConfig.ts';
import { DstackServerClient } from '../../../src/dstack/serverClient.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import type { Clock } from '../../../src/setup/ports.ts';
import { SimulatedDstack } from '../../simulators/dstack/simulatedDstack.ts';
import { record } from './projectRecords.ts';

const SECRET = 'canary~secret/with"quote';
const backend = azureBackendOf(record, {
  type: 'client',
  client_id: 'app',
  client_secret: SECRET,
});
const { signal } = new AbortController();
let server: SimulatedDstack;
let waits: number[];

const clock: Clock = {
  now: () => 0,
  sleep: (ms) => {
    waits.push(ms);
    return Promise.resolve();
  },
};

function client(
  options: { url?: string; token?: string; fetch?: typeof fetch; timeoutMs?: number } = {},
) {
  return new DstackServerClient({ url: server.url, token: server.token, fetch, clock, ...options });
}

beforeEach(async () => {
  server = await new SimulatedDstack().start();
  waits = [];
});
afterEach(() => server.stop());

describe('a dstack server', () => {
  it('says who we are, without the token and private key that it sends', async () => {
    const me = await client().whoAmI(signal);
    expect(me).toEqual({ username: 'admin', isGlobalAdmin: true, canCreateProjects: true });
  });

  it('gets a backend, compares it, and gives it back without its secret', async () => {
    const it = client();
    await it.createProject('gpu', signal);
    expect(await it.compareBackend('gpu', backend, signal)).toBe('absent');
    await it.putBackend('gpu', backend, 'create', signal);
    expect(server.projects[0]?.backend).toMatchObject(backend);
    expect(await it.compareBackend('gpu', backend, signal)).toBe('same');
    const rotated = { ...backend, creds: { ...backend.creds, client_secret: 'new' } } as const;
    expect(await it.compareBackend('gpu', rotated as typeof backend, signal)).toBe('different');
    expect(JSON.stringify(await it.backendPlace('gpu', signal))).not.toContain('canary');
  });

  it('that has no such project says so with undefined', async () => {
    expect(await client().project('nope', signal)).toBeUndefined();
    expect(await client().projectNames(signal)).toEqual([]);
  });

  it.each([
    ['0.20.25', 'refused'],
    ['0.19.40', 'refused'],
    ['0.20.26', '0.20.26'],
    ['0.21.0rc1', '0.21.0rc1'],
    ['0.21.5', '0.21.5'],
    ['0.22.0', 'warned'],
    ['1.0.0', 'warned'],
    [null, '0.21.5'],
  ])('of version %s is met with: %s', async (version, expected) => {
    server.version = version;
    const it = client();
    if (expected === 'refused') {
      const error = await refusalOf(it.whoAmI(signal));
      expect(error.code).toBe('server_too_old');
      expect(error.message).toContain(version);
      expect(server.calls.map((call) => call.path)).toEqual(['/api/server/get_info']);
      return;
    }
    await it.whoAmI(signal);
    expect(server.calls.at(-1)?.version).toBe(expected === 'warned' ? '0.21.5' : expected);
    const { warning } = await it.compatibility(signal);
    expect(warning?.includes(version ?? '') ?? false).toBe(expected === 'warned');
  });
});

describe('a failure has its own code and sentence', () => {
  const html = '<html>Sign in to continue</html>';
  it.each([
    ['HTML with 200', { path: /./, status: 200, body: html }, 'server_not_dstack'],
    ['HTML with 404', { path: /./, status: 404, body: html }, 'server_not_dstack'],
    [
      'a redirect',
      { path: /./, status: 302, location: 'http://127.0.0.1:9/x' },
      'server_redirects',
    ],
    ['a bare 500', { path: /./, status: 500, body: 'Internal Server Error' }, 'server_failed'],
    [
      'JSON of another kind',
      { path: /get_my/, status: 200, body: '[1]' },
      'server_unexpected_answer',
    ],
    [
      '401 without a header',
      { path: /get_my/, status: 401, body: '{"detail":"Not authenticated"}' },
      'server_token_invalid',
    ],
    [
      'an access denied',
      { path: /get_my/, status: 403, body: '{"detail":{"msg":"Access denied","code":null}}' },
      'server_access_denied',
    ],
  ])('%s', async (_, fault, code) => {
    server.faults = [fault];
    const error = await refusalOf(client().whoAmI(signal));
    expect(error.code).toBe(code);
    expect(error.remedy).not.toBe('');
  });

  it('a wrong token', async () => {
    const error = await refusalOf(client({ token: 'canary-wrong' }).whoAmI(signal));
    expect([error.code, error.field]).toEqual(['server_token_invalid', 'serverToken']);
    expect(textOf(error)).not.toContain('canary');
  });

  it('a token that can be no header, which fetch itself would quote', () => {
    expect(() => client({ token: 'canary\nx' })).toThrow(/^(?!.*canary).*token/s);
  });

  it('a server without Azure', async () => {
    server.backendTypes = ['aws'];
    expect((await refusalOf(client().checkAzure(signal))).code).toBe('server_without_azure');
  });

  it('no server at all, after three tries', async () => {
    await server.stop();
    const error = await refusalOf(client().health(signal));
    expect(error.code).toBe('server_unreachable');
    expect(waits).toEqual([1000, 2000]);
    await server.start();
  });

  it('a host name that does not exist', async () => {
    const error = await refusalOf(client({ url: 'http://dstack.invalid' }).health(signal));
    expect(error.code).toBe('server_unreachable');
  });

  it('TLS asked of a server that does not speak it', async () => {
    const error = await refusalOf(
      client({ url: server.url.replace('http', 'https') }).health(signal),
    );
    expect([error.code, error.field]).toEqual(['server_tls', 'serverUrl']);
  });

  it('a certificate that nobody vouches for', async () => {
    const failing: typeof fetch = () => {
      const cause = Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      return Promise.reject(new TypeError('fetch failed', { cause }));
    };
    const error = await refusalOf(client({ fetch: failing }).health(signal));
    expect(error.message).toContain('self-signed');
  });
});

describe('a call', () => {
  it('that only reads is repeated when the server dies in the middle of its answer', async () => {
    server.faults = [{ path: /get_my_user/, cut: 'after' }];
    expect((await client().whoAmI(signal)).username).toBe('admin');
    expect(server.callsOf(/get_my_user/)).toBe(2);
  });

  it('that writes is sent once, whatever happens', async () => {
    server.faults = [{ path: /create/, cut: 'after' }];
    const error = await refusalOf(client().createProject('gpu', signal));
    expect(error.code).toBe('server_connection_lost');
    expect(server.callsOf(/create/)).toBe(1);
    expect(server.projects.map((project) => project.name)).toEqual(['gpu']);
  });

  it('ends at once when it is cancelled, and that is no failure', async () => {
    server.faults = [{ path: /get_my_user/, delayMs: 5_000 }];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(client().whoAmI(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that takes longer than its time ends with a sentence about it', async () => {
    server.faults = [{ path: /healthcheck/, delayMs: 5_000 }];
    const error = await refusalOf(client({ timeoutMs: 50 }).health(signal));
    expect(error.code).toBe('server_timeout');
  });

  it('has 30 seconds for an answer, and five minutes while it makes networks in Azure', async () => {
    const limits = vi.spyOn(AbortSignal, 'timeout');
    const it = client();
    await it.createProject('gpu', signal);
    await it.putBackend('gpu', backend, 'create', signal);
    // The server's version, asked once; the project; its backend.
    expect(limits.mock.calls).toEqual([[30_000], [30_000], [300_000]]);
    limits.mockRestore();
  });

  it('never repeats a secret that the server echoes', async () => {
    const it = client();
    await it.createProject('gpu', signal);
    const echoes = [
      JSON.stringify({
        detail: [{ type: 'x', loc: ['body', 'creds'], msg: `bad ${SECRET}`, input: SECRET }],
      }),
      JSON.stringify({
        detail: [
          {
            msg: `1 validation error\nazure.x\n  Extra [type=extra, input_value='${SECRET.slice(0, 9)}...', input_type=str]`,
            code: 'error',
          },
        ],
      }),
      JSON.stringify({ detail: `Bearer ${server.token} and ${JSON.stringify(SECRET)}` }),
      `<html>${SECRET}</html>`,
    ];
    for (const body of echoes) {
      server.faults = [{ path: /create_yaml/, status: 422, body }];
      const error = await refusalOf(it.putBackend('gpu', backend, 'create', signal));
      expect(textOf(error)).not.toContain('canary');
      expect(error.code).toBe('server_refused');
    }
  });
});

function textOf(error: SetupError): string {
  return [error.message, error.remedy, JSON.stringify(error), String(error.cause)].join(' ');
}

async function refusalOf(act: Promise<unknown>): Promise<SetupError> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error as SetupError;
}
