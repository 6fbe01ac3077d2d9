import type { Secret } from '../entra/directory.ts';
import type { Reply } from '../failure.ts';
import { objectAt, textAt } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import { applicationOf, demandChange, tenantOf } from './directoryRights.ts';
import { graphFailure } from './graphFailure.ts';

const DAY = 24 * 3600 * 1000;
const ONE = '/v1.0/applications/{application}';

/** Client secrets: shown once, slow to be known everywhere, subject to the tenant's policy. */
export const passwordOperations: readonly Operation[] = [
  {
    name: 'Graph application: add a password',
    method: 'POST',
    path: `${ONE}/addPassword`,
    mutating: true,
    grade: 'recorded',
    rests: 'graph-application-addpassword-200.json; facts 3, 4',
    handle: add,
  },
  {
    name: 'Graph application: remove a password',
    method: 'POST',
    path: `${ONE}/removePassword`,
    mutating: true,
    grade: 'documented',
    rests: 'Graph v1.0 reference, application-removepassword; facts 4',
    handle: remove,
  },
];

function add(call: Call): Reply {
  const application = applicationOf(call, param(call, 'application'));
  demandChange(call, application);
  const asked = objectAt(bodyOf(call), 'passwordCredential');
  if (textAt(asked, 'secretText') !== undefined) {
    throw graphFailure(
      call.core,
      400,
      'Request_BadRequest',
      'Property passwordCredential.secretText is read-only and cannot be set.',
    );
  }
  const startsAt = timeOf(call, textAt(asked, 'startDateTime')) ?? call.now;
  const endsAt = timeOf(call, textAt(asked, 'endDateTime')) ?? startsAt + 730 * DAY;
  checkPolicy(call, startsAt, endsAt);
  const { core } = call;
  const keyId = core.random.guid();
  const secret: Secret = {
    keyId,
    value: `${core.random.hex(3)}8Q~${core.random.hex(34)}`,
    displayName: textAt(asked, 'displayName'),
    startsAt,
    endsAt,
    readableFrom: call.now + core.lag.of('passwordRead', keyId),
    usableFrom: call.now + core.lag.of('passwordSignIn', keyId),
  };
  application.secrets = [...application.secrets, secret];
  return {
    status: 200,
    headers: { Location: 'https://graph.microsoft.com' },
    json: {
      '@odata.context':
        'https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.passwordCredential',
      customKeyIdentifier: null,
      displayName: secret.displayName ?? null,
      endDateTime: new Date(endsAt).toISOString(),
      hint: secret.value.slice(0, 3),
      keyId,
      secretText: secret.value,
      startDateTime: new Date(startsAt).toISOString(),
    },
  };
}

function timeOf(call: Call, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw graphFailure(
    call.core,
    400,
    'Request_BadRequest',
    `Cannot convert the literal '${text}' to the expected type 'Edm.DateTimeOffset'.`,
  );
}

function checkPolicy(call: Call, startsAt: number, endsAt: number): void {
  const { policy } = tenantOf(call);
  if (endsAt <= startsAt || endsAt <= call.now) {
    throw graphFailure(
      call.core,
      400,
      'Request_BadRequest',
      "Invalid value specified for property 'endDateTime' of resource 'PasswordCredential'.",
    );
  }
  if (policy.passwordsForbidden === true) {
    throw graphFailure(
      call.core,
      400,
      'CredentialTypeNotAllowedAsPerAppPolicy',
      'Credential type not allowed as per assigned policy.',
    );
  }
  const most = policy.maxPasswordDays;
  if (most === undefined || endsAt - startsAt <= most * DAY) return;
  throw graphFailure(
    call.core,
    400,
    'CredentialInvalidLifetimeAsPerAppPolicy',
    'Credential lifetime exceeds the max value allowed as per assigned policy.',
  );
}

function remove(call: Call): Reply {
  const application = applicationOf(call, param(call, 'application'));
  demandChange(call, application);
  const keyId = textAt(bodyOf(call), 'keyId')?.toLowerCase();
  // A replica that has not heard of it can't tell it from one that is gone.
  const known = application.secrets.filter(({ readableFrom }) => readableFrom <= call.now);
  if (!known.some((secret) => secret.keyId === keyId)) {
    throw graphFailure(
      call.core,
      400,
      'Request_BadRequest',
      'No password credential found with keyId.',
    );
  }
  application.secrets = application.secrets.filter((secret) => secret.keyId !== keyId);
  return { status: 204 };
}
