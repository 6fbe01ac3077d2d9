import type { JsonObject } from '../json.ts';
import type { Core } from '../operation.ts';
import type { AzureState } from '../state.ts';
import { groupNameOf, idKey, subscriptionIdOf } from './armId.ts';

/** Lets Resource Graph hear of a change: after its lag it shows what is there by then. */
export function reindex(core: Core, id: string): void {
  const now = core.now();
  core.state.at(now + core.lag.of('resourceGraph', `${idKey(id)}|${now}`), () => {
    indexNow(core.state, id, core.now());
  });
}

/** Types, and the group's name, are in lower case there (recorded). */
export function indexNow(state: AzureState, id: string, now: number): void {
  const row = resourceRow(state, id, now) ?? groupRow(state, id);
  if (row === undefined) state.index.delete(idKey(id));
  else state.index.set(idKey(id), row);
}

function resourceRow(state: AzureState, id: string, now: number): JsonObject | undefined {
  const resource = state.resource(id);
  if (resource?.location === undefined) return undefined;
  const place = placeOf(state, resource.id);
  return {
    id: resource.id,
    name: resource.name,
    type: resource.type.toLowerCase(),
    tenantId: place.tenantId,
    kind: resource.kind ?? '',
    location: resource.location,
    resourceGroup: (groupNameOf(resource.id) ?? '').toLowerCase(),
    subscriptionId: place.subscriptionId,
    managedBy: '',
    sku: resource.sku ?? null,
    plan: null,
    properties: {
      ...resource.properties,
      provisioningState: now < resource.busyUntil ? resource.busyState : 'Succeeded',
    },
    tags: resource.tags === undefined ? null : { ...resource.tags },
    identity: null,
    zones: null,
  };
}

function groupRow(state: AzureState, id: string): JsonObject | undefined {
  const group = state.groups.get(idKey(id));
  if (group === undefined) return undefined;
  const place = placeOf(state, group.id);
  return {
    id: group.id,
    name: group.name,
    type: 'microsoft.resources/subscriptions/resourcegroups',
    tenantId: place.tenantId,
    kind: '',
    location: group.location,
    resourceGroup: group.name.toLowerCase(),
    subscriptionId: place.subscriptionId,
    managedBy: group.managedBy ?? '',
    sku: null,
    plan: null,
    properties: { provisioningState: group.deleting ? 'Deleting' : 'Succeeded' },
    tags: group.tags === undefined ? null : { ...group.tags },
    identity: null,
    zones: null,
  };
}

function placeOf(state: AzureState, id: string): { subscriptionId: string; tenantId: string } {
  const subscriptionId = subscriptionIdOf(id) ?? '';
  const tenantId = state.subscriptions.get(subscriptionId.toLowerCase())?.spec.tenantId ?? '';
  return { subscriptionId, tenantId };
}
