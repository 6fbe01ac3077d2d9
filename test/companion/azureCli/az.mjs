#!/usr/bin/env node
// Stands in for Azure CLI where a test puts it on the PATH: `az account get-access-token`, as strict as the
// real one about its arguments, for whoever is signed in by the file `signed-in` beside it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** What Azure CLI's own client may do on Graph (azure-facts 4.1). */
const GRAPH_SCOPES = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'Directory.AccessAsUser.All',
];
const RESOURCES = ['https://graph.microsoft.com', 'https://management.azure.com'];

function fail(message, code) {
  process.stderr.write(`ERROR: ${message}\n`);
  process.exit(code);
}

function readArguments() {
  const [group, command, ...rest] = process.argv.slice(2);
  if (group !== 'account' || command !== 'get-access-token') {
    fail(`'${[group, command].join(' ')}' is misspelled or not recognized by the system.`, 2);
  }
  const options = {
    output: { type: 'string', short: 'o' },
    resource: { type: 'string' },
    tenant: { type: 'string', short: 't' },
  };
  try {
    return parseArgs({ args: rest, options }).values;
  } catch (error) {
    return fail(`unrecognized arguments: ${error.message}`, 2);
  }
}

function signedIn() {
  try {
    return JSON.parse(readFileSync(path.join(import.meta.dirname, 'signed-in'), 'utf8'));
  } catch {
    return fail("Please run 'az login' to setup account.", 1);
  }
}

const { output, resource = 'https://management.core.windows.net/', tenant } = readArguments();
if (output !== undefined && output !== 'json') fail('This stand-in prints JSON only.', 2);
const { username, tenantId: home } = signedIn();
const audience = RESOURCES.find((each) => each === resource.replace(/\/$/, ''));
if (audience === undefined) {
  fail(`AADSTS500011: The resource principal named ${resource} was not found in the tenant.`, 1);
}
const tenantId = tenant ?? home;
const response = await globalThis.fetch(
  new URL('/sign-in-token', process.env.DSTACK_TEST_CONTROL_URL),
  {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ username, tenantId, audience },
      ...(audience === RESOURCES[0] ? { scopes: GRAPH_SCOPES } : {}),
    }),
  },
);
const { token } = await response.json();
if (!response.ok) {
  fail(`AADSTS50020: User account '${username}' does not exist in tenant '${tenantId}'.`, 1);
}
const { exp } = JSON.parse(
  globalThis.Buffer.from(token.split('.')[1], 'base64url').toString('utf8'),
);
const expiresOn = new Date(exp * 1000).toISOString().replace('T', ' ').replace('Z', '000');
const answer = { accessToken: token, expiresOn, expires_on: exp, tenant: tenantId };
process.stdout.write(`${JSON.stringify({ ...answer, tokenType: 'Bearer' }, undefined, 2)}\n`);
