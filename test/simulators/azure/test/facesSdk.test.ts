import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../faces/startSimulator.ts';
import { ask } from './throughProxy.ts';

describe('the official SDKs, pointed here by proxy and CA file alone', () => {
  let simulator: Simulator;
  let saw: Record<string, unknown>;

  beforeAll(async () => {
    simulator = await startSimulator({ world: 'single', timeScale: 50, lag: 'none' });
    const session = new URL('sdkSession.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', session, JSON.stringify(simulator.sample)],
      {
        env: {
          PATH: process.env['PATH'],
          HTTPS_PROXY: simulator.proxyUrl,
          NODE_EXTRA_CA_CERTS: simulator.caFile,
        },
      },
    );
    saw = JSON.parse(stdout) as typeof saw;
  }, 60_000);
  afterAll(() => simulator.close());

  it('sign in and list subscriptions', () => {
    expect(saw['subscriptions']).toEqual([simulator.sample.subscriptionId]);
  });

  it('find what sign-in libraries look up first: the instances and the OpenID metadata', async () => {
    const door = { proxyUrl: simulator.proxyUrl, ca: await readFile(simulator.caFile, 'utf8') };
    const login = 'https://login.microsoftonline.com';
    const { tenantId } = simulator.sample;
    const query = new URLSearchParams({
      'api-version': '1.1',
      authorization_endpoint: `${login}/${tenantId}/oauth2/v2.0/authorize`,
    });
    const discovery = await ask(door, `${login}/common/discovery/instance?${query.toString()}`);
    expect(discovery.body.toString()).toContain('/v2.0/.well-known/openid-configuration');
    const metadata = await ask(door, `${login}/${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(JSON.parse(metadata.body.toString())).toMatchObject({
      token_endpoint: `${login}/${tenantId}/oauth2/v2.0/token`,
      issuer: `${login}/${tenantId}/v2.0`,
    });
  });

  it('are told why a secret is wrong', () => {
    expect(saw['wrongSecret']).toContain('AADSTS7000215');
  });

  it('create a group and an account by polling', () => {
    expect(saw['blobEndpoint']).toBe('https://dstacksdk01.blob.core.windows.net/');
  });

  it('reach blobs only with a data role, and write them once', () => {
    expect(saw['beforeGrant']).toBe('403 AuthorizationPermissionMismatch');
    expect(saw['afterGrant']).toBe('none');
    expect(saw['second']).toBe('409 BlobAlreadyExists');
    expect(saw['content']).toBe('{"a":1}');
  });

  it('see containers on both sides, whichever side made them', () => {
    expect(saw['containers']).toEqual(['by-arm', 'by-data']);
  });

  it('leave a state behind that the control endpoint tells, without secrets', async () => {
    const response = await fetch(new URL('/state', simulator.controlUrl));
    const text = await response.text();
    const { resources } = JSON.parse(text) as { resources: { type: string; name: string }[] };
    expect(resources.map(({ name }) => name)).toContain('dstacksdk01');
    expect(text).not.toContain(simulator.sample.clientSecret);
  });

  it('cannot reach an account that does not exist', () => {
    expect(saw['unknownAccount']).toMatch(/502|ENOTFOUND|REQUEST_SEND_ERROR/);
  });

  it('sent nothing that is not simulated, and tried no other host', () => {
    expect(simulator.simulated.requests.unsupported()).toEqual([]);
    expect(simulator.refused).toEqual(['dstacknosuch.blob.core.windows.net:443']);
  });
});
