import { describe, expect, it } from 'vitest';
import { desiredState } from '../../../src/setup/desiredState.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import type { DesiredResource } from '../../../src/setup/resource.ts';
import { DSTACK_CALLS, OMITTED_ACTIONS } from '../../../src/setup/resources/dstackCalls.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const APP = '44444444-4444-4444-4444-444444444444';
const everything: Partial<ProjectSpec> = {
  credentials: { kind: 'existingApp', principalId: APP },
  secretsAndLogs: true,
  gateways: true,
  classicPorts: true,
  classicVmRight: true,
};
const desired = (change: Partial<ProjectSpec> = {}): readonly DesiredResource[] =>
  desiredState(projectContext(sampleSpec(change), dev));
const keys = (change: Partial<ProjectSpec> = {}): readonly string[] =>
  desired(change).map(({ key }) => key);
const known = new Map([
  ['identity', { id: '/i', principalId: '55555555-5555-5555-5555-555555555555' }],
]);

describe('the desired state', () => {
  it('is what the plain set-up needs, dependencies first', () => {
    expect(keys()).toEqual([
      'provider/Microsoft.Storage',
      'provider/Microsoft.ManagedIdentity',
      'provider/Microsoft.Network',
      'provider/Microsoft.Compute',
      'resourceGroup',
      'storageAccount',
      'container/dstack-container',
      'container/dstack-azure',
      'identity',
      'networkSecurityGroup',
      'virtualNetwork',
      'role/runner/dstack-container',
      'role/caller/dstack-container',
      'role/caller/dstack-azure',
      'projectRecord',
    ]);
  });

  it('names nothing twice and depends on nothing that comes later', () => {
    for (const change of [{}, everything]) {
      const seen = new Set<string>();
      for (const resource of desired(change)) {
        expect(seen.has(resource.key), resource.key).toBe(false);
        for (const key of resource.dependsOn)
          expect(seen.has(key), `${resource.key} on ${key}`).toBe(true);
        seen.add(resource.key);
      }
    }
  });

  it('is the same on every machine: ids follow from the spec alone', () => {
    const ids = (): readonly (string | undefined)[] =>
      desired(everything).map((resource) => resource.target(known)?.id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(ids().length);
  });

  it('opens port 22, and others only with their tick', () => {
    const ports = (change: Partial<ProjectSpec>): string =>
      desired(change).find(({ key }) => key === 'networkSecurityGroup')?.purpose ?? '';
    expect(ports({})).toContain(': 22.');
    expect(ports({ gateways: true })).toContain(': 22, 80, 443.');
    expect(ports({ classicPorts: true })).toContain(': 22, 3000-4000.');
  });

  it('gives nobody Owner or Contributor', () => {
    const roleIds = desired(everything).flatMap((resource) => {
      const body = JSON.stringify(resource.target(known)?.body ?? {});
      return [...body.matchAll(/roleDefinitions\/([0-9a-f-]{36})/g)].map((match) => match[1]);
    });
    expect(roleIds.length).toBeGreaterThan(8);
    expect(roleIds).not.toContain('8e3af657-a8ff-443c-a75c-2fe8c4bcb635');
    expect(roleIds).not.toContain('b24988ac-6180-42a0-ab88-20f7382dd24c');
  });

  it('writes both custom roles without a wildcard, each assignable at one scope', () => {
    const roles = desired(everything).filter(({ kind }) => kind === 'roleDefinition');
    expect(roles).toHaveLength(2);
    for (const role of roles) {
      const { properties } = role.target(known)?.body as {
        properties: { assignableScopes: string[]; permissions: [{ actions: string[] }] };
      };
      expect(properties.assignableScopes).toHaveLength(1);
      for (const action of properties.permissions[0].actions) expect(action).not.toContain('*');
    }
  });

  it('grants exactly the rights of dstack’s calls: without any one of them a call breaks', () => {
    const granted = desired(everything)
      .filter(({ kind }) => kind === 'roleDefinition')
      .flatMap((role) => {
        const { properties } = role.target(known)?.body as {
          properties: { permissions: [{ actions: string[] }] };
        };
        return properties.permissions[0].actions;
      });
    for (const dropped of granted) {
      const rest = granted.filter((action) => action !== dropped);
      const broken = DSTACK_CALLS.filter(({ action }) => !rest.includes(action));
      expect(
        broken.map(({ action }) => action),
        dropped,
      ).toContain(dropped);
    }
    expect(DSTACK_CALLS.every(({ action }) => granted.includes(action))).toBe(true);
    for (const omitted of OMITTED_ACTIONS) expect(granted).not.toContain(omitted);
  });
});
