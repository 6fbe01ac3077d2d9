import { describe, expect, it } from 'vitest';
import { planProject } from '../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import type { Target } from '../../../src/setup/resource.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { applyUndo } from '../../../src/setup/undoApply.ts';
import { planUndo } from '../../../src/setup/undo.ts';
import { fakePorts } from './fakeAzure.ts';
import { undoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const ACCOUNT = 'dstackvision1a2b3c4d';
const group = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/dstack-vision';
const account = `${group}/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`;
const adopted: Partial<ProjectSpec> = {
  resourceGroup: { name: 'dstack-vision', create: false },
  storageAccount: { name: ACCOUNT, create: false },
};

/** The account or network that a write goes through; roles are Authorization's own. */
function through({ id, kind }: Target): string | undefined {
  if (kind === 'roleAssignment' || kind === 'roleDefinition') return undefined;
  return /\/(?:storageAccounts|virtualNetworks)\/[^/]+/i.exec(id)?.[0].toLowerCase();
}

describe('writes to one account and to one network', () => {
  it.each([
    ['new ones', {}],
    ['a customer’s account', adopted],
  ])('are never under way together, in a set-up and in its undo: %s', async (_what, change) => {
    const ports = undoPorts(fakePorts());
    if (change === adopted) {
      ports.resources.put(group, { location: 'westeurope' });
      ports.resources.put(account, {
        location: 'westeurope',
        kind: 'StorageV2',
        properties: { primaryEndpoints: { blob: `https://${ACCOUNT}.blob.core.windows.net/` } },
      });
    }
    const busy = new Map<string, number>();
    const overlaps: string[] = [];
    let most = 0;
    const watched = (operation: 'write' | 'remove') => {
      const call = ports.resources[operation].bind(ports.resources);
      return async (target: Target, signal: AbortSignal) => {
        const place = through(target) ?? `other/${target.id}`;
        const now = (busy.get(place) ?? 0) + 1;
        busy.set(place, now);
        if (now > 1) overlaps.push(target.id);
        most = Math.max(
          most,
          [...busy.values()].reduce((sum, each) => sum + each, 0),
        );
        await ports.clock.sleep(3_000);
        try {
          return await call(target, signal);
        } finally {
          busy.set(place, (busy.get(place) ?? 1) - 1);
        }
      };
    };
    ports.resources.write = watched('write');
    ports.resources.remove = watched('remove');
    const spec = sampleSpec(change);
    const options = { report: () => undefined, signal: never };
    const plan = await planProject(spec, dev, ports, never);
    expect((await runProject(plan, ports, options)).outcome).toBe('done');
    const undo = await planUndo(spec, dev, ports, never);
    const receipt = await applyUndo(undo, ports, { ...options, ticked: new Set() });
    expect(receipt.outcome).toBe('done');
    expect(overlaps).toEqual([]);
    // What may go side by side does.
    expect(most).toBeGreaterThan(1);
  });
});
