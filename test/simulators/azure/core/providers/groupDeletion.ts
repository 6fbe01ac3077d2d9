import type { Reply } from '../failure.ts';
import type { Call, Core } from '../operation.ts';
import type { Resource, ResourceGroup } from '../state.ts';
import { idKey, isWithin, shortNameOf, subscriptionIdOf } from '../arm/armId.ts';
import { reindex } from '../arm/resourceIndex.ts';
import { locationPoll } from '../arm/longRunning.ts';
import { retire } from './retirement.ts';

const RETRY_AFTER = 15;

/**
 * Deletes a group as Azure does: 202 at once, then its resources go one after the other, the group
 * last. Vaults and workspaces land in their bins. Asking again while it runs joins the same run.
 */
export function deleteGroup(call: Call, group: ResourceGroup): Reply {
  const { core, now } = call;
  const resources = inside(core, group);
  const kind = resources.length === 0 ? 'groupDeleteEmpty' : 'groupDelete';
  const joined = group.deleting ? group.deletedAt : undefined;
  const doneAt = joined ?? now + core.durations.of(kind, `${group.id}|${now}`);
  if (!group.deleting) {
    group.deleting = true;
    group.deletedAt = doneAt;
    group.deletionFailure = undefined;
    schedule(core, group, resources, now, doneAt);
  }
  const subscription = subscriptionIdOf(group.id) ?? '';
  const token = `eyJqb2JJZCI6${core.random.hex(32)}`;
  const location = locationPoll(core, {
    path: `/subscriptions/${subscription}/operationresults/${token}`,
    query: `api-version=${call.url.searchParams.get('api-version') ?? '2021-04-01'}`,
    doneAt,
    retryAfter: RETRY_AFTER,
    done: () => (group.deletionFailure === undefined ? { status: 200 } : failed(group)),
  });
  return { status: 202, headers: { Location: location, 'Retry-After': String(RETRY_AFTER) } };
}

function inside(core: Core, group: ResourceGroup): Resource[] {
  return [...core.state.resources.values()].filter((resource) => isWithin(resource.id, group.id));
}

function schedule(
  core: Core,
  group: ResourceGroup,
  resources: readonly Resource[],
  start: number,
  doneAt: number,
): void {
  const step = (doneAt - start) / (resources.length + 1);
  for (const [index, resource] of resources.entries()) {
    core.state.at(start + step * (index + 1), () => retireUnlessHeld(core, group, resource));
  }
  core.state.at(doneAt, () => {
    for (const left of inside(core, group)) retireUnlessHeld(core, group, left);
    const [stuck] = inside(core, group);
    if (stuck !== undefined) {
      group.deleting = false;
      group.deletionFailure = stuck.id;
      return;
    }
    core.state.remove(group.id);
    core.state.groups.delete(idKey(group.id));
    reindex(core, group.id);
  });
}

/** A security group that a subnet of another group uses cannot go: the whole deletion fails. */
function retireUnlessHeld(core: Core, group: ResourceGroup, resource: Resource): void {
  const holder = core.state.resourcesOfType('Microsoft.Network/virtualNetworks/subnets', '/').find(
    (subnet) =>
      !isWithin(subnet.id, group.id) &&
      JSON.stringify(subnet.properties)
        .toLowerCase()
        .includes(`"${idKey(resource.id)}"`),
  );
  if (holder === undefined) retire(core, resource.id);
}

/** With capital letters, unlike every other error of ARM (recorded). */
function failed(group: ResourceGroup): Reply {
  const stuck = group.deletionFailure ?? '';
  const message = `Deletion of resource group '${group.name}' did not finish within the allowed time as resources with identifiers '${shortNameOf(stuck)}' could not be deleted. The provisioning state of the resource group will be rolled back. Please check audit logs for more details.`;
  const detail = {
    Code: null,
    Target: stuck,
    Message:
      '{"error":{"code":"InUseNetworkSecurityGroupCannotBeDeleted","message":"In use.","details":[]}}',
    Details: null,
  };
  return {
    status: 409,
    json: {
      Error: {
        Code: 'ResourceGroupDeletionTimeout',
        Target: null,
        Message: message,
        Details: [detail],
      },
    },
  };
}
