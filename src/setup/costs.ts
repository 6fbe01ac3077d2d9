import { t } from '@vscode/l10n';
import type { CostsView } from '../contract/wizardState.ts';
import type { Plan } from './plan.ts';
import type { ResourceKind } from './resource.ts';

/**
 * What of the plan costs money, and roughly how much. Only list prices that Azure documents and that
 * differ little between locations are named; for the rest it is said what they depend on.
 */
export function planCosts({ changes }: Pick<Plan, 'changes'>): CostsView {
  const kinds = new Set(changes.map(({ resource }) => resource.kind));
  const priced = [...kinds].flatMap((kind) => {
    const price = priceOf(kind);
    return price === undefined ? [] : [price];
  });
  return {
    items: [
      ...priced,
      {
        what: t('VMs of runs, with their disks and addresses'),
        price: t(
          'billed by use, from start to end of a run; dstack shows the price before each run',
        ),
      },
      { what: t('Everything else of this plan'), price: t('free of charge') },
    ],
    note: t(
      'Rough list prices in US dollars, without tax. What you pay depends on the location and on your agreement with Microsoft.',
    ),
  };
}

type Cost = CostsView['items'][number];

/** Undefined for what Azure gives for nothing: networks, identities, roles, tags. */
function priceOf(kind: ResourceKind): Cost | undefined {
  switch (kind) {
    case 'storageAccount':
      return {
        what: t('Storage account'),
        price: t('about $0.02 per GB and month; operations and outgoing traffic are billed by use'),
      };
    case 'keyVault':
      return { what: t('Key vault'), price: t('about $0.03 per 10,000 operations') };
    case 'logAnalyticsWorkspace':
      return {
        what: t('Log Analytics workspace'),
        price: t('billed by use, per GB of logs taken in'),
      };
    case 'providerRegistration':
    case 'resourceGroup':
    case 'blobContainer':
    case 'userAssignedIdentity':
    case 'networkSecurityGroup':
    case 'virtualNetwork':
    case 'workspaceTable':
    case 'dataCollectionEndpoint':
    case 'dataCollectionRule':
    case 'roleDefinition':
    case 'roleAssignment':
    case 'application':
    case 'servicePrincipal':
    case 'clientSecret':
    case 'tags':
    case 'projectRecord':
      return undefined;
  }
}
