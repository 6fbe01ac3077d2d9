import { resourceGroupId } from '../../../../src/setup/armId.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import { fullSpec, type Lab, type Machine } from './lab.ts';

const never = new AbortController().signal;
const full = fullSpec();
const group = resourceGroupId(full.subscriptionId, full.resourceGroup.name);
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/${full.storageAccount.name}`;

/** A write of the customer's own, waited for. */
async function theirPut(machine: Machine, id: string, apiVersion: string, body: object) {
  const { tenantId, subscriptionId } = full;
  const kind = id.includes('/storageAccounts/') ? 'storageAccount' : 'resourceGroup';
  const target = { kind, id, tenantId, subscriptionId, apiVersion, body } as Parameters<
    Machine['azure']['resources']['write']
  >[0];
  let operation = await machine.azure.resources.write(target, never);
  while (operation.status === 'running') {
    await machine.ports().clock.sleep(5_000);
    operation = await machine.azure.resources.poll(target, operation.state, never);
  }
}

/** A group and an account that the customer had before us. */
export async function customers(lab: Lab): Promise<Machine> {
  const machine = lab.machine();
  await theirPut(machine, group, '2025-04-01', { location: 'westeurope', tags: { team: 'x' } });
  const provider = lab.simulated.state.subscriptions.get(full.subscriptionId)?.providers;
  const since = { registeringFrom: 0, registeredFrom: 0 };
  provider?.set('microsoft.storage', since);
  await theirPut(machine, accountId, '2025-08-01', {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    tags: { cost: '42' },
  });
  return machine;
}

/** The spec of a project that uses them. */
export const adopting = (spec: ProjectSpec): ProjectSpec => ({
  ...spec,
  resourceGroup: { ...spec.resourceGroup, create: false },
  storageAccount: { ...spec.storageAccount, create: false },
});
