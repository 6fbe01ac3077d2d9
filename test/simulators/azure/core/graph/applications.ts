import type { Application } from '../entra/directory.ts';
import type { Reply } from '../failure.ts';
import { textAt, type JsonDraft, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import {
  applicationOf,
  demandChange,
  demandCreate,
  demandRead,
  findApplication,
  tenantOf,
} from './directoryRights.ts';
import { graphFailure, graphNotFound } from './graphFailure.ts';
import { render } from './applicationView.ts';
import { collection, entity } from './odata.ts';

const APPLICATIONS = '/v1.0/applications';
const ONE = `${APPLICATIONS}/{application}`;
/** What Graph writes itself; never taken from a body. */
const READ_ONLY = ['id', 'appId', 'createdDateTime', 'passwordCredentials', 'publisherDomain'];
const AUDIENCES = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
];

/** App registrations. */
export const applicationOperations: readonly Operation[] = [
  {
    name: 'Graph application: create',
    method: 'POST',
    path: APPLICATIONS,
    mutating: true,
    grade: 'recorded',
    rests: 'graph-application-post-201.json; facts 4',
    handle: post,
  },
  {
    name: 'Graph application: update, or create if missing',
    method: 'PATCH',
    path: ONE,
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, application-upsert and application-update; facts 4',
    handle: patch,
  },
  {
    name: 'Graph application: get',
    method: 'GET',
    path: ONE,
    mutating: false,
    grade: 'documented',
    rests: 'graph-applications-list-by-appid-200.json (row)',
    handle: (call) => {
      demandRead(call);
      const application = applicationOf(call, param(call, 'application'));
      return entity(call, 'applications', render(call, application));
    },
  },
  {
    name: 'Graph applications: list',
    method: 'GET',
    path: APPLICATIONS,
    mutating: false,
    grade: 'recorded',
    rests: 'graph-applications-list-*.json, graph-applications-403.json',
    handle: list,
  },
  {
    name: 'Graph application: delete',
    method: 'DELETE',
    path: ONE,
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, application-delete; facts 4',
    handle: remove,
  },
  {
    name: 'Graph deleted applications: list',
    method: 'GET',
    path: '/v1.0/directory/deletedItems/microsoft.graph.application',
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, directory-deleteditems-list',
    handle: (call) => {
      demandRead(call);
      const deleted = [...tenantOf(call).deletedApplications.values()];
      return collection(
        call,
        'directoryObjects',
        deleted.map((each) => render(call, each)),
      );
    },
  },
  {
    name: 'Graph deleted application: remove for good',
    method: 'DELETE',
    path: '/v1.0/directory/deletedItems/{application}',
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, directory-deleteditems-delete',
    handle: (call) => {
      const tenant = tenantOf(call);
      const application = tenant.deletedApplications.get(param(call, 'application'));
      if (application === undefined) throw graphNotFound(call.core, param(call, 'application'));
      demandChange(call, application);
      tenant.deletedApplications.delete(application.id);
      return { status: 204 };
    },
  },
];

function post(call: Call): Reply {
  demandCreate(call);
  if (bodyOf(call)['uniqueName'] !== undefined) throw fixedName(call);
  return created(call, undefined);
}

/** The name comes with an upsert's path; in a body it is read-only (resource type application). */
function fixedName(call: Call): Error {
  return graphFailure(
    call.core,
    400,
    'Request_BadRequest',
    "Property 'uniqueName' is read-only and cannot be set.",
  );
}

function created(call: Call, uniqueName: string | undefined): Reply {
  const body = bodyOf(call);
  const { core, now } = call;
  const tenant = tenantOf(call);
  const displayName = checkDisplayName(call, textAt(body, 'displayName'));
  const all = [...tenant.applications.values(), ...tenant.deletedApplications.values()];
  if (uniqueName !== undefined && all.some((each) => each.uniqueName === uniqueName)) {
    throw graphFailure(
      core,
      400,
      'Request_BadRequest',
      'Another object with the same value for property uniqueName already exists.',
    );
  }
  const id = core.random.guid();
  const readableFrom = now + core.lag.of('graphRead', id);
  const application: Application = {
    id,
    appId: core.random.guid(),
    displayName,
    uniqueName,
    signInAudience: checkAudience(call, textAt(body, 'signInAudience')),
    owners: new Set([call.caller.objectId]),
    secrets: [],
    createdAt: now,
    readableFrom,
    backsFrom: Math.max(readableFrom, now + core.lag.of('backingApplication', id)),
    graphPermissions: [],
    more: moreOf(body),
  };
  tenant.applications.set(id, application);
  const reply = entity(call, 'applications', render(call, application), 201);
  const location = `https://graph.microsoft.com/v2/${tenant.id}/directoryObjects/${id}/Microsoft.DirectoryServices.Application`;
  return { ...reply, headers: { Location: location } };
}

function checkDisplayName(call: Call, name: string | undefined): string {
  if (name !== undefined && name !== '' && name.length <= 256) return name;
  throw graphFailure(
    call.core,
    400,
    'Request_BadRequest',
    "Invalid value specified for property 'displayName' of resource 'Application'.",
  );
}

function checkAudience(call: Call, audience: string | undefined): string {
  const wanted = audience ?? 'AzureADandPersonalMicrosoftAccount';
  if (!AUDIENCES.includes(wanted)) {
    throw graphFailure(
      call.core,
      400,
      'Request_BadRequest',
      "Invalid value specified for property 'signInAudience' of resource 'Application'.",
    );
  }
  const restricted = tenantOf(call).policy.audienceRestricted === true;
  if (restricted && wanted !== 'AzureADMyOrg') {
    throw graphFailure(
      call.core,
      400,
      'SignInAudienceNotAllowedAsPerAppPolicy',
      'The sign-in audience is not allowed as per assigned policy.',
    );
  }
  return wanted;
}

function moreOf(body: JsonObject): JsonDraft {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !READ_ONLY.includes(name)));
}

/** `Prefer: create-if-missing` makes an update by unique name safe to repeat: 201, then 204. */
function patch(call: Call): Reply {
  const reference = param(call, 'application');
  const uniqueName = /^uniqueName='([^']*)'$/.exec(reference)?.[1];
  const upsert = /create-if-missing/i.test(call.headers['prefer'] ?? '');
  if (uniqueName !== undefined && tenantOf(call).spec.upsertByUniqueName === false) {
    throw graphFailure(
      call.core,
      400,
      'BadRequest',
      "Resource not found for the segment 'applications'.",
    );
  }
  const known = findApplication(call, reference);
  if (uniqueName !== undefined && upsert && known === undefined) {
    demandCreate(call);
    return created(call, uniqueName);
  }
  const application = upsert && known ? known : applicationOf(call, reference);
  demandChange(call, application);
  const body = bodyOf(call);
  if (body['uniqueName'] !== undefined) throw fixedName(call);
  // An upsert must say it, whether it creates or updates.
  if (upsert) checkDisplayName(call, textAt(body, 'displayName'));
  if (body['passwordCredentials'] !== undefined) {
    throw graphFailure(
      call.core,
      400,
      'Request_BadRequest',
      "Updates to 'passwordCredentials' are not supported here. Use addPassword and removePassword.",
    );
  }
  if (body['displayName'] !== undefined) {
    application.displayName = checkDisplayName(call, textAt(body, 'displayName'));
  }
  if (body['signInAudience'] !== undefined) {
    application.signInAudience = checkAudience(call, textAt(body, 'signInAudience'));
  }
  application.more = { ...application.more, ...moreOf(body) };
  return { status: 204 };
}

function list(call: Call): Reply {
  demandRead(call);
  const seen = [...tenantOf(call).applications.values()].filter(
    (each) => each.readableFrom <= call.now,
  );
  return collection(
    call,
    'applications',
    seen.map((each) => render(call, each)),
  );
}

/** The tenant's service principal goes with it; role assignments stay behind. */
function remove(call: Call): Reply {
  const application = applicationOf(call, param(call, 'application'));
  demandChange(call, application);
  const tenant = tenantOf(call);
  tenant.applications.delete(application.id);
  tenant.deletedApplications.set(application.id, application);
  for (const principal of tenant.servicePrincipals.values()) {
    if (principal.appId === application.appId) tenant.servicePrincipals.delete(principal.id);
  }
  return { status: 204 };
}
