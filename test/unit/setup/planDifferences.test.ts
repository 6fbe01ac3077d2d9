import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/setup/json.ts';
import type { Change } from '../../../src/setup/plan.ts';
import { planProject } from '../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { fakePorts, type FakePorts } from './fakeAzure.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const APP = '44444444-4444-4444-4444-444444444444';
const spec: ProjectSpec = sampleSpec({
  credentials: { kind: 'existingApp', principalId: APP },
  secretsAndLogs: true,
});

async function made(): Promise<FakePorts> {
  const ports = fakePorts();
  const plan = await planProject(spec, dev, ports, never);
  expect((await runProject(plan, ports, { report: () => undefined, signal: never })).outcome).toBe(
    'done',
  );
  return ports;
}

/** What the plan says once somebody has changed the object by hand. */
async function after(
  key: string,
  change: (body: JsonObject) => JsonObject,
): Promise<{ ports: FakePorts; id: string; change: Change }> {
  const ports = await made();
  const find = async (): Promise<Change> =>
    (await planProject(spec, dev, ports, never)).changes.find(
      (each) => each.resource.key === key,
    ) ?? expect.fail(`The plan has no ${key}.`);
  const observed = (await find()).observed ?? expect.fail(`There is no ${key}.`);
  ports.resources.put(observed.id, {
    ...observed.body,
    tags: observed.tags,
    ...change(observed.body),
  });
  return { ports, id: observed.id, change: await find() };
}

const properties = (of: JsonObject, more: JsonObject): JsonObject => ({
  properties: { ...(of['properties'] as JsonObject), ...more },
});
const FOREIGN: JsonObject = { tags: { team: 'x' } };
const noRules = (of: JsonObject): JsonObject => properties(of, { securityRules: [] });
const rule = (more: JsonObject): JsonObject => ({
  name: 'runner_ssh',
  properties: {
    access: 'Allow',
    direction: 'Inbound',
    destinationPortRange: '22',
    sourceAddressPrefix: 'Internet',
    ...more,
  },
});
const permission =
  (more: JsonObject) =>
  (of: JsonObject): JsonObject => {
    const [first] = (of['properties'] as { permissions: JsonObject[] }).permissions;
    return properties(of, { permissions: [{ ...first, ...more }] });
  };

describe('what somebody has changed by hand', () => {
  it.each<[string, string, (body: JsonObject) => JsonObject, string, string]>([
    [
      'a rule is gone',
      'networkSecurityGroup',
      noRules,
      'update',
      'The rule runner_ssh is missing.',
    ],
    [
      'a rule denies',
      'networkSecurityGroup',
      (of) => properties(of, { securityRules: [rule({ access: 'Deny' })] }),
      'update',
      'The rule runner_ssh lets in something else.',
    ],
    [
      'a rule opens more',
      'networkSecurityGroup',
      (of) => properties(of, { securityRules: [rule({ destinationPortRange: '*' })] }),
      'update',
      'The rule runner_ssh lets in something else.',
    ],
    [
      'a rule is open to one network only',
      'networkSecurityGroup',
      (of) => properties(of, { securityRules: [rule({ sourceAddressPrefix: '10.1.0.0/16' })] }),
      'keep',
      'Is as it should be.',
    ],
    [
      'somebody else’s group has taken the place of ours',
      'networkSecurityGroup',
      (of) => ({ ...noRules(of), ...FOREIGN }),
      'adopt',
      'Exists already; used as it is, although: The rule runner_ssh is missing.',
    ],
    [
      'the subnet is gone',
      'virtualNetwork',
      (of) => properties(of, { subnets: [] }),
      'update',
      'The subnet dstackvision1a2b3c4d-default-subnet is missing.',
    ],
    [
      'a role has got a wildcard',
      'roleDefinition/run',
      permission({ actions: ['*'] }),
      'update',
      'Its rights differ from what dstack needs.',
    ],
    [
      'a role has got data rights',
      'roleDefinition/run',
      permission({ dataActions: ['*'] }),
      'update',
      'Its rights differ from what dstack needs.',
    ],
    [
      'a role can be given elsewhere',
      'roleDefinition/read',
      (of) => properties(of, { assignableScopes: ['/subscriptions/x'] }),
      'update',
      'Its rights differ from what dstack needs.',
    ],
    [
      'a role assignment is another’s',
      'role/app/run',
      (of) => properties(of, { principalId: dev.principalId }),
      'conflict',
      'Another role assignment has this id. Remove it in the Azure portal, then try again.',
    ],
    [
      'the vault uses access policies',
      'keyVault',
      (of) => properties(of, { enableRbacAuthorization: false }),
      'update',
      'It uses access policies instead of roles.',
    ],
    [
      'logs flow elsewhere',
      'dataCollectionRule',
      (of) => properties(of, { destinations: {} }),
      'update',
      'It does not bring logs into the table of this project.',
    ],
    [
      'blobs may be public',
      'storageAccount',
      (of) => properties(of, { allowBlobPublicAccess: true }),
      'update',
      'allowBlobPublicAccess should be false.',
    ],
  ])('%s: %s', async (_what, key, hand, action, reason) => {
    const { change } = await after(key, hand);
    expect({ action: change.action, reason: change.reason }).toEqual({ action, reason });
  });

  it('is put right without opening what a person has narrowed, and is right then', async () => {
    const narrowed = { destinationPortRange: '*', sourceAddressPrefix: '10.1.0.0/16' };
    const theirs = { name: 'theirs', properties: { priority: 400 } };
    const { ports, id } = await after('networkSecurityGroup', (of) =>
      properties(of, { securityRules: [theirs, rule(narrowed)] }),
    );
    const plan = await planProject(spec, dev, ports, never);
    await runProject(plan, ports, { report: () => undefined, signal: never });
    const body = ports.resources.objects.get(id.toLowerCase())?.body['properties'];
    const { securityRules } = body as { securityRules: { name: string; properties: JsonObject }[] };
    expect(securityRules.map(({ name }) => name)).toEqual(['theirs', 'runner_ssh']);
    expect(securityRules[1]?.properties).toMatchObject({
      destinationPortRange: '22',
      sourceAddressPrefix: '10.1.0.0/16',
    });
    const again = await planProject(spec, dev, ports, never);
    expect(
      again.changes.filter(({ action }) => action !== 'keep').map(({ resource }) => resource.key),
    ).toEqual([]);
  });
});

describe('an object of somebody else that has our name', () => {
  const network =
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/dstack-vision/providers/Microsoft.Network';

  it.each([
    [
      `${network}/virtualNetworks/dstackvision1a2b3c4d-default-network`,
      'virtualNetwork',
      'conflict',
      'It was not made by this project, so it is not changed. The subnet dstackvision1a2b3c4d-default-subnet is missing.',
    ],
    [
      `${network}/networkSecurityGroups/dstack-network-security-group-westeurope`,
      'networkSecurityGroup',
      'adopt',
      'Exists already; used as it is, although: The rule runner_ssh is missing.',
    ],
  ])('%s: is used only if it fits, and its lacks are told', async (id, key, action, reason) => {
    const ports = fakePorts();
    ports.resources.put(id.slice(0, id.indexOf('/providers/')), { location: 'westeurope' });
    ports.resources.put(id, { location: 'westeurope', properties: {} });
    const resourceGroup = { name: 'dstack-vision', create: false };
    const plan = await planProject({ ...spec, resourceGroup }, dev, ports, never);
    const change = plan.changes.find(({ resource }) => resource.key === key);
    expect({ action: change?.action, reason: change?.reason }).toEqual({ action, reason });
  });
});
