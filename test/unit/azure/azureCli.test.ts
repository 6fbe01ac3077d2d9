import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toSetupError } from '../../../src/azure/azureErrors.ts';
import { PUBLIC_CLOUD } from '../../../src/azure/cloud.ts';
import { azureCliTokens } from '../../../src/azure/tokens.ts';
import { SetupError } from '../../../src/setup/errors.ts';

// With the real credential of @azure/identity: what it says is what is tested here.

const TENANT = '11111111-2222-3333-4444-555555555555';
const NOT_READY = 'Azure CLI is not installed here, or nobody is signed in to it.';
const path = process.env['PATH'] ?? '';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azure-cli-'));
});
beforeEach(() => {
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterAll(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true });
});

/** What a person reads when Azure CLI says this, and gives no token. */
async function after(stderr: string, challenge?: string): Promise<SetupError> {
  const az = join(folder, 'az');
  await writeFile(az, `#!/bin/sh\ncat >&2 <<'END'\n${stderr}\nEND\nexit 1\n`);
  await chmod(az, 0o755);
  const asked = {
    audience: 'management',
    ...(challenge === undefined ? {} : { challenge }),
  } as const;
  const error: unknown = await azureCliTokens(PUBLIC_CLOUD, TENANT)
    .token(asked)
    .catch((thrown: unknown) => thrown);
  return error instanceof SetupError ? error : expect.fail('There is a token.');
}

it.each([
  ['/bin/sh: az: command not found', NOT_READY],
  ["ERROR: Please run 'az login' to setup account.", NOT_READY],
  [
    'ERROR: Could not reach the proxy\nTraceback',
    'Azure CLI gave no token: ERROR: Could not reach the proxy.',
  ],
])('Azure CLI that says “%s” is told as: %s', async (stderr, message) => {
  expect(await after(stderr)).toMatchObject({ code: 'azure_cli_not_ready', message });
});

it('a challenge that Azure CLI can’t answer is told with the command that does', async () => {
  const claims = Buffer.from('{"access_token":{"acrs":{"value":"p1"}}}').toString('base64');
  const challenge = `Bearer error="insufficient_claims", claims="${claims}"`;
  const error = await after('It is not even asked.', challenge);
  expect(error).toMatchObject({ code: 'step_up_required', source: 'user' });
  expect(error.remedy).toBe(
    `Run az login --claims-challenge ${claims} --scope https://management.azure.com/.default --tenant ${TENANT} in a terminal, then continue.`,
  );
});

it.each(['; rm -rf ~', '$(id)', '`id`'])('no command is proposed that holds %s', (more) => {
  const said = `az login --claims-challenge e30=${more} --scope x`;
  const error = new Error(said);
  error.name = 'CredentialUnavailableError';
  expect(toSetupError(error)).toMatchObject({ code: 'azure_cli_not_ready' });
});
