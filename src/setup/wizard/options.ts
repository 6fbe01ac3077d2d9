import { t } from '@vscode/l10n';
import { CREATE_NEW, OTHER_TENANT, type Option } from '../../contract/wizardState.ts';
import { isDstackLocation } from '../locations.ts';
import { PROJECT_TAG } from '../names.ts';
import type {
  AzureLocation,
  AzureResourceGroup,
  AzureStorageAccount,
  AzureSubscription,
  AzureTenant,
} from '../ports.ts';
import { USABLE_ACCOUNT_KINDS } from '../resources/storageAccount.ts';
import type { WizardAccount } from './wizardDeps.ts';

/** Subscriptions that take writes; the others can only be looked at. */
const WRITABLE_STATES = ['enabled', 'warned', 'pastdue'];

export function accountOptions(accounts: readonly WizardAccount[]): readonly Option[] {
  return accounts.map(({ id, label }) => ({ value: id, label }));
}

/** @param signInNeeded ids of those that don't let the account in without a question */
export function tenantOptions(
  tenants: readonly AzureTenant[],
  signInNeeded: ReadonlySet<string>,
): readonly Option[] {
  const options = tenants.map(({ tenantId, displayName, defaultDomain }) => {
    const names = [displayName, defaultDomain, tenantId].filter((name) => name !== undefined);
    const option = {
      value: tenantId,
      label: names[0] ?? tenantId,
      detail: names.slice(1).join(' · '),
    };
    if (!signInNeeded.has(tenantId)) return option;
    const action = { id: 'signInToTenant' as const, label: t('Sign In') };
    return { ...option, mark: t('Needs another sign-in'), action };
  });
  const other = { value: OTHER_TENANT, label: t('Another tenant, by its ID') };
  return [...byLabel(options), other];
}

export function subscriptionOptions(
  subscriptions: readonly AzureSubscription[],
): readonly Option[] {
  const options = subscriptions.map(({ subscriptionId, displayName, state }) => ({
    value: subscriptionId,
    label: displayName,
    detail: subscriptionId,
    ...(WRITABLE_STATES.includes(state.toLowerCase())
      ? {}
      : { disabledReason: t('Azure says that it is {0}: nothing can be made in it.', state) }),
  }));
  return selectableFirst(byLabel(options));
}

/** Those of dstack first; the others stay visible, so that nobody searches for them. */
export function locationOptions(locations: readonly AzureLocation[]): readonly Option[] {
  const options = locations.map(({ name, displayName }) => ({
    value: name,
    label: displayName,
    detail: name,
    ...(isDstackLocation(name) ? {} : { disabledReason: t('dstack does not run here.') }),
  }));
  return selectableFirst(byLabel(options));
}

export function storageAccountOptions(
  accounts: readonly AzureStorageAccount[],
  location: string,
  projectName: string,
): readonly Option[] {
  const options = accounts.map((account) => {
    const reason = whyNotAccount(account, location, projectName);
    return {
      value: account.name,
      label: account.name,
      detail: t('resource group {0}', account.resourceGroup),
      ...(reason === undefined ? {} : { disabledReason: reason }),
    };
  });
  const createNew = { value: CREATE_NEW, label: t('Create a new storage account') };
  return [createNew, ...selectableFirst(byLabel(options))];
}

export function resourceGroupOptions(groups: readonly AzureResourceGroup[]): readonly Option[] {
  const options = groups.map(({ name, location }) => ({
    value: name,
    label: name,
    detail: location,
  }));
  return [{ value: CREATE_NEW, label: t('Create a new resource group') }, ...byLabel(options)];
}

/** The project that an account belongs to by its tag, if it is not the one that is being set up. */
export function otherProjectOf(
  account: AzureStorageAccount,
  projectName: string,
): string | undefined {
  const owner = account.tags[PROJECT_TAG];
  return owner?.toLowerCase() === projectName.toLowerCase() ? undefined : owner;
}

function whyNotAccount(
  account: AzureStorageAccount,
  location: string,
  projectName: string,
): string | undefined {
  const owner = otherProjectOf(account, projectName);
  if (owner !== undefined) return t('Belongs to the project {0}.', owner);
  if (account.location.toLowerCase() !== location.toLowerCase()) {
    return t('Is in {0}, not in the chosen location.', account.location);
  }
  if (account.kind === '') return t('Azure does not say of which kind it is.');
  if (!USABLE_ACCOUNT_KINDS.includes(account.kind)) {
    return t('Is of kind {0}, which holds no block blobs.', account.kind);
  }
  if (account.provisioningState !== 'Succeeded') {
    return t('Is not ready: Azure says {0}.', account.provisioningState);
  }
  return undefined;
}

/** Made once: comparing 5,000 names by `localeCompare` takes longer than a key press may. */
const collator = new Intl.Collator('en', { numeric: true });

function byLabel(options: readonly Option[]): readonly Option[] {
  return options.toSorted((a, b) => collator.compare(a.label, b.label));
}

function selectableFirst(options: readonly Option[]): readonly Option[] {
  return [
    ...options.filter((option) => option.disabledReason === undefined),
    ...options.filter((option) => option.disabledReason !== undefined),
  ];
}
