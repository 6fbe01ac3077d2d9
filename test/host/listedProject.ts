import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** A project as the tree holds it, known from its tags only: its account answers nobody yet. */
function project(name: string) {
  const resourceGroup = `dstack-${name}`;
  const subscriptionId = '11111111-1111-4111-8111-111111111111';
  return {
    kind: 'project',
    id: `project/${name}`,
    usedHere: false,
    project: {
      name,
      accountId: 'nobody',
      tenantId: '33333333-3333-4333-8333-333333333333',
      subscriptionId,
      subscriptionName: 'Research',
      storageAccount: {
        id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${name}`,
        name,
        resourceGroup,
        location: 'westeurope',
        kind: 'StorageV2',
        provisioningState: 'Succeeded',
        tags: {},
      },
    },
  };
}

/**
 * Uses a project of the local server in the folder. Its tags don't say which server it has: where the
 * question for it comes, its first answer is taken.
 */
export async function useLocally(name: string): Promise<void> {
  const using = vscode.commands.executeCommand('dstackAzure.useInFolder', project(name));
  const isUsed = using.then(() => true);
  for (let tries = 0; tries < 100; tries++) {
    if (await Promise.race([isUsed, sleep(100, false)])) return;
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  throw new Error('The project was not used within 10 s.');
}
