import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import { BUDGET_MS, POLL_MS } from './resources/kinds.ts';
import { sameId } from './resource.ts';
import { withRetry } from './retry.ts';
import type { UndoPlan } from './undoPlan.ts';
import type { UndoPorts } from './undoPorts.ts';
import type { ReceiptLine } from './undoReceipt.ts';

/**
 * Frees the name of a vault that this undo has removed, and waits until it is free. Only ever called because a person asked for
 * it after the undo: what was in the vault is lost for good.
 * @throws SetupError if it is not the project's vault, or Azure refuses (purge protection)
 */
export async function purgeVault(
  plan: UndoPlan,
  vault: ReceiptLine,
  ports: Pick<UndoPorts, 'azure' | 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<void> {
  const { tenantId, subscriptionId, location } = plan.project.spec;
  const item = plan.items.find(({ kind, proof }) => kind === 'keyVault' && proof === 'tag');
  if (item === undefined || item.decision === 'keep' || !sameId(item.id, vault.id)) {
    throw new SetupError({
      code: 'not_the_projects_vault',
      source: 'bug',
      message: t('{0} is not a vault that this undo has removed.', vault.name),
      remedy: t('Purge it in the Azure portal, if it is yours.'),
      object: vault.id,
    });
  }
  const at = { tenantId, subscriptionId, location, name: item.name };
  const about = { kind: 'keyVault' } as const;
  await withRetry(() => ports.azure.purgeVault(at, signal), about, ports, signal);
  const giveUpAt = ports.clock.now() + BUDGET_MS.keyVault;
  while (await withRetry(() => ports.azure.isVaultInBin(at, signal), about, ports, signal)) {
    if (ports.clock.now() >= giveUpAt) throw stillPurging(item.name);
    await ports.clock.sleep(POLL_MS, signal);
  }
}

function stillPurging(name: string): SetupError {
  return new SetupError({
    code: 'still_running',
    source: 'azure',
    message: t('Azure is still purging {0}, longer than it usually takes.', name),
    remedy: t('Wait a while; the name is free when the vault is no longer among the deleted ones.'),
    object: name,
  });
}
