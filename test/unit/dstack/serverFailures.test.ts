import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionError } from '../../../src/dstack/serverConnection.ts';
import { connectServer } from '../../../src/dstack/projectServer.ts';
import { asSetupError } from '../../../src/setup/errors.ts';
import { SimulatedDstack, type Fault } from '../../simulators/dstack/simulatedDstack.ts';
import { record } from './projectRecords.ts';

const { signal } = new AbortController();
const clock = { now: () => 0, sleep: () => Promise.resolve() };
const { spec } = record;
const signIn = { kind: 'default' } as const;
/** Everything that is looked for is in Azure. */
const resources = {
  read: ({ id }: { readonly id: string }) => Promise.resolve({ id, tags: {}, body: {} }),
};
let server: SimulatedDstack;

function connect(token = server.token) {
  return connectServer({ url: server.url, token, clock, resources, timeoutMs: 300 });
}

beforeEach(async () => {
  server = await new SimulatedDstack().start();
});
afterEach(() => server.stop());

/** What goes wrong, and the sentence for it; `{url}` stands for the server's address. */
const FAILURES: readonly {
  readonly what: string;
  readonly faults?: readonly Fault[];
  readonly set?: (server: SimulatedDstack) => unknown;
  readonly code: string;
  readonly says: string;
}[] = [
  {
    what: 'is down',
    set: (each) => each.stop(),
    code: 'server_unreachable',
    says: 'No dstack server answers at {url}. “127.0.0.1” means the machine that this runs on, in a remote window the remote one: start the server there, or enter an address that is reached from there.',
  },
  {
    what: 'takes longer than we wait',
    faults: [{ path: /projects\/create/, delayMs: 2_000 }],
    code: 'server_timeout',
    says: 'The dstack server at {url} did not answer in time. Check that it runs and is not overloaded, then try again.',
  },
  {
    what: 'dies in the middle of an answer',
    faults: [{ path: /projects\/create/, cut: 'after' }],
    code: 'server_connection_lost',
    says: 'The connection to the dstack server at {url} broke before it had answered. Try again: what was done already is found, not done twice.',
  },
  {
    what: 'speaks HTML',
    faults: [{ path: /healthcheck/, status: 200, body: '<!doctype html><title>Sign in</title>' }],
    code: 'server_not_dstack',
    says: 'What answers at {url} is not a dstack server. Check host, port and path; a sign-in page or a proxy may be in the way.',
  },
  {
    what: 'does not know the token',
    faults: [{ path: /list_types/, status: 403, body: '{"detail":{"msg":"Invalid token"}}' }],
    code: 'server_token_invalid',
    says: 'The dstack server at {url} does not accept the token. Enter the token of your user on that server.',
  },
  {
    what: 'has us as a mere user of the project',
    set: (each) => {
      each.user = { username: 'eve', role: 'user', canCreateProjects: true };
      each.projects.push({
        ...{ name: 'gpu', owner: 'admin', members: [{ username: 'eve', role: 'user' }] },
      });
    },
    code: 'server_not_project_admin',
    says: 'You are not an administrator of the project “gpu” on the dstack server. Ask one of them to make you one, or choose another name.',
  },
  {
    what: 'has a project of that name',
    set: (each) =>
      each.projects.push({
        name: 'gpu',
        owner: 'eve',
        members: [{ username: 'eve', role: 'admin' }],
      }),
    code: 'server_project_name_taken',
    says: 'The dstack server has another project of the name “gpu”. Choose another name for this one.',
  },
  {
    what: 'has no azure among its backend types',
    set: (each) => {
      each.backendTypes = ['aws', 'gcp'];
    },
    code: 'server_without_azure',
    says: 'The dstack server has no support for Azure installed. Install it with “pip install dstack[all]” and restart the server.',
  },
  {
    what: 'is too old',
    set: (each) => {
      each.version = '0.20.25';
    },
    code: 'server_too_old',
    says: 'The dstack server at {url} is version 0.20.25. Update it to 0.20.26 or later, then try again.',
  },
];

describe('a registration that fails because the server', () => {
  it.each(FAILURES)('$what says so, and is made when it is tried again', async (failure) => {
    server.faults = [...(failure.faults ?? [])];
    await failure.set?.(server);
    const thrown: unknown = await connect()
      .register(record, signIn, signal)
      .catch((e: unknown) => e);
    const { code, message, remedy } = asSetupError(thrown);
    expect(code).toBe(failure.code);
    expect(`${message} ${remedy}`).toBe(failure.says.replace('{url}', server.url));
    expect(`${message} ${remedy}`).not.toContain(server.token);
    // Put right: another server process, another version, the name is free.
    await server.stop().catch(() => undefined);
    const kept = server.projects.filter(
      ({ owner, members }) =>
        owner === 'admin' && members.some(({ username }) => username === 'admin'),
    );
    server = await new SimulatedDstack().start();
    server.projects.push(...kept);
    await connect().register(record, signIn, signal);
    expect(server.projects.map(({ name }) => name)).toEqual(['gpu']);
    expect(server.projects[0]?.backend).toMatchObject({ type: 'azure' });
  });
});

it('A server elsewhere whose name nobody knows is not explained as this machine', async () => {
  const elsewhere = { url: 'https://dstack.invalid', token: 't', clock, resources };
  await expect(connectServer(elsewhere).check(spec, signal)).rejects.toMatchObject({
    code: 'server_unreachable',
    message: 'The host name of the dstack server at https://dstack.invalid is unknown.',
    remedy: 'Start the server, or correct its URL, then try again.',
  });
});

it.each(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])(
  'A server behind a firewall never had a connection to lose (%s)',
  (code) => {
    const cause = Object.assign(new Error('no answer'), { code });
    const error = new TypeError('fetch failed', { cause });
    const signals = { caller: signal, timeout: signal };
    const failure = connectionError('https://dstack.example', error, signals);
    expect(failure).toMatchObject({ code: 'server_unreachable', field: 'serverUrl' });
    expect(failure).toMatchObject({ remedy: expect.stringContaining('firewall') as string });
  },
);

describe('an undo of a registered project', () => {
  it('takes it off the server, and finds nothing the next time', async () => {
    await connect().register(record, signIn, signal);
    await connect().forUndo(spec).unregister(signal);
    expect(server.projects).toEqual([]);
    await connect().forUndo(spec).unregister(signal);
  });

  it('leaves somebody else’s project of that name alone, and goes on', async () => {
    const theirs = { name: 'gpu', owner: 'eve', members: [{ username: 'eve', role: 'admin' }] };
    server.projects.push(theirs);
    await connect().forUndo(spec).unregister(signal);
    expect(server.projects).toEqual([theirs]);
  });

  it('stops at a server that does not know us, for the project may be there', async () => {
    await expect(connect('wrong').forUndo(spec).unregister(signal)).rejects.toMatchObject({
      code: 'server_token_invalid',
    });
  });
});
