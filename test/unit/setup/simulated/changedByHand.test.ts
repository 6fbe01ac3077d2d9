import { expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/setup/json.ts';
import { SINGLE } from '../../../simulators/azure/core/worlds/single.ts';
import { fullSpec, Lab } from './lab.ts';

const spec = fullSpec();
const ARM = 'https://management.azure.com';
const NAT_GATEWAY = { id: `/subscriptions/${SINGLE.subscriptionId}/natGateways/theirs` };
const DNS = { dnsServers: ['10.0.0.4'] };
const ACLS = { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] };

/** What a person does in the portal: reads the object, changes it and writes it again. */
async function byHand(
  lab: Lab,
  id: string,
  apiVersion: string,
  change: (properties: JsonObject) => JsonObject,
): Promise<void> {
  const { tenantId, username } = SINGLE;
  const token = lab.simulated.issueUserToken({ tenantId, username, audience: ARM });
  const ask = async (method: string, body?: JsonObject): Promise<JsonObject> => {
    const answer = await lab.simulated.handle({
      method,
      url: new URL(`${ARM}${id}?api-version=${apiVersion}`),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    });
    expect(answer.status).toBe(200);
    return JSON.parse(new TextDecoder().decode(answer.body)) as JsonObject;
  };
  const { location, tags, properties } = await ask('GET');
  await ask('PUT', {
    ...{ location: location ?? null, tags: tags ?? null },
    properties: change(properties as JsonObject),
  });
  await lab.clock.sleep(300_000, new AbortController().signal);
}

it('an update brings back what the project needs and leaves what people have attached', async () => {
  const lab = new Lab();
  const machine = lab.machine();
  const first = await machine.setUp(spec);
  const idOf = (key: string): string => first.outcomes.get(key)?.outputs['id'] ?? expect.fail(key);
  const [network, vault] = [idOf('virtualNetwork'), idOf('keyVault')];
  await byHand(lab, network, '2025-05-01', (properties) => {
    const [subnet] = properties['subnets'] as readonly JsonObject[];
    const { networkSecurityGroup, ...open } = subnet?.['properties'] as JsonObject;
    expect(networkSecurityGroup).toBeDefined();
    const attached = { ...open, natGateway: NAT_GATEWAY, addressPrefix: '10.0.0.0/24' };
    return {
      ...{ ...properties, dhcpOptions: DNS },
      subnets: [{ name: subnet?.['name'] ?? '', properties: attached }],
    };
  });
  await byHand(lab, vault, '2026-02-01', (properties) => ({
    ...properties,
    ...{ enableRbacAuthorization: false, accessPolicies: [], networkAcls: ACLS },
    publicNetworkAccess: 'Disabled',
  }));

  const plan = await machine.plan(spec);
  const updates = plan.changes.filter(({ action }) => action !== 'keep');
  expect(updates.map(({ action, resource }) => `${action} ${resource.key}`).sort()).toEqual([
    'update keyVault',
    'update virtualNetwork',
  ]);
  expect((await machine.run(plan)).outcome).toBe('done');

  const { state } = lab.simulated;
  expect(state.resource(network)?.properties).toMatchObject({ dhcpOptions: DNS });
  const [subnet] = state.resourcesOfType('Microsoft.Network/virtualNetworks/subnets', network);
  expect(subnet?.properties).toMatchObject({
    ...{ addressPrefix: '10.0.0.0/24', natGateway: NAT_GATEWAY },
    networkSecurityGroup: { id: idOf('networkSecurityGroup') },
  });
  expect(state.resource(vault)?.properties).toMatchObject({
    ...{ enableRbacAuthorization: true, networkAcls: ACLS, publicNetworkAccess: 'Disabled' },
  });
  expect(lab.simulated.requests.unsupported()).toEqual([]);
});
