import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AzureConnection } from '../../src/host/azureAccess.ts';
import { TypedSecrets } from '../../src/host/typedSecrets.ts';
import type { Caller } from '../../src/setup/ports.ts';
import { SetupError } from '../../src/setup/errors.ts';
import { wizardAccess } from '../../src/wizardAccess.ts';
import { SimulatedDstack } from '../simulators/dstack/simulatedDstack.ts';

const signal = new AbortController().signal;
const OTHER = 'https://other.example.com';

let home: string;
let server: SimulatedDstack;
let typed: TypedSecrets;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dstack-azure-home-'));
  await mkdir(join(home, '.dstack'));
  server = await new SimulatedDstack().start();
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  typed = new TypedSecrets();
  await knows(entry('main', server.url, server.token));
});

const entry = (name: string, url: string, token: string, isDefault = false) =>
  `- name: ${name}\n  url: ${url}\n  token: ${token}\n  default: ${String(isDefault)}\n`;

const knows = (...entries: readonly string[]) =>
  writeFile(join(home, '.dstack', 'config.yml'), `projects:\n${entries.join('')}`);

const person = (name: string): Caller => ({ principalId: name, principalType: 'User', name });

function access(graph = 'dana', organisation?: string) {
  const connection = {
    catalog: { caller: () => Promise.resolve(person('dana')) },
    graphAccount: () => Promise.resolve(person(graph)),
  };
  return wizardAccess({
    typed,
    home,
    connect: () => connection as unknown as AzureConnection,
    organisationAccount: () => Promise.resolve(organisation),
  });
}

const thrownBy = async (work: Promise<unknown>): Promise<SetupError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SetupError) return error;
  throw new Error(`no SetupError, but ${String(error)}`);
};

describe('Servers that the CLI knows', () => {
  it('are listed once each with their projects, the default first, and without any token', async () => {
    await knows(
      entry('one', server.url, server.token),
      entry('two', OTHER, 'canary-two', true),
      entry('three', server.url, server.token),
    );
    const found = await access().servers.fromHome(signal);
    expect(found).toEqual([
      { url: OTHER, projectNames: ['two'] },
      { url: server.url, projectNames: ['one', 'three'] },
    ]);
  });

  it('are listed and asked without a password in their URL, which is nobody’s to see', async () => {
    const { host } = new URL(server.url);
    await knows(entry('one', `http://dana:canary-pw@${host}`, server.token));
    expect(await access().servers.fromHome(signal)).toEqual([
      { url: server.url, projectNames: ['one'] },
    ]);
    const checked = await access().servers.check({ url: server.url, token: 'home' }, signal);
    expect(checked).toMatchObject({ userName: 'admin' });
  });

  it('are none where the CLI was never used', async () => {
    await rm(join(home, '.dstack', 'config.yml'));
    expect(await access().servers.fromHome(signal)).toEqual([]);
  });

  it('can’t be listed from a file with errors, whose line is named and no token', async () => {
    await knows('- name: [unfinished\n  token: canary-two\n');
    const error = await thrownBy(access().servers.fromHome(signal));
    expect(error.line).toBeGreaterThan(1);
    expect(JSON.stringify([error, error.message])).not.toContain('canary');
  });

  it('are asked with their own token', async () => {
    const checked = await access().servers.check({ url: server.url, token: 'home' }, signal);
    expect(checked).toMatchObject({ url: server.url, userName: 'admin' });
    expect(checked.version).toMatch(/^\d+\.\d+/);
  });
});

describe('A server by URL and token', () => {
  const check = () => access().servers.check({ url: server.url, token: 'given' }, signal);

  it('is asked with the token that was given last', async () => {
    typed.keep('serverToken', 'old');
    typed.keep('serverToken', server.token);
    expect(await check()).toMatchObject({ userName: 'admin' });
  });

  it('says at the token that it does not know it, and says not what it is', async () => {
    typed.keep('serverToken', 'canary-wrong');
    const error = await thrownBy(check());
    expect(error).toMatchObject({ code: 'server_token_invalid', field: 'serverToken' });
    expect(JSON.stringify([error, error.message, error.remedy])).not.toContain('canary');
  });

  it('recognises the token of another server of the CLI', async () => {
    await knows(entry('two', OTHER, 'canary-two'));
    typed.keep('serverToken', 'canary-two');
    const error = await thrownBy(check());
    expect(error.message).toContain(OTHER);
    expect(error).toMatchObject({ code: 'server_token_invalid', field: 'serverToken' });
    expect(error.message).not.toContain('canary');
  });
});

describe('The token for registering', () => {
  it('is the one that was typed and taken, else the one that the CLI has for the server', async () => {
    await knows(entry('main', server.url, 'at-home'));
    const mine = access();
    expect(await mine.givenToken(`${server.url}/`)).toBe('at-home');
    expect(await mine.givenToken(OTHER)).toBeUndefined();
    typed.keep('serverToken', server.token);
    expect(await mine.givenToken(server.url)).toBe('at-home');
    await mine.servers.check({ url: server.url, token: 'given' }, signal);
    expect(await mine.givenToken(`${server.url}/`)).toBe(server.token);
    typed.keep('serverToken', 'another');
    expect(await mine.givenToken(server.url)).toBe('at-home');
  });

  it('is never one that was typed for another server', async () => {
    await knows(entry('two', OTHER, 'at-home'));
    typed.keep('serverToken', server.token);
    const mine = access();
    await mine.servers.check({ url: server.url, token: 'given' }, signal);
    expect(await mine.givenToken(OTHER)).toBe('at-home');
    expect(await mine.givenToken('https://third.example.com')).toBeUndefined();
  });

  it('is none that the server has refused', async () => {
    await knows(entry('two', OTHER, 'at-home'));
    typed.keep('serverToken', 'wrong');
    const mine = access();
    await thrownBy(mine.servers.check({ url: server.url, token: 'given' }, signal));
    expect(await mine.givenToken(server.url)).toBeUndefined();
  });
});

describe('Who registers an app', () => {
  const place = { accountId: 'dana', tenantId: 'x' };

  it('is the account of Azure CLI, if it is the one that is signed in', async () => {
    const found = await access().app.registrar(place, signal);
    expect(found).toEqual({ name: 'dana', via: 'azureCli' });
  });

  it('is nobody if Azure CLI is signed in as somebody else, and both are named', async () => {
    const error = await thrownBy(access('root').app.registrar(place, signal));
    expect(error.code).toBe('graph_account_differs');
    expect(error.message).toMatch(/dana.*root/);
  });

  it('is the same account, where the organisation has a client of its own', async () => {
    const found = await access('root', 'dana@contoso.example').app.registrar(place, signal);
    expect(found).toEqual({ name: 'dana@contoso.example', via: 'organisation' });
  });
});
