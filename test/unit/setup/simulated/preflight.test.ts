import { describe, expect, it } from 'vitest';
import { connectAzure, type Azure } from '../../../../src/azure/azure.ts';
import { PUBLIC_CLOUD, scopeOf } from '../../../../src/azure/cloud.ts';
import { handOff } from '../../../../src/setup/handOff.ts';
import type { ProjectPlan } from '../../../../src/setup/planProject.ts';
import { preflight, type Preflight } from '../../../../src/setup/preflight.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import type { OutputsByKey } from '../../../../src/setup/resource.ts';
import { runProject } from '../../../../src/setup/runProject.ts';
import { planUndo } from '../../../../src/setup/undo.ts';
import type { World } from '../../../simulators/azure/core/world.ts';
import { worldNamed } from '../../../simulators/azure/core/worlds.ts';
import { SINGLE } from '../../../simulators/azure/core/worlds/single.ts';
import { fullSpec, Lab, newAppSpec, plainSpec, type Machine } from './lab.ts';

const never = new AbortController().signal;
const SCOPE = `/subscriptions/${SINGLE.subscriptionId}`;
const ADMIN = { username: 'admin@contoso.example', id: '0c000000-0000-4000-8000-0000000000ad' };

/** The same world with one more person, who owns the subscription. */
function withAdministrator(world: World): World {
  const memberships = [{ tenantId: SINGLE.tenantId, objectId: ADMIN.id }];
  return {
    ...world,
    users: [...world.users, { username: ADMIN.username, memberships }],
    roleAssignments: [
      ...world.roleAssignments,
      { scope: SCOPE, principalId: ADMIN.id, principalType: 'User', role: 'Owner' },
    ],
  };
}

interface Looked {
  readonly plan: ProjectPlan;
  readonly found: Preflight;
}

async function look(lab: Lab, machine: Machine, spec: ProjectSpec): Promise<Looked> {
  const before = lab.simulated.requests.stateChangingCalls();
  const plan = await machine.plan(spec);
  const found = await preflight(
    plan,
    { ...machine.ports(), azure: machine.azure.preflight },
    never,
  );
  expect(lab.simulated.requests.stateChangingCalls()).toBe(before);
  expect(lab.simulated.requests.unsupported()).toEqual([]);
  return { plan, found };
}

/** What is found in the world of this name, which nobody has changed. */
async function lookAt(world: string, spec: ProjectSpec): Promise<Looked> {
  const lab = new Lab(7, 'none', worldNamed(world));
  return await look(lab, lab.machine(), spec);
}

async function run(machine: Machine, { plan, found: { handedOff } }: Looked) {
  return await runProject(plan, machine.ports(), {
    report: () => undefined,
    signal: never,
    handedOff,
  });
}

/** What the administrator may do, by calls of their own to ARM. */
function administrator(lab: Lab): Azure {
  return connectAzure({
    tokens: {
      token: ({ audience, tenantId = SINGLE.tenantId }) => {
        const of = {
          tenantId,
          username: ADMIN.username,
          audience: scopeOf(PUBLIC_CLOUD, audience),
        };
        return Promise.resolve({ token: lab.simulated.issueUserToken(of), expiresOn: 0 });
      },
    },
    httpClient: lab.client,
  });
}

/** What the handed-off commands do. */
async function administrate(lab: Lab, { plan, found }: Looked, outputs: OutputsByKey) {
  const { resources } = administrator(lab);
  const bundle = handOff(plan, found, outputs);
  expect(bundle.notYet).toEqual([]);
  for (const { resource } of plan.changes) {
    const target = resource.target(outputs);
    if (!found.handedOff.has(resource.key) || target === undefined) continue;
    // Nothing is done that the administrator was not told: each step has its own words.
    expect(bundle.markdown).toContain(target.id.slice(target.id.lastIndexOf('/') + 1));
    await resources.write(target, never);
  }
}

const problemsOf = ({ found }: Looked) =>
  found.problems.map(({ code, message, remedy, field }) => ({ code, message, remedy, field }));

describe('a Contributor', () => {
  const world = () => withAdministrator(worldNamed('contributor-only'));

  it('gets exactly the role steps handed off, and all that needs no role runs', async () => {
    const lab = new Lab(7, 'none', world());
    const machine = lab.machine();
    const seen = await look(lab, machine, { ...fullSpec(), secretsAndLogs: false });
    expect(seen.found.problems).toEqual([]);
    const roles = seen.plan.changes.filter(({ resource: { kind } }) => /^role/.test(kind));
    expect([...seen.found.handedOff.keys()]).toEqual(roles.map(({ resource }) => resource.key));
    expect(roles.length).toBeGreaterThan(4);

    const result = await run(machine, seen);
    const messages = [...seen.found.handedOff.values()].map(({ message }) => message);
    expect(messages[0]).toMatch(/has to be done by an administrator: you have not the right\.$/);
    const own = [...result.failures.values()].filter(({ code }) => code !== 'handed_off');
    expect(own.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    for (const key of seen.found.runnable) expect([...result.outcomes.keys()]).toContain(key);
    expect(lab.simulated.state.customRoles.size).toBe(0);
    expect(lab.simulated.requests.entries.filter(({ status }) => status === 403)).toEqual([]);
  });

  it('is done at the next run, once an administrator has run the commands', async () => {
    const lab = new Lab(7, 'none', world());
    const machine = lab.machine();
    const spec = { ...fullSpec(), secretsAndLogs: false };
    const first = await run(machine, await look(lab, machine, spec));
    const outputs = new Map(
      [...first.outcomes].map(([key, outcome]) => [key, outcome.outputs] as const),
    );
    await administrate(lab, await look(lab, machine, spec), outputs);

    const then = await look(lab, machine, spec);
    expect([...then.found.handedOff.keys()]).toEqual([]);
    const second = await run(machine, then);
    expect([...second.failures.values()].map(({ message }) => message)).toEqual([]);
    expect(second.outcome).toBe('done');
    const { changes } = await machine.plan(spec);
    expect(changes.filter(({ action }) => action !== 'keep').map(({ reason }) => reason)).toEqual(
      [],
    );
  });
});

describe('a Contributor of one resource group, who can’t look at the subscription', () => {
  const world = (registered = true): World => {
    const { subscriptions, ...rest } = withAdministrator(worldNamed('group-contributor'));
    const names = ['Storage', 'ManagedIdentity', 'Network', 'Compute', 'PolicyInsights'];
    const registeredProviders = registered ? names.map((name) => `Microsoft.${name}`) : [];
    return {
      ...rest,
      subscriptions: subscriptions.map((each) => ({ ...each, registeredProviders })),
    };
  };
  const resourceGroup = { name: 'team', create: false };
  const existingApp = { ...fullSpec(), resourceGroup, secretsAndLogs: false };
  const newApp = { ...newAppSpec(), resourceGroup };

  it('gets a plan that takes providers as registered and hands off exactly the roles', async () => {
    const lab = new Lab(7, 'none', world());
    const { plan, found } = await look(lab, lab.machine(), existingApp);
    const providers = plan.changes.filter(({ resource: { key } }) => key.startsWith('provider/'));
    expect(new Set(providers.map(({ action, reason }) => `${action}: ${reason}`))).toEqual(
      new Set(['keep: Your account can’t see it: taken as registered.']),
    );
    expect(found.problems).toEqual([]);
    const roles = plan.changes.filter(({ resource: { kind } }) => /^role/.test(kind));
    expect([...found.handedOff.keys()]).toEqual(roles.map(({ resource }) => resource.key));
    const reader = plan.changes.find(({ resource }) => resource.key === 'roleDefinition/read');
    expect(reader?.reason).toBe('Your account can’t see whether it exists.');
    expect(found.handedOff.get('roleDefinition/read')?.remedy).toBe(
      'Give the commands to an administrator. Your account can’t see the result: continue only when it is there.',
    );
  });

  it.each([
    ['an app that exists', existingApp],
    ['an app that the run registers', newApp],
  ])('with %s is done once the roles are, and stays so on every machine', async (_, spec) => {
    const lab = new Lab(7, 'none', world());
    const machine = lab.machine();
    const seen = await look(lab, machine, spec);
    const first = await run(machine, seen);
    expect(first.outcome).toBe('failed');
    expect(new Set([...first.failures.values()].map(({ code }) => code))).toEqual(
      new Set(['handed_off']),
    );
    // Going on too early is noticed where something can be seen.
    expect((await run(machine, seen)).outcome).toBe('failed');
    const outputs = new Map(
      [...first.outcomes].map(([key, outcome]) => [key, outcome.outputs] as const),
    );
    await administrate(lab, seen, outputs);

    const second = await run(machine, seen);
    expect([...second.failures.values()].map(({ message }) => message)).toEqual([]);
    expect(second.outcome).toBe('done');
    for (const again of [machine, lab.machine()]) {
      const { changes } = await again.plan(spec);
      const written = changes.filter(({ action }) => action !== 'keep' && action !== 'adopt');
      expect(written.map(({ resource, reason }) => `${resource.key}: ${reason}`)).toEqual([]);
    }
    const writes = lab.simulated.requests.stateChangingCalls();
    expect((await machine.setUp(spec)).outcome).toBe('done');
    expect(lab.simulated.requests.stateChangingCalls()).toBe(writes);
    expect(
      lab.simulated.requests.entries.filter(
        ({ status, method }) => status === 403 && method === 'PUT',
      ),
    ).toEqual([]);
  });

  it('is told at the first write which provider is not registered, and goes on once it is', async () => {
    const lab = new Lab(7, 'none', world(false));
    const machine = lab.machine();
    const seen = await look(lab, machine, existingApp);
    const first = await run(machine, seen);
    const { code, message } = first.failures.get('storageAccount') ?? expect.fail('It was made.');
    expect(code).toBe('provider_not_registered');
    expect(message).toContain('Microsoft.Storage');
    for (const { resource } of seen.plan.changes) {
      if (resource.kind !== 'providerRegistration') continue;
      await administrator(lab).resources.write(resource.target(new Map()) ?? expect.fail(), never);
    }
    lab.clock.advance(120_000);
    const second = await run(machine, seen);
    // What that failure kept from being seen is no word of an administrator's.
    expect(new Set([...second.failures.values()].map((each) => each.code))).toEqual(
      new Set(['handed_off']),
    );
    expect(second.outcomes.has('roleDefinition/read')).toBe(false);
  });

  it('undoes what it may, and is told which role stays', async () => {
    const lab = new Lab(7, 'none', world());
    const machine = lab.machine();
    await run(machine, await look(lab, machine, existingApp));
    const caller = await machine.azure.catalog.caller(existingApp.tenantId, never);
    const ports = { ...machine.ports(), azure: machine.azure.undo };
    const plan = await planUndo(existingApp, caller, ports, never);
    expect(plan.items.map(({ kind }) => kind)).toContain('storageAccount');
    expect(plan.notes.join('\n')).toMatch(
      /can’t see whether the role dstack team reader \w+ exists\. If it does, it stays\./,
    );
  });
});

describe('an administrator under a condition', () => {
  it('is not stopped by what only the call itself tells', async () => {
    const { found } = await lookAt('rbac-admin-condition', plainSpec());
    expect(found.problems).toEqual([]);
    const unsure = found.checks.filter(({ verdict }) => verdict === 'cantTell');
    expect(unsure.map(({ action }) => action.toLowerCase())).toContain(
      'microsoft.authorization/roleassignments/write',
    );
    expect(unsure[0]?.why).toBe(
      'A condition of your role may forbid it; only the call itself tells.',
    );
  });

  it.each([
    ['a conditioned one', 'rbac-admin-condition', ['cantTell']],
    ['an owner', 'single', ['may']],
  ])('in a group that exists is told what is so for %s', async (_, name, verdicts) => {
    const world = worldNamed(name);
    const { subscriptionId } = SINGLE;
    const resourceGroups = [{ subscriptionId, name: 'team', location: 'westeurope' }];
    const lab = new Lab(7, 'none', { ...world, resourceGroups });
    const resourceGroup = { name: 'team', create: false };
    const { found } = await look(lab, lab.machine(), { ...plainSpec(), resourceGroup });
    const giving = found.checks.filter(({ action }) => action.endsWith('roleAssignments/write'));
    expect([...new Set(giving.map(({ verdict }) => verdict))]).toEqual(verdicts);
    expect(found.problems).toEqual([]);
    const rest = found.checks.filter((each) => !giving.includes(each));
    expect(new Set(rest.map(({ verdict }) => verdict))).toEqual(new Set(['may']));
  });
});

describe('what stands in the way is named before anything is written', () => {
  it('a policy, on the field that it looks at', async () => {
    const seen = await lookAt('locked-down-by-policy', { ...plainSpec(), location: 'eastus' });
    expect(problemsOf(seen)).toContainEqual(
      expect.objectContaining({
        code: 'policy_denied',
        field: 'location',
        message: expect.stringContaining('The policy “eu-only” forbids') as string,
      }),
    );
  });

  it.each([
    ['frozen', 'locked', 'The lock “freeze” on'],
    ['guarded', 'denied_by_assignment', 'The deny assignment “made by a deployment stack”'],
  ])('what protects the group %s', async (name, code, sentence) => {
    const resourceGroup = { name, create: false };
    const seen = await lookAt('locked-down-by-policy', { ...plainSpec(), resourceGroup });
    const found = problemsOf(seen).find((problem) => problem.code === code);
    expect(found?.message).toContain(sentence);
    expect(found?.remedy).toMatch(/^(Ask|Choose)/);
  });

  it('a lock that lets us in, but would not let us out, is a note', async () => {
    const resourceGroup = { name: 'kept', create: false };
    const { found } = await lookAt('locked-down-by-policy', { ...plainSpec(), resourceGroup });
    expect(found.problems.filter(({ code }) => code === 'locked')).toEqual([]);
    expect(found.notes.join()).toMatch(/The lock “keep” on .*kept.* will stop a later undo\./);
  });

  it('a disabled subscription', async () => {
    const seen = await lookAt('disabled-subscription', plainSpec());
    expect(problemsOf(seen)).toContainEqual({
      code: 'subscription_disabled',
      message: 'The subscription Contoso Development is Disabled: Azure accepts no changes in it.',
      remedy: 'Reactivate the subscription in the Azure portal, or choose another one.',
      field: 'subscription',
    });
  });

  it.each(['dstackintheway', 'dstackprotected'])('the deleted vault %s', async (name) => {
    const spec = { ...fullSpec(), location: 'eastus', storageAccount: { name, create: true } };
    const seen = await lookAt('soft-deleted-vault', spec);
    const [problem, ...others] = problemsOf(seen);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'vault_soft_deleted', field: 'storageAccount' });
    expect(problem?.message).toMatch(
      new RegExp(`^${name} was deleted and holds its name until \\d{4}-`),
    );
  });

  it('a name of somebody else, where Azure checks names', async () => {
    const world = worldNamed('soft-deleted-vault');
    const lab = new Lab(7, 'none', {
      ...world,
      subscriptions: world.subscriptions.map((each) => ({
        ...each,
        registeredProviders: ['Microsoft.Storage', 'Microsoft.PolicyInsights'],
      })),
    });
    const storageAccount = { name: 'dstackforeign', create: true };
    const seen = await look(lab, lab.machine(), { ...plainSpec(), storageAccount });
    expect(problemsOf(seen)).toEqual([
      {
        code: 'storage_name_taken',
        message: 'The name dstackforeign is taken: a storage account somewhere in Azure has it.',
        remedy: 'Choose another name: it has to be unique in all of Azure.',
        field: 'storageAccount',
      },
    ]);
  });

  it('a name that Azure does not check yet is not called free: a note says so', async () => {
    const storageAccount = { name: 'dstackforeign', create: true };
    const { found } = await lookAt('soft-deleted-vault', { ...plainSpec(), storageAccount });
    expect(found.problems).toEqual([]);
    expect(found.notes).toEqual([
      'Azure will say whether the name dstackforeign is free when the account is made.',
    ]);
  });
});

describe('a student’s subscription', () => {
  it('in an open region is set up, with its providers registered on the way', async () => {
    const lab = new Lab(7, 'none', worldNamed('student'));
    const machine = lab.machine();
    const seen = await look(lab, machine, { ...plainSpec(), location: 'northeurope' });
    expect(seen.found.problems).toEqual([]);
    expect((await run(machine, seen)).outcome).toBe('done');
  });

  it('in a closed region fails in a sentence of its own, at the latest at the call', async () => {
    const lab = new Lab(7, 'none', worldNamed('student'));
    const machine = lab.machine();
    const seen = await look(lab, machine, plainSpec());
    const result = await run(machine, seen);
    const said = [...seen.found.problems, ...result.failures.values()];
    expect(said).not.toEqual([]);
    expect(result.outcome).toBe('failed');
    for (const { code, field, message } of said) {
      expect({ code, field }).toEqual({ code: 'location_closed', field: 'location' });
      expect(message).toMatch(/: Azure does not offer this location to the subscription\.$/);
    }
  });
});
