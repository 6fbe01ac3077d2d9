import type { ServicePrincipal } from '../entra/directory.ts';
import type { Reply } from '../failure.ts';
import { textAt, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import { demandChange, demandRead, findApplication, tenantOf } from './directoryRights.ts';
import { graphFailure, graphNotFound } from './graphFailure.ts';
import { collection, entity } from './odata.ts';

const PRINCIPALS = '/v1.0/servicePrincipals';
const ONE = `${PRINCIPALS}/{principal}`;

/** Service principals of apps and managed identities. */
export const servicePrincipalOperations: readonly Operation[] = [
  {
    name: 'Graph service principal: create',
    method: 'POST',
    path: PRINCIPALS,
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, serviceprincipal-post; facts 3, 4',
    handle: post,
  },
  {
    name: 'Graph service principals: list',
    method: 'GET',
    path: PRINCIPALS,
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, serviceprincipal-list',
    handle: list,
  },
  {
    name: 'Graph service principal: get',
    method: 'GET',
    path: ONE,
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, serviceprincipal-get',
    handle: (call) => {
      demandRead(call);
      return entity(call, 'servicePrincipals', render(call, principalOf(call)));
    },
  },
  {
    name: 'Graph service principal: delete',
    method: 'DELETE',
    path: ONE,
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, serviceprincipal-delete',
    handle: remove,
  },
];

function post(call: Call): Reply {
  const appId = textAt(bodyOf(call), 'appId') ?? '';
  const application = findApplication(call, `appId='${appId}'`);
  if (application === undefined || application.backsFrom > call.now) {
    throw noBacking(call, appId);
  }
  demandChange(call, application);
  const tenant = tenantOf(call);
  if ([...tenant.servicePrincipals.values()].some((each) => each.appId === appId)) {
    throw graphFailure(
      call.core,
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  }
  const id = call.core.random.guid();
  const principal: ServicePrincipal = {
    id,
    appId,
    displayName: application.displayName,
    kind: 'Application',
    createdAt: call.now,
    knownFrom: call.now + call.core.lag.of('principal', id),
  };
  tenant.servicePrincipals.set(id, principal);
  return entity(call, 'servicePrincipals', render(call, principal), 201);
}

/**
 * Two wordings occur for the same thing (azure-facts 3), and the second with the status and code of a
 * missing right: Azure/azure-cli 28009, hashicorp/terraform-provider-azuread 992.
 */
function noBacking(call: Call, appId: string): Error {
  const known = findApplication(call, `appId='${appId}'`) !== undefined;
  return known && call.core.random.unit(`backing|${appId}`) < 0.5
    ? graphFailure(
        call.core,
        403,
        'Authorization_RequestDenied',
        'When using this permission, the backing application of the service principal being created must in the local tenant',
      )
    : graphFailure(
        call.core,
        400,
        'Request_BadRequest',
        `The appId '${appId}' of the service principal does not reference a valid application object.`,
      );
}

function principalOf(call: Call): ServicePrincipal {
  const reference = param(call, 'principal');
  const appId = /^appId='([^']*)'$/.exec(reference)?.[1];
  const found = [...tenantOf(call).servicePrincipals.values()].find((each) =>
    appId === undefined ? each.id === reference.toLowerCase() : each.appId === appId,
  );
  if (found === undefined || isUnread(call, found)) throw graphNotFound(call.core, reference);
  return found;
}

function isUnread(call: Call, principal: ServicePrincipal): boolean {
  return principal.createdAt + call.core.lag.of('graphRead', principal.id) > call.now;
}

function list(call: Call): Reply {
  demandRead(call);
  const seen = [...tenantOf(call).servicePrincipals.values()].filter(
    (each) => !isUnread(call, each),
  );
  return collection(
    call,
    'servicePrincipals',
    seen.map((each) => render(call, each)),
  );
}

function remove(call: Call): Reply {
  const principal = principalOf(call);
  const application = findApplication(call, `appId='${principal.appId}'`);
  if (application === undefined) throw graphNotFound(call.core, principal.id);
  demandChange(call, application);
  tenantOf(call).servicePrincipals.delete(principal.id);
  return { status: 204 };
}

function render(call: Call, principal: ServicePrincipal): JsonObject {
  return {
    id: principal.id,
    deletedDateTime: null,
    accountEnabled: true,
    appDisplayName: principal.displayName,
    appId: principal.appId,
    appOwnerOrganizationId: tenantOf(call).id,
    createdDateTime: new Date(principal.createdAt).toISOString(),
    displayName: principal.displayName,
    servicePrincipalNames: [principal.appId],
    servicePrincipalType: principal.kind,
    signInAudience: principal.kind === 'Application' ? 'AzureADMyOrg' : null,
    keyCredentials: [],
    passwordCredentials: [],
    tags: [],
  };
}
