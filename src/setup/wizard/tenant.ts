import { OTHER_TENANT } from '../../contract/wizardState.ts';
import type { FormModel } from './formModel.ts';
import { isGuid } from './guid.ts';

/** The id of the tenant that is meant: the chosen one, or the one whose id or domain was typed. */
export function tenantOf(model: FormModel): string | undefined {
  const { tenant } = model.chosen;
  return tenant === OTHER_TENANT ? typedTenant(model) : tenant;
}

/** What a person calls the tenant that is meant; undefined where Azure tells no name of it. */
export function tenantName(model: FormModel): string | undefined {
  const id = tenantOf(model)?.toLowerCase();
  const known = model.lists.tenants.value?.find(({ tenantId }) => tenantId.toLowerCase() === id);
  return known?.displayName ?? known?.defaultDomain;
}

function typedTenant(model: FormModel): string | undefined {
  const typed = model.typed.otherTenant ?? '';
  if (isGuid(typed)) return typed;
  const known = model.lists.tenants.value?.find(
    ({ defaultDomain }) => defaultDomain?.toLowerCase() === typed.toLowerCase(),
  );
  return known?.tenantId;
}
