import { refuse, type Reply } from '../failure.ts';
import { isObject, objectAt, textAt, type Json, type JsonDraft, type JsonObject } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { Resource } from '../state.ts';
import { idKey } from '../arm/armId.ts';
import { page } from '../arm/paging.ts';
import { locationNamed } from '../data/locations.ts';
import { demand } from '../arm/rights.ts';
import {
  envelope,
  existing,
  provisioningState,
  putResource,
  systemData,
  tagsIn,
} from '../arm/resources.ts';
import { retire } from './retirement.ts';

const TYPE = 'Microsoft.KeyVault/vaults';
const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const PATH = `${GROUP}/providers/${TYPE}/{vault}`;
/** From this api-version on a new vault is in RBAC mode unless told otherwise (azure-facts 1.4). */
const RBAC_BY_DEFAULT_FROM = '2026-02-01';

/** Key vaults by ARM. Their data is not simulated. */
export const vaultOperations: readonly Operation[] = [
  {
    name: 'Key vault: create, replace or recover',
    method: 'PUT',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'recorded',
    rests: 'kv-put-200.json, kv-put-update-200.json; facts 1.1, 1.3, 1.4',
    handle: put,
  },
  {
    name: 'Key vault: update',
    method: 'PATCH',
    path: PATH,
    action: `${TYPE}/write`,
    mutating: true,
    grade: 'documented',
    rests: 'Vaults REST reference, Update',
    handle: patch,
  },
  {
    name: 'Key vault: get',
    method: 'GET',
    path: PATH,
    action: `${TYPE}/read`,
    mutating: false,
    grade: 'recorded',
    rests: 'kv-get-200.json, kv-get-404.json',
    handle: (call) => ({ status: 200, json: render(existing(call), call.now) }),
  },
  ...[`${GROUP}/providers/${TYPE}`, `${SUBSCRIPTION}/providers/${TYPE}`].map(
    (path, index): Operation => ({
      name: `Key vaults: list in a ${index === 0 ? 'group' : 'subscription'}`,
      method: 'GET',
      path,
      action: `${TYPE}/read`,
      scope: above,
      mutating: false,
      grade: 'documented',
      rests: 'kv-get-200.json (rows); Vaults REST reference, List',
      handle: (call) =>
        page(
          call,
          call.core.state.resourcesOfType(TYPE, above(call)).map((each) => render(each, call.now)),
        ),
    }),
  ),
  {
    name: 'Key vault: delete',
    method: 'DELETE',
    path: PATH,
    action: `${TYPE}/delete`,
    mutating: true,
    grade: 'recorded',
    rests: 'kv-delete-200.json',
    handle: remove,
  },
  {
    name: 'Key vault: is the name free',
    method: 'POST',
    path: `${SUBSCRIPTION}/providers/Microsoft.KeyVault/checkNameAvailability`,
    action: 'Microsoft.KeyVault/checkNameAvailability/read',
    scope: (call) => `/subscriptions/${param(call, 'subscription')}`,
    mutating: false,
    grade: 'documented',
    rests: 'facts 1.3; Vaults REST reference, Check Name Availability',
    handle: checkName,
  },
];

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function isValidName(name: string): boolean {
  return /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/.test(name);
}

/** The vault of that name, wherever in the world it is. */
function vaultNamed(call: Call, name: string): Resource | undefined {
  return call.core.state
    .resourcesOfType(TYPE, '/')
    .find((vault) => vault.name.toLowerCase() === name.toLowerCase());
}

function put(call: Call): Reply {
  const name = param(call, 'vault');
  if (!isValidName(name)) {
    throw refuse(
      400,
      'VaultNameNotValid',
      `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.`,
    );
  }
  const old = call.core.state.resource(call.path);
  const asked = objectAt(bodyOf(call), 'properties');
  if (textAt(asked, 'createMode') === 'recover') return recover(call, name);
  if (old === undefined) checkFree(call, name);
  const properties = propertiesOf(call, old, asked, name);
  const busyUntil =
    old === undefined ? call.now + call.core.durations.of('vaultDns', call.path) : call.now;
  const { resource } = putResource(call, {
    type: TYPE,
    properties,
    busyUntil,
    busyState: 'RegisteringDns',
  });
  resource.tags ??= {};
  return { status: 200, json: render(resource, call.now) };
}

function checkFree(call: Call, name: string): void {
  if (call.core.state.deletedVaults.has(name.toLowerCase())) {
    throw refuse(
      409,
      'ConflictError',
      'A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.',
    );
  }
  if (vaultNamed(call, name) === undefined && !call.core.state.foreignNames.has(name)) return;
  throw refuse(
    409,
    'VaultAlreadyExists',
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state.`,
  );
}

function propertiesOf(
  call: Call,
  old: Resource | undefined,
  asked: JsonObject,
  name: string,
): JsonDraft {
  const tenantId = textAt(asked, 'tenantId');
  if (tenantId !== call.caller.tenantId) {
    throw badRequest(
      `The tenant ID '${tenantId ?? ''}' is not the tenant of the subscription that the vault is in.`,
    );
  }
  if (!isObject(asked['sku'])) throw badRequest('The parameter sku is not specified.');
  const { family, name: sku } = asked['sku'];
  if (family !== 'A' || (sku !== 'standard' && sku !== 'premium')) {
    throw badRequest('The sku must be of family A, and its name standard or premium.');
  }
  checkFixed(old, asked);
  const version = call.url.searchParams.get('api-version') ?? '';
  const rbac = asked['enableRbacAuthorization'] ?? (version >= RBAC_BY_DEFAULT_FROM ? true : null);
  if (rbac !== true && asked['accessPolicies'] === undefined) {
    throw badRequest('The parameter accessPolicies is not specified.');
  }
  if (old !== undefined && rbac === true && old.properties['enableRbacAuthorization'] !== true) {
    demand(call, 'Microsoft.Authorization/roleAssignments/write', old.id);
  }
  return {
    sku: asked['sku'],
    tenantId,
    accessPolicies: asked['accessPolicies'] ?? [],
    enabledForDeployment: asked['enabledForDeployment'] ?? false,
    ...(rbac === null ? {} : { enableRbacAuthorization: rbac }),
    enableSoftDelete: true,
    softDeleteRetentionInDays:
      old?.properties['softDeleteRetentionInDays'] ?? asked['softDeleteRetentionInDays'] ?? 90,
    ...(asked['enablePurgeProtection'] === true ? { enablePurgeProtection: true } : {}),
    publicNetworkAccess: asked['publicNetworkAccess'] ?? 'Enabled',
    ...(asked['networkAcls'] === undefined ? {} : { networkAcls: asked['networkAcls'] }),
    vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
  };
}

function checkFixed(old: Resource | undefined, asked: JsonObject): void {
  if (asked['enablePurgeProtection'] === false) {
    throw badRequest(
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const days = asked['softDeleteRetentionInDays'];
  if (days !== undefined && (typeof days !== 'number' || days < 7 || days > 90)) {
    throw badRequest('The value of softDeleteRetentionInDays must be between 7 and 90.');
  }
  if (old === undefined || days === undefined) return;
  if (days === old.properties['softDeleteRetentionInDays']) return;
  throw badRequest(
    'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
  );
}

function badRequest(message: string): Error {
  return refuse(400, 'BadRequest', message);
}

/** Back from the bin with its old properties: same name, group and location only. */
function recover(call: Call, name: string): Reply {
  const deleted = call.core.state.deletedVaults.get(name.toLowerCase());
  const same = deleted !== undefined && idKey(deleted.vaultId) === idKey(call.path);
  if (!same || deleted.resource === undefined) {
    throw refuse(404, 'ResourceNotFound', 'The specified resource does not exist.');
  }
  if (locationNamed(textAt(bodyOf(call), 'location') ?? '')?.name !== deleted.location) {
    throw badRequest(`The vault '${name}' can be recovered only in ${deleted.location}.`);
  }
  const { resource } = putResource(call, {
    type: TYPE,
    properties: deleted.resource.properties,
    busyUntil: call.now + call.core.durations.of('vaultDns', call.path),
    busyState: 'RegisteringDns',
  });
  call.core.state.deletedVaults.delete(name.toLowerCase());
  resource.tags ??= deleted.tags;
  return { status: 200, json: render(resource, call.now) };
}

function patch(call: Call): Reply {
  const vault = existing(call);
  const asked = objectAt(bodyOf(call), 'properties');
  checkFixed(vault, asked);
  if (asked['enableRbacAuthorization'] === true) {
    demand(call, 'Microsoft.Authorization/roleAssignments/write', vault.id);
  }
  vault.properties = { ...vault.properties, ...asked };
  vault.tags = tagsIn(bodyOf(call)) ?? vault.tags;
  vault.changedAt = call.now;
  return { status: 200, json: render(vault, call.now) };
}

function remove(call: Call): Reply {
  const vault = call.core.state.resource(call.path);
  if (vault === undefined) return { status: 204 };
  retire(call.core, vault.id);
  return { status: 200 };
}

function checkName(call: Call): Reply {
  const name = textAt(bodyOf(call), 'name') ?? '';
  if (!isValidName(name)) {
    return {
      status: 200,
      json: {
        nameAvailable: false,
        reason: 'AccountNameInvalid',
        message: `The vault name '${name}' is invalid.`,
      },
    };
  }
  const { state } = call.core;
  const taken =
    vaultNamed(call, name) !== undefined ||
    state.deletedVaults.has(name.toLowerCase()) ||
    state.foreignNames.has(name);
  return {
    status: 200,
    json: taken
      ? {
          nameAvailable: false,
          reason: 'AlreadyExists',
          message: `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
        }
      : { nameAvailable: true },
  };
}

function render(vault: Resource, now: number): Json {
  return {
    ...envelope(vault),
    systemData: systemData(vault),
    properties: { ...vault.properties, provisioningState: provisioningState(vault, now) },
  };
}
