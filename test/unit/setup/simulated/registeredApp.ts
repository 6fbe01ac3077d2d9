import { expect } from 'vitest';
import type { Change } from '../../../../src/setup/plan.ts';
import type { ProjectPlan } from '../../../../src/setup/planProject.ts';
import type { Application } from '../../../simulators/azure/core/entra/directory.ts';
import type { World } from '../../../simulators/azure/core/world.ts';
import { SINGLE, singleWorld } from '../../../simulators/azure/core/worlds/single.ts';
import { isChanging } from './killedNetwork.ts';
import type { Lab, Machine } from './lab.ts';

/** What our app is called: a person who has two sees this name twice. */
const NAME = 'dstack vision';

/** Our app registrations in the simulated tenant. */
export function apps({ simulated }: Lab): readonly Application[] {
  const tenant = simulated.state.directory.tenant(SINGLE.tenantId);
  return [...(tenant?.applications.values() ?? [])].filter(
    ({ displayName }) => displayName === NAME,
  );
}

export function theApp(lab: Lab): Application {
  const [app, ...others] = apps(lab);
  if (app === undefined || others.length > 0) expect.fail('There is not exactly one app.');
  return app;
}

/** How many service principals our apps have. */
export function principals({ simulated }: Lab): number {
  const tenant = simulated.state.directory.tenant(SINGLE.tenantId);
  const all = [...(tenant?.servicePrincipals.values() ?? [])];
  return all.filter(({ displayName }) => displayName === NAME).length;
}

/** The values that a machine holds. */
export function valuesOn(machine: Machine): readonly string[] {
  return [...machine.secrets.values()];
}

/** The simulated world with another tenant. */
export function tenantWith(change: Partial<World['tenants'][number]>): World {
  const world = singleWorld();
  return { ...world, tenants: world.tenants.map((tenant) => ({ ...tenant, ...change })) };
}

/** What a plan says about the secret. */
export function secretIn(plan: ProjectPlan): Change {
  const change = plan.changes.find(({ resource }) => resource.kind === 'clientSecret');
  return change ?? expect.fail('The plan has no secret.');
}

/** Whether a request changes something in the directory. */
export const toGraph: typeof isChanging = (request) =>
  isChanging(request) && new URL(request.url).hostname === 'graph.microsoft.com';
