import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ARM_OPERATIONS } from '../simulators/azure/core/operations.ts';
import { singleWorld } from '../simulators/azure/core/worlds/single.ts';
import { startSimulator } from '../simulators/azure/faces/startSimulator.ts';
import { installAzureSdks } from './azureSdksVenv.ts';
import { runProgram } from './program.ts';

interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly error?: string;
}

/** What the program does not call, and why. */
const NOT_CALLED: Readonly<Record<string, string>> = {
  'Long-running operation: poll (workspace result)': 'the clients poll Azure-AsyncOperation',
  'Long-running operation: poll (table result)': 'the clients poll Azure-AsyncOperation',
  'Workspace: query its rows': 'a call of the query client, not of the management ones',
  'File shares: list': 'not a kind of ours',
  'Queues: list': 'not a kind of ours',
  'Tables of an account: list': 'not a kind of ours',
  'Virtual machines: list in a group': 'not a kind of ours',
};

// Before the tests are collected: each line of the program becomes one of them.
const python = await installAzureSdks(console.log);
const azure = await startSimulator({
  // Short pages, so that every list of more than three proves that nextLink is followed.
  world: { ...singleWorld(), pageSize: 3 },
  lag: 'none',
  timeScale: 60,
});
const { code, stdout, stderr } = await runProgram(
  python,
  [join(import.meta.dirname, 'azureSdks.py')],
  { env: environment() },
);
const checks = stdout
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Check);

afterAll(() => azure.close());

function environment(): NodeJS.ProcessEnv {
  const { tenantId, clientId, clientSecret, subscriptionId } = azure.sample;
  return {
    PATH: process.env['PATH'],
    PYTHONDONTWRITEBYTECODE: '1',
    HTTPS_PROXY: azure.proxyUrl,
    REQUESTS_CA_BUNDLE: azure.caFile,
    SSL_CERT_FILE: azure.caFile,
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_SUBSCRIPTION_ID: subscriptionId,
  };
}

describe("Azure's clients for Python, through proxy and certificate alone", () => {
  it.each(checks)('$check', ({ ok, error }) => {
    expect(error).toBeUndefined();
    expect(ok).toBe(true);
  });

  it('come to the end of their program', () => {
    expect(code, stderr).toBe(0);
    expect(checks.at(-1)?.check).toBe('resource group: is deleted with all that is in it');
  });

  it('follow lists over many pages', () => {
    const { entries } = azure.simulated.requests;
    const pages = entries.filter(({ operation }) => operation === 'Providers: list');
    expect(pages.length).toBeGreaterThan(1);
  });

  it('ask for nothing that is not simulated', () => {
    expect(azure.simulated.requests.unsupported()).toEqual([]);
    expect(azure.refused).toEqual([]);
  });

  it('reach every operation of ARM but those named above', () => {
    const reached = new Set(azure.simulated.requests.entries.map((entry) => entry.operation));
    const missed = ARM_OPERATIONS.map(({ name }) => name).filter((name) => !reached.has(name));
    expect(missed.filter((name) => !(name in NOT_CALLED))).toEqual([]);
  });
});
