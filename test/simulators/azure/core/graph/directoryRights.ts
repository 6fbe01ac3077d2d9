import type { Application, Tenant } from '../entra/directory.ts';
import type { AzureFailure } from '../failure.ts';
import type { Call, Core } from '../operation.ts';
import { graphFailure, graphNotFound } from './graphFailure.ts';

const WRITE_ALL = [
  'Application.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Directory.AccessAsUser.All',
];
const OWNED = 'Application.ReadWrite.OwnedBy';
const READ_ALL = [...WRITE_ALL, OWNED, 'Application.Read.All', 'Directory.Read.All'];

export function tenantOf(call: Call): Tenant {
  const tenant = call.core.state.directory.tenants.get(call.caller.tenantId);
  if (tenant === undefined) throw new Error('Tokens are only made for tenants of the world.');
  return tenant;
}

function denied(core: Core): AzureFailure {
  return graphFailure(
    core,
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

function has(call: Call, permissions: readonly string[]): boolean {
  return permissions.some((each) => call.caller.permissions.includes(each));
}

/** Throws 403 unless the token may read applications. */
export function demandRead(call: Call): void {
  if (!has(call, READ_ALL)) throw denied(call.core);
}

/** The token's permission and, for people, the tenant's setting or a directory role. */
export function demandCreate(call: Call): void {
  if (!has(call, [...WRITE_ALL, OWNED])) throw denied(call.core);
  if (call.caller.kind === 'app') return;
  const tenant = tenantOf(call);
  const person = tenant.people.get(call.caller.objectId);
  const allowed = tenant.spec.allowedToCreateApps !== false;
  if (!allowed && person?.applicationAdministrator !== true) throw denied(call.core);
}

/** Owners and administrators change an application; an app with the permission for all, too. */
export function demandChange(call: Call, application: Application): void {
  const { caller } = call;
  if (!has(call, [...WRITE_ALL, OWNED])) throw denied(call.core);
  const owner = application.owners.has(caller.objectId);
  if (caller.kind === 'app' ? has(call, WRITE_ALL) || owner : owner) return;
  const person = tenantOf(call).people.get(caller.objectId);
  if (person?.applicationAdministrator !== true) throw denied(call.core);
}

/** By object id, `appId='..'` or `uniqueName='..'`; not before its replica knows it. */
export function applicationOf(call: Call, reference: string): Application {
  const found = findApplication(call, reference);
  if (found === undefined || found.readableFrom > call.now) {
    throw graphNotFound(call.core, reference);
  }
  return found;
}

/** The same without the lag, for writes that the directory's first replica answers. */
export function findApplication(call: Call, reference: string): Application | undefined {
  const [, key, value] = /^(\w+)='([^']*)'$/.exec(reference) ?? [];
  const applications = [...tenantOf(call).applications.values()];
  if (key === undefined) return applications.find((each) => each.id === reference.toLowerCase());
  if (key === 'appId') return applications.find((each) => each.appId === value);
  return applications.find((each) => each.uniqueName === value);
}
