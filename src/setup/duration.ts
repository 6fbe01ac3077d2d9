import { t } from '@vscode/l10n';
import type { Plan } from './plan.ts';
import { isWritten } from './requiredActions.ts';
import type { ResourceKind } from './resource.ts';

/** What a step typically takes, in seconds: the middle of what was recorded (azure-facts 1.2, 1.2b). */
const TYPICAL_SECONDS: Readonly<Record<ResourceKind, number>> = {
  providerRegistration: 120,
  resourceGroup: 2,
  storageAccount: 20,
  blobContainer: 1,
  userAssignedIdentity: 3,
  networkSecurityGroup: 8,
  virtualNetwork: 8,
  keyVault: 22,
  logAnalyticsWorkspace: 22,
  workspaceTable: 5,
  dataCollectionEndpoint: 8,
  dataCollectionRule: 8,
  roleDefinition: 2,
  roleAssignment: 3,
  application: 1,
  servicePrincipal: 1,
  clientSecret: 1,
  tags: 1,
  projectRecord: 1,
};

/**
 * How long running the plan typically takes, in seconds: its longest chain, because what does not
 * depend on each other runs at the same time. What the rest does not wait for is left out.
 */
export function typicalSeconds({ changes }: Pick<Plan, 'changes'>): number {
  const until = new Map<string, number>();
  // Changes stand in dependency order, so one pass reaches all.
  for (const change of changes) {
    const { resource } = change;
    if (resource.optional === true) continue;
    const own = isWritten(change) ? TYPICAL_SECONDS[resource.kind] : 0;
    const before = Math.max(0, ...resource.dependsOn.map((key) => until.get(key) ?? 0));
    until.set(resource.key, before + own);
  }
  return Math.max(0, ...until.values());
}

/** The same in words, or undefined if nothing is to be done. */
export function durationInWords(plan: Pick<Plan, 'changes'>): string | undefined {
  const written = plan.changes.filter(isWritten);
  if (written.length === 0) return undefined;
  const takes = about(typicalSeconds(plan));
  // The record waits for a role of this very plan, which Azure spreads in its own time.
  const waits = written.some(({ resource }) => resource.optional === true);
  return waits
    ? t('{0} The project record follows as soon as its role has spread: 10 minutes at most.', takes)
    : takes;
}

function about(seconds: number): string {
  if (seconds <= 90) return t('Takes about {0} seconds.', String(Math.ceil(seconds / 5) * 5));
  return t('Takes about {0} minutes.', String(Math.ceil(seconds / 60)));
}
