import type { Person } from '../entra/directory.ts';
import type { Reply } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import type { Call, Operation } from '../operation.ts';
import { render } from './applicationView.ts';
import { demandRead, tenantOf } from './directoryRights.ts';
import { graphFailure } from './graphFailure.ts';
import { collection, entity } from './odata.ts';

/** The person behind the token and what they own; what the tenant lets people do. */
export const personOperations: readonly Operation[] = [
  {
    name: 'Graph me: get',
    method: 'GET',
    path: '/v1.0/me',
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, user-get; facts 4',
    handle: (call) => entity(call, 'users', renderPerson(me(call))),
  },
  {
    name: 'Graph me: own applications',
    method: 'GET',
    path: '/v1.0/me/ownedObjects/microsoft.graph.application',
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, user-list-ownedobjects; facts 4',
    handle: ownApplications,
  },
  {
    name: 'Graph authorization policy: get',
    method: 'GET',
    path: '/v1.0/policies/authorizationPolicy',
    mutating: false,
    grade: 'documented',
    rests: 'Graph v1.0 reference, authorizationpolicy-get; facts 4',
    handle: (call) => {
      demandPolicyRead(call);
      return entity(call, 'policies/authorizationPolicy', {
        id: 'authorizationPolicy',
        displayName: 'Authorization Policy',
        defaultUserRolePermissions: {
          allowedToCreateApps: tenantOf(call).spec.allowedToCreateApps !== false,
          allowedToCreateSecurityGroups: true,
          allowedToReadOtherUsers: true,
        },
      });
    },
  },
];

function me(call: Call): Person {
  const person = tenantOf(call).people.get(call.caller.objectId);
  if (person !== undefined && call.caller.kind === 'user') return person;
  throw graphFailure(
    call.core,
    400,
    'BadRequest',
    '/me request is only valid with delegated authentication flow.',
  );
}

function renderPerson(person: Person): JsonObject {
  return {
    businessPhones: [],
    displayName: person.displayName,
    givenName: null,
    jobTitle: null,
    mail: person.username,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    userPrincipalName: person.username,
    id: person.objectId,
  };
}

function ownApplications(call: Call): Reply {
  demandRead(call);
  const person = me(call);
  const own = [...tenantOf(call).applications.values()].filter(
    (each) => each.owners.has(person.objectId) && each.readableFrom <= call.now,
  );
  return collection(
    call,
    'applications',
    own.map((each) => render(call, each)),
  );
}

function demandPolicyRead(call: Call): void {
  const enough = ['Policy.Read.All', 'Directory.AccessAsUser.All'];
  if (enough.some((each) => call.caller.permissions.includes(each))) return;
  throw graphFailure(
    call.core,
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}
