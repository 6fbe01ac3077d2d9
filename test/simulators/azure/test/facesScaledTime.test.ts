import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../faces/startSimulator.ts';
import { ask } from './throughProxy.ts';

describe('the simulator at sixty times speed', () => {
  let simulator: Simulator;
  const tenants = 'https://management.azure.com/tenants?api-version=2022-12-01';
  const door = async () => ({
    proxyUrl: simulator.proxyUrl,
    ca: await readFile(simulator.caFile, 'utf8'),
  });

  beforeAll(async () => {
    simulator = await startSimulator({ world: 'single', timeScale: 60, lag: 'none' });
  });
  afterAll(() => simulator.close());

  const signIn = async () => {
    const { tenantId, clientId, clientSecret } = simulator.sample;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://management.azure.com/.default',
    });
    const answer = await ask(
      await door(),
      `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      },
    );
    return JSON.parse(answer.body.toString()) as { access_token: string; expires_in: number };
  };
  const statusWith = async (token: string) =>
    (await ask(await door(), tenants, { headers: { authorization: `Bearer ${token}` } })).status;

  it('lets a token live an hour of the client’s time, not a minute', async () => {
    const { access_token: token, expires_in: lifetime } = await signIn();
    expect(lifetime).toBe(3599);
    simulator.clock.advance(59 * 60_000 * 60);
    expect(await statusWith(token)).toBe(200);
    simulator.clock.advance(2 * 60_000 * 60);
    expect(await statusWith(token)).toBe(401);
  });

  it('does the same for persons', async () => {
    const token = simulator.simulated.issueUserToken({
      tenantId: simulator.sample.tenantId,
      username: 'dev@contoso.example',
      audience: 'https://management.azure.com',
    });
    simulator.clock.advance(59 * 60_000 * 60);
    expect(await statusWith(token)).toBe(200);
  });
});
