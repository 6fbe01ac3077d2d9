import type { Json } from '../json.ts';
import type { Call, Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { page } from '../arm/paging.ts';
import { envelope, notFound } from '../arm/resources.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';
const groupOf = (call: Call): string => call.path.replace(/\/providers\/.*$/i, '');

/** VMs can be listed. None is made here: tests put them into the state. */
export const virtualMachineOperations: readonly Operation[] = [
  {
    name: 'Virtual machines: list in a group',
    method: 'GET',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}`,
    action: `${TYPE}/read`,
    scope: groupOf,
    mutating: false,
    grade: 'documented',
    rests: 'Virtual Machines REST reference, List',
    handle: (call) => {
      const group = groupOf(call);
      if (call.core.state.group(group) === undefined) throw notFound(group);
      return page(call, call.core.state.resourcesOfType(TYPE, group).map(render));
    },
  },
];

function render(machine: Resource): Json {
  const { identity = null, ...properties } = machine.properties;
  return { ...envelope(machine), properties, ...(identity === null ? {} : { identity }) };
}
