import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { SINGLE } from '../../../simulators/azure/core/worlds/single.ts';
import { fullSpec, type Lab } from './lab.ts';
import { apps, principals } from './registeredApp.ts';

/** Everything that can be ticked, with an app of its own: every call that a set-up can make. */
export function everythingSpec(): ProjectSpec {
  return { ...fullSpec(), credentials: { kind: 'newApp' } };
}

/** What exists in Azure and in its directory, one line for each object: twice is seen. */
export function objectsIn(lab: Lab): readonly string[] {
  const registered = apps(lab).map(({ displayName }) => `app ${displayName}`);
  const known = Array.from({ length: principals(lab) }, () => 'principal of the app');
  return [...lab.objects(), ...registered, ...known];
}

/** Role assignments that nobody can use any more: their principal is gone. */
export function orphansIn({ simulated }: Lab): readonly string[] {
  const { directory, roleAssignments } = simulated.state;
  return [...roleAssignments.values()]
    .filter(({ description }) => description?.startsWith('dstack-azure/') === true)
    .filter(
      ({ principalId }) => directory.principalType(SINGLE.tenantId, principalId) === undefined,
    )
    .map(({ id }) => id);
}
