import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** What Azure tells of networks and vaults and nobody can set (their API descriptions). */
const READ_ONLY: ReadonlySet<string> = new Set([
  'provisioningState',
  'resourceGuid',
  'defaultPublicNatGateway',
  'flowLogs',
  'ipConfigurations',
  'ipConfigurationProfiles',
  'privateEndpoints',
  'purpose',
  'resourceNavigationLinks',
  'serviceAssociationLinks',
  'defaultSecurityRules',
  'networkInterfaces',
  'hsmPoolResourceId',
  'privateEndpointConnections',
]);

/**
 * The properties that a PUT has to send again: it replaces what is there (azure-facts 1.3), so what
 * people have set since would be gone without them.
 */
export function settableProperties({ properties }: { properties?: Json }): JsonObject {
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !READ_ONLY.has(name)));
}
