import { refuse, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { param, type Call, type Operation } from '../operation.ts';
import type { DeletedVault } from '../state.ts';
import { subscriptionIdOf } from '../arm/armId.ts';
import { locationPoll } from '../arm/longRunning.ts';
import { page } from '../arm/paging.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const BIN = `${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults`;
const scope = (call: Call): string => `/subscriptions/${param(call, 'subscription')}`;

/** The recycle bin of key vaults. Looking into it needs rights on the subscription. */
export const deletedVaultOperations: readonly Operation[] = [
  {
    name: 'Deleted key vault: get',
    method: 'GET',
    path: `${BIN}/{vault}`,
    action: 'Microsoft.KeyVault/locations/deletedVaults/read',
    scope,
    mutating: false,
    grade: 'recorded',
    rests: 'kv-deleted-get-200.json, kv-deleted-get-404.json',
    handle: (call) => ({ status: 200, json: render(call, deletedVault(call)) }),
  },
  {
    name: 'Deleted key vaults: list',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults`,
    action: 'Microsoft.KeyVault/deletedVaults/read',
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'kv-deleted-get-200.json (rows); Vaults REST reference, List Deleted',
    handle: (call) =>
      page(
        call,
        [...call.core.state.deletedVaults.values()]
          .filter((each) => subscriptionIdOf(each.vaultId) === param(call, 'subscription'))
          .map((each) => render(call, each)),
      ),
  },
  {
    name: 'Deleted key vault: purge',
    method: 'POST',
    path: `${BIN}/{vault}/purge`,
    action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
    scope,
    mutating: true,
    grade: 'recorded',
    rests: 'kv-purge-202.json, kv-purge-poll-202.json, kv-purge-poll-200.json; facts 1.4',
    handle: purge,
  },
];

function deletedVault(call: Call): DeletedVault {
  const found = call.core.state.deletedVaults.get(param(call, 'vault').toLowerCase());
  const here =
    found?.location === param(call, 'location').toLowerCase() &&
    subscriptionIdOf(found.vaultId) === param(call, 'subscription');
  if (here) return found;
  throw refuse(404, 'ResourceNotFound', 'The specified resource does not exist.');
}

function purge(call: Call): Reply {
  const vault = deletedVault(call);
  if (vault.purgeProtected) {
    throw refuse(
      400,
      'MethodNotAllowed',
      'Operation "DeletedVaultPurge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.',
    );
  }
  const { core, now } = call;
  const doneAt = now + core.durations.of('vaultPurge', vault.vaultId);
  if (!vault.purging) {
    vault.purging = true;
    core.state.at(doneAt, () => core.state.deletedVaults.delete(vault.name.toLowerCase()));
  }
  const started = stamp(now);
  const location = locationPoll(core, {
    path: `${scope(call)}/providers/Microsoft.KeyVault/locations/${vault.location}/operationResults/${core.random.hex(40)}`,
    query: `api-version=${call.url.searchParams.get('api-version') ?? ''}`,
    doneAt,
    retryAfter: 10,
    running: () => ({ status: 202, json: { createdDateTime: started, status: 'NotStarted' } }),
    done: () => ({
      status: 200,
      json: {
        createdDateTime: started,
        lastActionDateTime: stamp(doneAt),
        status: 'Succeeded',
      },
    }),
  });
  return { status: 202, headers: { Location: location } };
}

/** This provider writes times with a space (recorded). */
function stamp(time: number): string {
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

function render(call: Call, vault: DeletedVault): Json {
  const seconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    id: `${scope(call)}/providers/Microsoft.KeyVault/locations/${vault.location}/deletedVaults/${vault.name}`,
    name: vault.name,
    type: 'Microsoft.KeyVault/deletedVaults',
    properties: {
      vaultId: vault.vaultId,
      location: vault.location,
      tags: vault.tags ?? {},
      deletionDate: seconds(vault.deletedAt),
      scheduledPurgeDate: seconds(vault.purgeAt),
      ...(vault.purgeProtected ? { purgeProtectionEnabled: true } : {}),
    },
  };
}
