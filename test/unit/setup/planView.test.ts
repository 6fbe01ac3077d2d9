import { describe, expect, it } from 'vitest';
import { planMarkdown } from '../../../src/setup/exportMarkdown.ts';
import { typicalSeconds } from '../../../src/setup/duration.ts';
import { planView } from '../../../src/setup/planView.ts';
import { preflight } from '../../../src/setup/preflight.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { fullSpec, Lab, plainSpec } from './simulated/lab.ts';

const never = new AbortController().signal;

async function planOf(spec: ProjectSpec) {
  return await new Lab().machine().plan(spec);
}

describe('The plan as it is reviewed', () => {
  it('says of every object what it is for and why it is touched', async () => {
    const { items } = planView(await planOf(fullSpec()));
    for (const { purpose, reason, name, kindLabel } of items) {
      for (const text of [purpose, reason, name, kindLabel]) expect(text).not.toBe('');
    }
  });

  it('says of every role who gets it and where it reaches', async () => {
    const plan = await planOf(fullSpec());
    const roles = plan.changes.filter(({ resource }) => resource.kind === 'roleAssignment');
    expect(roles.length).toBeGreaterThan(5);
    const { items } = planView(plan);
    for (const { resource } of roles) {
      const item = items.find(({ key }) => key === resource.key);
      expect(item?.scope, resource.key).toMatch(/\w/);
      expect(item?.grantedTo, resource.key).toMatch(/identity|app|dev/i);
      // Nobody knows anybody by a GUID.
      expect(item?.grantedTo).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
    }
  });

  it('names the open ports that were asked for, and no other', async () => {
    const portsOf = async (change: Partial<ProjectSpec>) =>
      planView(await planOf({ ...plainSpec(), ...change })).ports.map(({ ports }) => ports);
    expect(await portsOf({})).toEqual(['22']);
    expect(await portsOf({ gateways: true, classicPorts: true })).toEqual([
      '22',
      '3000-4000',
      '80, 443',
    ]);
  });

  it('names what costs money: vault and logs only where there are any', async () => {
    const costsOf = async (spec: ProjectSpec) =>
      planView(await planOf(spec)).costs.items.map(({ what }) => what);
    expect(await costsOf(plainSpec())).toEqual([
      'Storage account',
      'VMs of runs, with their disks and addresses',
      'Everything else of this plan',
    ]);
    expect(await costsOf(fullSpec())).toContain('Key vault');
    expect(await costsOf(fullSpec())).toContain('Log Analytics workspace');
  });

  it('estimates the time along the longest chain, not as a sum', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    await machine.setUp(plainSpec());
    // Providers are registered by now, and nothing of the longer project exists.
    const { tenantId, subscriptionId } = plainSpec();
    const longer = { ...fullSpec(), tenantId, subscriptionId, name: 'other' };
    const spec = { ...longer, resourceGroup: { name: 'other', create: true } };
    const plan = await machine.plan({
      ...spec,
      storageAccount: { name: 'otheraccount', create: true },
    });
    const ready = plan.changes.filter(({ resource }) => resource.kind !== 'providerRegistration');
    // azure-facts 1.2b: group, workspace, table, rule, role, with the endpoint beside them.
    expect(typicalSeconds({ changes: ready })).toBeGreaterThan(30);
    expect(typicalSeconds({ changes: ready })).toBeLessThan(60);
  });

  it('says no time when there is nothing to do', async () => {
    const machine = new Lab().machine();
    await machine.setUp(plainSpec());
    expect(planView(await machine.plan(plainSpec())).duration).toBeUndefined();
  });

  it('shows action by action what the account may do, and the roles that would help', async () => {
    const lab = new Lab();
    const machine = lab.machine();
    const plan = await machine.plan(plainSpec());
    const ports = { ...machine.ports(), azure: machine.azure.preflight };
    const found = await preflight(plan, ports, never);
    const { rights } = planView(plan, [], found);
    expect(rights?.isClear).toBe(true);
    expect(rights?.checks.every(({ verdict }) => verdict === 'may')).toBe(true);

    const worse = found.checks.map((check, index) => ({
      ...check,
      verdict:
        index === 1 ? ('mayNot' as const) : index === 2 ? ('cantTell' as const) : check.verdict,
      why: 'Because.',
      roles: ['User Access Administrator', 'Owner'],
    }));
    const seen = planView(plan, [], { ...found, checks: worse }).rights;
    expect(seen?.isClear).toBe(false);
    expect(seen?.checks.map(({ verdict }) => verdict).slice(0, 3)).toEqual([
      'mayNot',
      'cantTell',
      'may',
    ]);
    expect(seen?.checks[0]?.remedy).toMatch(
      /User Access Administrator or Owner at \/subscriptions/,
    );
    expect(seen?.summary).toContain('may not do 1; of 1 only');
  });
});

describe('The plan as Markdown', () => {
  it('holds every object, role, port, cost, right and file', async () => {
    const plan = await planOf(fullSpec());
    const view = planView(plan, [{ path: '.dstack/config.yml', note: 'a secret' }]);
    const text = planMarkdown(plan, view);
    for (const { name } of view.items) expect(text).toContain(`\`${name}\``);
    for (const part of [
      'Given to',
      'Port 3000-4000',
      'per 10,000 operations',
      '.dstack/config.yml',
    ])
      expect(text).toContain(part);
    expect(text).toContain('`Microsoft.Compute/virtualMachines/write`');
  });

  it('takes whatever a name holds as text', async () => {
    const plan = await planOf(plainSpec());
    const view = planView({ ...plan, changes: plan.changes });
    const evil = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) `code` **bold**';
    const items = view.items.map((item) => ({ ...item, name: evil, purpose: evil, reason: evil }));
    const text = planMarkdown(plan, { ...view, items, warnings: [evil] });
    // Without what is escaped and what is code.
    const outsideOfCode = text.replaceAll(/``[^\n]*?``/g, '').replaceAll(/\\./g, '');
    expect(outsideOfCode).not.toContain('<img');
    expect(outsideOfCode).not.toContain('[x](');
  });
});
