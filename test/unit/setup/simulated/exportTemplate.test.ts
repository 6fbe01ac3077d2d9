import { describe, expect, it } from 'vitest';
import { exportTemplate } from '../../../../src/setup/exportTemplate.ts';
import type { ProjectPlan } from '../../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { deployTemplate } from './deployTemplate.ts';
import { fullSpec, Lab, newAppSpec, plainSpec } from './lab.ts';

/** What a deployment leaves to the extension, or names in its own way. */
function left({ changes }: ProjectPlan): readonly string[] {
  return changes
    .filter(({ action }) => action !== 'keep' && action !== 'adopt')
    .map(({ resource, action }) => `${action} ${resource.key}`);
}

async function deployed(spec: ProjectSpec, values = {}, lab = new Lab()) {
  const machine = lab.machine();
  const template = exportTemplate(await machine.plan(spec));
  // Deploying a template registers what it needs; ours leaves that out.
  for (const namespace of ['KeyVault', 'OperationalInsights', 'Insights', 'Network', 'Storage']) {
    await register(lab, `Microsoft.${namespace}`);
  }
  await register(lab, 'Microsoft.ManagedIdentity');
  const sent = await deployTemplate(
    lab,
    machine,
    JSON.parse(JSON.stringify(template)),
    spec,
    values,
  );
  return { lab, machine, template, sent };
}

async function register(lab: Lab, namespace: string): Promise<void> {
  const { resources } = lab.machine().azure;
  const id = `/subscriptions/${SINGLE.subscriptionId}/providers/${namespace}`;
  const { tenantId, subscriptionId } = SINGLE;
  const at = { kind: 'providerRegistration', id, tenantId, subscriptionId } as const;
  const { signal } = new AbortController();
  await resources.write({ ...at, apiVersion: '2021-04-01', body: {} }, signal);
  await lab.clock.sleep(300_000, signal);
}

describe('a plan as an ARM template', () => {
  it.each([
    ['the plain project', plainSpec()],
    ['everything ticked', fullSpec()],
  ])('of %s makes what a run would make: the next plan finds it', async (_, spec) => {
    const { lab, machine, sent } = await deployed(spec);
    expect(sent.length).toBeGreaterThan(8);
    // Roles of the identity have names of the template's own: found by what they say, and by our mark.
    expect(left(await machine.plan(spec))).toEqual([expect.stringMatching(/projectRecord$/)]);

    const result = await machine.setUp(spec);
    expect(result.outcome).toBe('done');
    for (const [key, { origin }] of result.outcomes) {
      if (key.startsWith('role/runner/')) expect(origin).toBe('created');
    }
    const { state, requests } = lab.simulated;
    const roles = [...state.roleAssignments.values()].map(
      ({ scope, principalId, roleDefinitionId }) =>
        `${scope} ${principalId} ${roleDefinitionId}`.toLowerCase(),
    );
    expect(new Set(roles).size).toBe(roles.length);
    expect(requests.unsupported()).toEqual([]);
  });

  it('asks for the principal of an app that somebody has to register first', async () => {
    const spec = newAppSpec();
    await expect(deployed(spec)).rejects.toThrow('No value for serverPrincipalId');
    const { template, lab } = await deployed(spec, {
      serverPrincipalId: SINGLE.servicePrincipalId,
    });
    const given = [...lab.simulated.state.roleAssignments.values()].filter(
      ({ principalId, description }) =>
        principalId === SINGLE.servicePrincipalId && description !== undefined,
    );
    expect(given.length).toBeGreaterThanOrEqual(3);
    expect(template['metadata']).toMatchObject({
      notInThisTemplate: expect.arrayContaining([
        expect.objectContaining({ kind: 'application' }),
        expect.objectContaining({ kind: 'clientSecret' }),
      ]) as unknown,
    });
  });

  it('names what is there already instead of writing it again', async () => {
    const { machine, template } = await deployed(plainSpec());
    expect(template['metadata']).toMatchObject({ alreadyThere: [] });
    const second = exportTemplate(await machine.plan(plainSpec()));
    expect(JSON.stringify(second['metadata'])).toContain('dstackvision1a2b3c4d');
    expect(JSON.stringify(second['resources'])).not.toContain(
      '"Microsoft.Storage/storageAccounts"',
    );
  });

  it('holds no secret, and takes no text of Azure’s for an expression', async () => {
    const spec = {
      ...plainSpec(),
      resourceGroup: { name: 'data', create: false },
      storageAccount: { name: 'hostile', create: false },
    };
    const id = `/subscriptions/${SINGLE.subscriptionId}/resourceGroups/data`;
    const securityGroup = `${id}/providers/Microsoft.Network/networkSecurityGroups/dstack-network-security-group-westeurope`;
    const lab = new Lab(7, 'none', {
      ...singleWorld(),
      resources: [
        {
          id: `${id}/providers/Microsoft.Storage/storageAccounts/hostile`,
          ...{ location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } },
        },
      ],
    });
    const machine = lab.machine();
    const plan = await machine.plan(spec);
    const changes = plan.changes.map((change) =>
      change.resource.key !== 'networkSecurityGroup'
        ? change
        : {
            ...change,
            action: 'update' as const,
            observed: {
              ...{ id: securityGroup, location: 'westeurope', body: {} },
              tags: { note: "[reference('/subscriptions/x').keys]", plain: 'a [b]' },
            },
          },
    );
    const text = JSON.stringify(exportTemplate({ ...plan, changes }));
    expect(text).toContain(`"note":"[[reference('/subscriptions/x').keys]"`);
    expect(text).toContain('"plain":"a [b]"');
    expect(text).not.toMatch(/secretText|password|accountKey/i);
  });
});
