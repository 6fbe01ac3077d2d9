import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { desiredState } from '../../../src/setup/desiredState.ts';
import type { DesiredResource, OutputsByKey } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { dev, sampleSpec, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

const FILE = join(import.meta.dirname, 'expected/wholeProject.json');
const EXPECTED = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, object>>;

const known: OutputsByKey = new Map([
  ['identity', { principalId: '55555555-5555-5555-5555-555555555555' }],
  ['application', { clientId: '66666666-6666-6666-6666-666666666666' }],
  ['servicePrincipal', { principalId: '77777777-7777-7777-7777-777777777777' }],
  ['networkSecurityGroup', { id: '/the/security/group' }],
  ['dataCollectionEndpoint', { id: '/the/endpoint' }],
]);

const everything: Partial<ProjectSpec> = {
  credentials: { kind: 'newApp' },
  secretsAndLogs: true,
  gateways: true,
  classicPorts: true,
  classicVmRight: true,
};

const desired = (): ReadonlyMap<string, DesiredResource> =>
  new Map(
    desiredState(projectContext(sampleSpec(everything), dev)).map((each) => [each.key, each]),
  );

describe('a project with every tick', () => {
  it('consists of what is written down, in this order', () => {
    expect([...desired().keys()]).toEqual(Object.keys(EXPECTED));
  });

  it.each(Object.entries(EXPECTED))('has %s, said and sent exactly like this', (key, expected) => {
    const resource = desired().get(key) ?? expect.fail('It is not there.');
    const { id, apiVersion, body, ...at } = resource.target(known) ?? expect.fail('No call.');
    const said: unknown = JSON.parse(
      JSON.stringify({ ...resource, request: { id, apiVersion, body } }),
    );
    expect(said).toEqual({ key, ...expected });
    expect(at).toEqual({ kind: resource.kind, tenantId: TENANT, subscriptionId: SUBSCRIPTION });
  });
});
