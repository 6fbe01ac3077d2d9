import { CREATE_NEW, type SelectFieldName } from '../../contract/wizardState.ts';
import { gpuFamilies } from '../gpuQuota.ts';
import { isStorageAccountName } from '../names.ts';
import type { Catalog } from '../ports.ts';
import type { FormModel } from './formModel.ts';
import { settledValue, textValue } from './formOptions.ts';
import { keyOf } from './loaded.ts';
import { checkName, checkNameAfterPause } from './nameCheck.ts';
import { followChecks } from './followChecks.ts';
import { tenantOf } from './tenant.ts';
import type { WizardDeps } from './wizardDeps.ts';

/** What a field's value decides: cleared with it (the seed's cascade, dstack-facts A1). */
export const DEPENDENTS: Readonly<Record<SelectFieldName, readonly SelectFieldName[]>> = {
  account: ['tenant', 'subscription', 'location', 'storageAccount', 'resourceGroup'],
  tenant: ['subscription', 'location', 'storageAccount', 'resourceGroup'],
  subscription: ['location', 'storageAccount', 'resourceGroup'],
  location: ['storageAccount'],
  storageAccount: [],
  resourceGroup: [],
  credentials: [],
  server: [],
};

export interface Cascade {
  readonly model: FormModel;
  readonly deps: WizardDeps;
  /** Gives a field the value that it has now; undefined takes it away. */
  readonly assign: (field: SelectFieldName, value: string | undefined) => void;
  readonly wanted: (field: SelectFieldName) => string | undefined;
}

/**
 * Brings every value and every list into line with what stands before it, from the account down:
 * drops what no longer holds, chooses what is the only one, fetches what can be fetched. Does
 * nothing where nothing has changed.
 * @param typing whether a key press caused it: then nobody is asked before a pause
 */
export function settle(cascade: Cascade, typing: boolean): void {
  const { lists, chosen } = cascade.model;
  lists.environment.follow('window', () => cascade.deps.environment());
  lists.accounts.follow('editor', () => cascade.deps.accounts.list());
  value(cascade, 'account');
  const catalog = catalogOf(cascade);
  lists.tenants.follow(keyOf(chosen.account), (signal) => catalog().tenants(signal));
  followSignIns(cascade);
  value(cascade, 'tenant');
  const { account } = chosen;
  const tenantId = tenantOf(cascade.model);
  const tenant = tenantId ?? '';
  const inTenant = keyOf(account, tenantId);
  lists.subscriptions.follow(inTenant, (signal) => catalog().subscriptions(tenant, signal));
  value(cascade, 'subscription');
  followProjects(cascade, inTenant, catalog);
  followSubscription(cascade, keyOf(inTenant, chosen.subscription), catalog);
  value(cascade, 'location');
  followGpuQuota(cascade, inTenant, catalog);
  value(cascade, 'storageAccount');
  value(cascade, 'resourceGroup');
  followName(cascade, catalog, typing);
  followChecks(cascade, (field) => value(cascade, field), typing);
}

function value(cascade: Cascade, field: SelectFieldName): void {
  cascade.assign(field, settledValue(cascade.model, field, cascade.wanted(field)));
}

function catalogOf({ model, deps }: Cascade): () => Catalog {
  const accountId = model.chosen.account ?? '';
  return () => deps.catalogFor(accountId);
}

/** In the background: the list is there before it is known which of them ask for a sign-in. */
function followSignIns({ model, deps }: Cascade): void {
  const tenants = model.lists.tenants.value?.map(({ tenantId }) => tenantId);
  const { account } = model.chosen;
  model.signIns.follow(keyOf(account, tenants?.join(' ')), tenants ?? [], (tenantId) =>
    deps.accounts.isSignedIn({ accountId: account ?? '', tenantId }),
  );
}

function followProjects(
  { model }: Cascade,
  inTenant: string | undefined,
  catalog: () => Catalog,
): void {
  const { subscriptions, projects } = model.lists;
  const ids = subscriptions.value?.map((each) => each.subscriptionId);
  const tenant = tenantOf(model) ?? '';
  projects.follow(keyOf(inTenant, ids?.join(' ')), (signal) =>
    ids === undefined || ids.length === 0
      ? Promise.resolve([])
      : catalog().projects(tenant, ids, signal),
  );
}

/** The three lists of a subscription don't wait for one another. */
function followSubscription(
  { model }: Cascade,
  key: string | undefined,
  catalog: () => Catalog,
): void {
  const { lists, chosen } = model;
  const { subscription = '' } = chosen;
  const tenant = tenantOf(model) ?? '';
  lists.locations.follow(key, (signal) => catalog().locations(tenant, subscription, signal));
  lists.storageAccounts.follow(key, (signal) =>
    catalog().storageAccounts(tenant, subscription, signal),
  );
  lists.resourceGroups.follow(key, (signal) =>
    catalog().resourceGroups(tenant, subscription, signal),
  );
}

/** Only for the location that is chosen: Azure takes up to half a minute for one. */
function followGpuQuota(
  { model }: Cascade,
  inTenant: string | undefined,
  catalog: () => Catalog,
): void {
  const { subscription = '', location = '' } = model.chosen;
  const tenant = tenantOf(model) ?? '';
  const key = keyOf(inTenant, model.chosen.subscription, model.chosen.location);
  model.lists.gpuQuota.follow(key, async (signal) =>
    gpuFamilies(await catalog().computeCapacity(tenant, subscription, location, signal)),
  );
}

function followName({ model, deps }: Cascade, catalog: () => Catalog, typing: boolean): void {
  const { lists, chosen } = model;
  const name = textValue(model, 'newStorageAccount');
  const ask = chosen.storageAccount === CREATE_NEW && isStorageAccountName(name);
  const tenantId = tenantOf(model);
  const key = keyOf(chosen.account, tenantId, chosen.subscription, name);
  lists.nameCheck.follow(ask ? key : undefined, (signal) => {
    const request = {
      catalog: catalog(),
      tenantId: tenantId ?? '',
      subscriptionId: chosen.subscription ?? '',
      projectName: textValue(model, 'projectName'),
      name,
    };
    return typing ? checkNameAfterPause(deps.clock, request, signal) : checkName(request, signal);
  });
}
