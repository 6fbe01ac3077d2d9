import { asSetupError, isCancellation, type SetupError } from '../setup/errors.ts';
import type { AzureSubscription, AzureTenant, Catalog, FoundProject } from '../setup/ports.ts';
import { isWithin } from '../setup/armId.ts';
import { sameId } from '../setup/resource.ts';
import type { Account, ListedProject } from './projectNode.ts';

/** Where projects are looked for. */
export interface DiscoverySources {
  accounts(): Promise<readonly Account[]>;
  catalogFor(accountId: string): Promise<Catalog>;
  /**
   * Projects that are known to be there: Azure Resource Graph shows a new one only minutes later,
   * so those that it leaves out are looked up where they are.
   */
  bound(): readonly BoundProject[];
}

export interface BoundProject {
  readonly tenantId: string;
  readonly storageAccountId: string;
}

/** A part of Azure that could not be searched: a whole account, or one tenant of it. */
export interface DiscoveryFailure {
  readonly account: Account;
  readonly tenant?: AzureTenant;
  readonly error: SetupError;
}

export interface Discovery {
  readonly accounts: readonly Account[];
  readonly projects: readonly ListedProject[];
  readonly failures: readonly DiscoveryFailure[];
}

/**
 * Every project that the signed-in accounts can see. What fails is reported beside what was found:
 * one locked tenant never hides the projects of the others.
 */
export async function discover(sources: DiscoverySources, signal: AbortSignal): Promise<Discovery> {
  const accounts = await sources.accounts();
  const found = await Promise.all(
    accounts.map((account) => searchAccount(account, sources, signal)),
  );
  return {
    accounts,
    projects: mergeProjects(found.flatMap((part) => part.projects)),
    failures: mergeFailures(found.flatMap((part) => part.failures)),
  };
}

/** Keeps each storage account once, through the first account that sees it; in order of name. */
export function mergeProjects(found: readonly ListedProject[]): readonly ListedProject[] {
  const byAccount = new Map<string, ListedProject>();
  for (const project of found) {
    const key = project.storageAccount.id.toLowerCase();
    if (!byAccount.has(key)) byAccount.set(key, project);
  }
  return [...byAccount.values()].sort(
    (a, b) =>
      a.name.localeCompare(b.name) || a.storageAccount.name.localeCompare(b.storageAccount.name),
  );
}

/** Two accounts that fail in the same tenant in the same way are two failures; the order is stable. */
function mergeFailures(failures: readonly DiscoveryFailure[]): readonly DiscoveryFailure[] {
  const text = (failure: DiscoveryFailure) =>
    `${failure.account.label}|${failure.tenant?.displayName ?? failure.tenant?.tenantId ?? ''}`;
  return [...failures].sort((a, b) => text(a).localeCompare(text(b)));
}

interface Part {
  readonly projects: readonly ListedProject[];
  readonly failures: readonly DiscoveryFailure[];
}

async function searchAccount(
  account: Account,
  sources: DiscoverySources,
  signal: AbortSignal,
): Promise<Part> {
  try {
    const catalog = await sources.catalogFor(account.id);
    const tenants = await catalog.tenants(signal);
    const parts = await Promise.all(
      tenants.map((tenant) => searchTenant(account, tenant, catalog, sources.bound(), signal)),
    );
    return {
      projects: parts.flatMap((part) => part.projects),
      failures: parts.flatMap((part) => part.failures),
    };
  } catch (error) {
    return failed(error, { account });
  }
}

async function searchTenant(
  account: Account,
  tenant: AzureTenant,
  catalog: Catalog,
  bound: readonly BoundProject[],
  signal: AbortSignal,
): Promise<Part> {
  try {
    const subscriptions = await catalog.subscriptions(tenant.tenantId, signal);
    if (subscriptions.length === 0) return { projects: [], failures: [] };
    const ids = subscriptions.map((subscription) => subscription.subscriptionId);
    const listed = await catalog.projects(tenant.tenantId, ids, signal);
    const missing = bound
      .filter((one) => sameText(one.tenantId, tenant.tenantId))
      .filter(
        (one) => !listed.some((each) => sameId(each.storageAccount.id, one.storageAccountId)),
      );
    const lookUps = await Promise.allSettled(
      missing.map((one) => lookUp(one, subscriptions, catalog, signal)),
    );
    const found = lookUps.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    // One row tells of a tenant what fails there.
    const failure = lookUps.find((one) => one.status === 'rejected');
    return {
      projects: [...listed, ...found].map((project) => ({
        name: project.projectName,
        accountId: account.id,
        tenantId: project.tenantId,
        subscriptionId: project.subscriptionId,
        subscriptionName: nameOfSubscription(subscriptions, project.subscriptionId),
        storageAccount: project.storageAccount,
      })),
      failures: failure === undefined ? [] : failed(failure.reason, { account, tenant }).failures,
    };
  } catch (error) {
    return failed(error, { account, tenant });
  }
}

/** A bound project by the listing of its own subscription, which shows what is there now. */
async function lookUp(
  { tenantId, storageAccountId }: BoundProject,
  subscriptions: readonly AzureSubscription[],
  catalog: Catalog,
  signal: AbortSignal,
): Promise<readonly FoundProject[]> {
  const subscription = subscriptions.find(({ subscriptionId }) =>
    isWithin(storageAccountId, `/subscriptions/${subscriptionId}`),
  );
  if (subscription === undefined) return [];
  const { subscriptionId } = subscription;
  // Loaded here, because it brings the checking of specs with it, which no start needs.
  const { PROJECT_TAG } = await import('../setup/names.ts');
  const accounts = await catalog.storageAccounts(tenantId, subscriptionId, signal);
  return accounts.flatMap((storageAccount) => {
    const projectName = storageAccount.tags[PROJECT_TAG];
    return projectName !== undefined && sameId(storageAccount.id, storageAccountId)
      ? [{ projectName, storageAccount, tenantId, subscriptionId }]
      : [];
  });
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function nameOfSubscription(all: readonly AzureSubscription[], id: string): string {
  const same = all.find((one) => one.subscriptionId.toLowerCase() === id.toLowerCase());
  return same?.displayName ?? id;
}

function failed(error: unknown, where: Omit<DiscoveryFailure, 'error'>): Part {
  if (isCancellation(error)) throw error;
  return { projects: [], failures: [{ ...where, error: asSetupError(error) }] };
}
