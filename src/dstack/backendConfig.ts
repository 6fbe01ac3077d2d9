import type { ProjectRecord } from '../setup/projectRecord.ts';

/** The Azure backend as the dstack server knows it (dstack-facts B3), and no key that it does not. */
export type AzureBackend = {
  readonly type: 'azure';
  readonly tenant_id: string;
  readonly subscription_id: string;
  readonly resource_group: string;
  readonly regions: readonly [string];
  /** Since server 0.20.24. One entry: `<group>/<network>/<subnet>` of the location. */
  readonly subnet_ids?: { readonly [location: string]: string };
  /** `<group>/<identity>`, not an ARM id. Since 0.19.8. */
  readonly vm_managed_identity?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly creds: AzureCreds;
};

export type AzureCreds =
  | { readonly type: 'default' }
  | {
      readonly type: 'client';
      readonly client_id: string;
      readonly client_secret: string;
      readonly tenant_id?: string;
    };

/** The keys that a record decides. Others in a file (`public_ips`, `vpc_ids`) are the user's. */
export const RECORD_KEYS = [
  'tenant_id',
  'subscription_id',
  'resource_group',
  'regions',
  'subnet_ids',
  'vm_managed_identity',
  'tags',
  'creds',
] as const satisfies readonly (keyof AzureBackend)[];

/**
 * A project record as a backend: the mapping table of dstack-facts F. The storage account has no
 * place in it (the server refuses the key); vault and logs neither.
 */
export function azureBackendOf(
  record: Pick<ProjectRecord, 'spec' | 'resources'>,
  creds: AzureCreds,
  tags?: Readonly<Record<string, string>>,
): AzureBackend {
  const { spec } = record;
  const ids = record.resources.map((resource) => resource.id);
  const subnet = ids.flatMap((id) => subnetPath(id) ?? [])[0] ?? subnetOfNetwork(record);
  const identity = ids.flatMap((id) => identityPath(id) ?? [])[0];
  return {
    type: 'azure',
    tenant_id: spec.tenantId,
    subscription_id: spec.subscriptionId,
    resource_group: spec.resourceGroup.name,
    regions: [spec.location],
    ...(subnet === undefined ? {} : { subnet_ids: { [spec.location]: subnet } }),
    ...(identity === undefined ? {} : { vm_managed_identity: identity }),
    ...(tags === undefined || Object.keys(tags).length === 0 ? {} : { tags }),
    creds,
  };
}

const IN_GROUP = '/resourceGroups/([^/]+)/providers/';
const SUBNET = new RegExp(
  `${IN_GROUP}Microsoft\\.Network/virtualNetworks/([^/]+)/subnets/([^/]+)$`,
  'i',
);
const IDENTITY = new RegExp(
  `${IN_GROUP}Microsoft\\.ManagedIdentity/userAssignedIdentities/([^/]+)$`,
  'i',
);

function subnetPath(id: string): string | undefined {
  const match = SUBNET.exec(id);
  return match ? match.slice(1).join('/') : undefined;
}

function identityPath(id: string): string | undefined {
  const match = IDENTITY.exec(id);
  return match ? match.slice(1).join('/') : undefined;
}

/** The subnet is made in the network's body, so its id is an output of the network. */
function subnetOfNetwork(record: Pick<ProjectRecord, 'resources'>): string | undefined {
  const network = record.resources.find((resource) => resource.kind === 'virtualNetwork');
  return network && subnetPath(network.outputs['subnetId'] ?? '');
}
