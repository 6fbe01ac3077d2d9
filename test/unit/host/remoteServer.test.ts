import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectServer } from '../../../src/dstack/projectServer.ts';
import { checkRemotely, type RemoteServerParts } from '../../../src/host/remoteServer.ts';
import { createSecrets } from '../../../src/host/secrets.ts';
import { realClock } from '../../../src/local/realClock.ts';
import { SimulatedDstack } from '../../simulators/dstack/simulatedDstack.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const { signal } = new AbortController();
const resources = { read: () => Promise.resolve(undefined) };

describe('The token of a dstack server elsewhere', () => {
  let server: SimulatedDstack;
  const kept = new Map<string, string>();
  let typed: string | undefined;

  beforeEach(async () => {
    server = await new SimulatedDstack().start();
    kept.clear();
    typed = undefined;
  });
  afterEach(() => server.stop());

  const parts = (): RemoteServerParts => ({
    connectServer: () => Promise.resolve(connectServer),
    givenToken: () => Promise.resolve(typed),
    appSignIn: () => Promise.resolve(undefined),
    secrets: createSecrets({
      get: (key) => Promise.resolve(kept.get(key)),
      store: (key, value) => Promise.resolve(void kept.set(key, value)),
      delete: (key) => Promise.resolve(void kept.delete(key)),
    }),
    clock: realClock,
  });
  const check = () =>
    checkRemotely(
      sampleSpec({ server: { kind: 'remote', url: server.url } }),
      resources,
      parts(),
      signal,
    );

  it('is kept once the server has accepted it, and found by whoever types none', async () => {
    typed = server.token;
    await check();
    expect([...kept.values()]).toEqual([server.token]);
    typed = undefined;
    await check();
  });

  it('is kept nowhere when the server refuses it', async () => {
    typed = 'canary-of-another-server';
    await expect(check()).rejects.toMatchObject({ code: 'server_token_invalid' });
    expect([...kept.values()]).toEqual([]);
  });

  it('is asked for at its field when nobody has given one', async () => {
    await expect(check()).rejects.toMatchObject({
      code: 'server_token_missing',
      field: 'serverToken',
    });
  });
});
