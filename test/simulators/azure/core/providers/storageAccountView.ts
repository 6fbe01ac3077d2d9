import { textAt, type Json, type JsonDraft, type JsonObject } from '../json.ts';
import type { Resource } from '../state.ts';
import { envelope, provisioningState } from '../arm/resources.ts';
import { LOCATIONS } from '../data/locations.ts';

/** What an account has from the start, with what was asked for on top. */
export function propertiesOf(
  call: { readonly now: number },
  name: string,
  asked: JsonObject,
): JsonDraft {
  const created = new Date(call.now).toISOString().replace('Z', '0000Z');
  const service = { keyType: 'Account', enabled: true, lastEnabledTime: created };
  return {
    dnsEndpointType: 'Standard',
    defaultToOAuthAuthentication: false,
    publicNetworkAccess: 'Enabled',
    keyCreationTime: { key1: created, key2: created },
    allowCrossTenantReplication: false,
    privateEndpointConnections: [],
    minimumTlsVersion: 'TLS1_2',
    allowBlobPublicAccess: false,
    networkAcls: {
      ipv6Rules: [],
      bypass: 'AzureServices',
      virtualNetworkRules: [],
      ipRules: [],
      defaultAction: 'Allow',
    },
    supportsHttpsTrafficOnly: true,
    encryption: { services: { file: service, blob: service }, keySource: 'Microsoft.Storage' },
    accessTier: 'Hot',
    ...asked,
    creationTime: created,
    primaryEndpoints: {
      dfs: `https://${name}.dfs.core.windows.net/`,
      web: `https://${name}.z13.web.core.windows.net/`,
      blob: `https://${name}.blob.core.windows.net/`,
      queue: `https://${name}.queue.core.windows.net/`,
      table: `https://${name}.table.core.windows.net/`,
      file: `https://${name}.file.core.windows.net/`,
    },
  };
}

/** While it is being made, the endpoints are not there yet. */
export function renderAccount(account: Resource, now: number): Json {
  const state = provisioningState(account, now);
  const { primaryEndpoints, ...rest } = account.properties;
  const location = LOCATIONS.find((each) => each.name === account.location);
  const geo = /GRS|GZRS/.test(textAt(account.sku, 'name') ?? '');
  return {
    ...envelope(account),
    properties: {
      ...rest,
      provisioningState: state,
      ...(state === 'Succeeded' ? { primaryEndpoints } : {}),
      primaryLocation: account.location,
      statusOfPrimary: 'available',
      ...(geo ? { secondaryLocation: location?.paired ?? '', statusOfSecondary: 'available' } : {}),
    },
  };
}
