import { OTHER_TENANT } from '../../contract/wizardState.ts';
import type { FormModel } from './formModel.ts';
import { isGuid } from './guid.ts';

/** The id of the tenant that is meant: the chosen one, or the one whose id or domain was typed. */
export function tenantOf(model: FormModel): string | undefined {
  const { tenant } = model.chosen;
  return tenant === OTHER_TENANT ? typedTenant(model) : tenant;
}

function typedTenant(model: FormModel): string | undefined {
  const typed = model.typed.otherTenant ?? '';
  if (isGuid(typed)) return typed;
  const known = model.lists.tenants.value?.find(
    ({ defaultDomain }) => defaultDomain?.toLowerCase() === typed.toLowerCase(),
  );
  return known?.tenantId;
}
