import type { BlobAccount, BlobDecision, BlobRequest } from './blobAccess.ts';
import type { Authenticator, TokenFault } from './entra/authenticate.ts';
import type { Core } from './operation.ts';
import type { Resource } from './state.ts';
import { idKey, subscriptionIdOf } from './arm/armId.ts';
import { denialOf, mayDo } from './arm/rights.ts';
import { CONTAINER_TYPE } from './providers/containers.ts';

const ACCOUNT_TYPE = 'Microsoft.Storage/storageAccounts';

/** Whether this caller may do this to these blobs now. Changes nothing. */
export function authorizeBlob(
  core: Core,
  authenticator: Authenticator,
  request: BlobRequest,
): BlobDecision {
  const account = accountNamed(core, request.account);
  if (account === undefined) {
    return refusal(0, 'AccountNotFound', `There is no storage account ${request.account}.`);
  }
  if (account.properties['publicNetworkAccess'] === 'Disabled') {
    return refusal(
      403,
      'AuthorizationFailure',
      'This request is not authorized to perform this operation.',
    );
  }
  const tenantId = tenantOf(core, account);
  const audiences = ['https://storage.azure.com', 'https://storage.azure.com/'].concat([
    `https://${account.name}.blob.core.windows.net`,
    `https://${account.name}.blob.core.windows.net/`,
  ]);
  const caller = authenticator.read(request.token, audiences, core.now());
  if (typeof caller === 'string') return unauthenticated(caller, tenantId);
  if (caller.tenantId !== tenantId) return unauthenticated('issuer', tenantId);
  const container = request.container === undefined ? '' : `/containers/${request.container}`;
  const scope = `${account.id}/blobServices/default${container}`;
  const plane = request.action.startsWith('containers/blobs/') ? 'data' : 'control';
  const action = `${ACCOUNT_TYPE}/blobServices/${request.action}`;
  const allowed = mayDoOnData(core, caller, action, scope, plane);
  if (allowed && denialOf(core, caller, action, scope, plane) === undefined) {
    return { allowed: true };
  }
  return refusal(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  );
}

/** The blob service hears of assignments later than ARM, also for control-plane actions. */
function mayDoOnData(
  core: Core,
  caller: { readonly tenantId: string; readonly objectId: string },
  action: string,
  scope: string,
  plane: 'control' | 'data',
): boolean {
  if (plane === 'data') return mayDo(core, caller, action, scope, 'data');
  const now = core.now();
  const late = [...core.state.roleAssignments.values()].some(
    (each) => each.principalId === caller.objectId && each.dataFrom > now,
  );
  return !late && mayDo(core, caller, action, scope);
}

/** The accounts whose blob host answers now. */
export function blobAccounts(core: Core): readonly BlobAccount[] {
  // One pass over each kind: a world of 10,000 accounts has to start in a moment.
  const containers = new Map<string, string[]>();
  for (const { id, name } of core.state.resourcesOfType(CONTAINER_TYPE, '/')) {
    const account = idKey(id.slice(0, id.toLowerCase().indexOf('/blobservices/')));
    containers.set(account, [...(containers.get(account) ?? []), name]);
  }
  return core.state
    .resourcesOfType(ACCOUNT_TYPE, '/')
    .filter((account) => account.busyUntil <= core.now())
    .map(({ id, name }) => ({ name, containersFromArm: containers.get(idKey(id)) ?? [] }));
}

function accountNamed(core: Core, name: string): Resource | undefined {
  return core.state
    .resourcesOfType(ACCOUNT_TYPE, '/')
    .find((account) => account.name === name && account.busyUntil <= core.now());
}

function tenantOf(core: Core, account: Resource): string {
  const subscription = subscriptionIdOf(account.id)?.toLowerCase() ?? '';
  return core.state.subscriptions.get(subscription)?.spec.tenantId ?? '';
}

function unauthenticated(fault: TokenFault | 'issuer', tenantId: string): BlobDecision {
  const challenge = `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`;
  const headers = { 'WWW-Authenticate': challenge };
  if (fault === 'missing') {
    const message =
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.';
    return { ...refusal(401, 'NoAuthenticationInformation', message), headers };
  }
  const message = `Server failed to authenticate the request. Please refer to the information in the www-authenticate header. (${fault})`;
  return { ...refusal(401, 'InvalidAuthenticationInfo', message), headers };
}

function refusal(
  status: number,
  code: string,
  message: string,
): Extract<BlobDecision, { allowed: false }> {
  return { allowed: false, status, code, message };
}
