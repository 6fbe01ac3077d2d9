import { t } from '@vscode/l10n';
import { resourceId } from '../armId.ts';
import { CREATED_BY_TAG, PROJECT_TAG } from '../names.ts';
import type { ObservedResource } from '../ports.ts';
import type { DesiredResource } from '../resource.ts';
import { textAt, valueAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';
import { providerKey } from './providerRegistration.ts';

/** Kinds of accounts that hold block blobs; FileStorage and the classic `Storage` are refused. */
export const USABLE_ACCOUNT_KINDS: readonly string[] = [
  'StorageV2',
  'BlobStorage',
  'BlockBlobStorage',
];

/** JSON names differ from the SDK's: `supportsHttpsTrafficOnly` (azure-facts 1.6). */
const SAFE_PROPERTIES = {
  supportsHttpsTrafficOnly: true,
  minimumTlsVersion: 'TLS1_2',
  allowBlobPublicAccess: false,
} as const;

/** The account that holds the project's artifacts and its record. One project per account. */
export function storageAccount(project: ProjectContext): DesiredResource {
  const { spec } = project;
  const { name, create } = spec.storageAccount;
  return {
    key: 'storageAccount',
    kind: 'storageAccount',
    name,
    purpose: t('Keeps artifacts of runs and the project record.'),
    ownership: 'createdByTag',
    mode: create ? 'make' : 'use',
    mustBeOurs: true,
    dependsOn: ['resourceGroup', providerKey('Microsoft.Storage')],
    lock: `storageAccount/${name}`,
    target: () => ({
      kind: 'storageAccount',
      id: storageAccountId(spec),
      tenantId: spec.tenantId,
      subscriptionId: spec.subscriptionId,
      apiVersion: '2025-08-01',
      body: {
        sku: { name: 'Standard_LRS' },
        kind: 'StorageV2',
        location: spec.location,
        tags: { [PROJECT_TAG]: spec.name, [CREATED_BY_TAG]: project.createdBy },
        properties: { ...SAFE_PROPERTIES, accessTier: 'Hot' },
      },
    }),
    difference: (observed) => (create ? unsafeProperty(observed) : undefined),
    conflict: (observed) => accountConflict(project, observed),
    // A PUT replaces the tags and refuses another kind or location, so those stay as they are.
    updateBody: (observed, body) => ({
      ...body,
      sku: { name: textAt(observed.body, 'sku.name') ?? 'Standard_LRS' },
      kind: textAt(observed.body, 'kind') ?? 'StorageV2',
      location: observed.location ?? spec.location,
      tags: { ...observed.tags, [PROJECT_TAG]: spec.name },
      properties: { ...SAFE_PROPERTIES, minimumTlsVersion: safeTls(observed) },
    }),
    outputs: (observed) => {
      const blobEndpoint = textAt(observed.body, 'properties.primaryEndpoints.blob');
      return { id: observed.id, ...(blobEndpoint === undefined ? {} : { blobEndpoint }) };
    },
  };
}

/** The ARM id of the account that a spec names: always in the project's own group. */
export function storageAccountId(spec: ProjectContext['spec']): string {
  return resourceId(
    spec.subscriptionId,
    spec.resourceGroup.name,
    'Microsoft.Storage/storageAccounts',
    spec.storageAccount.name,
  );
}

/** Ours, or the newer one that a person has chosen: `TLS1_3` and what may follow it. */
function safeTls({ body }: ObservedResource): string {
  const chosen = textAt(body, 'properties.minimumTlsVersion') ?? '';
  const isNewer = /^TLS1_\d$/.test(chosen) && chosen > SAFE_PROPERTIES.minimumTlsVersion;
  return isNewer ? chosen : SAFE_PROPERTIES.minimumTlsVersion;
}

function unsafeProperty(observed: ObservedResource): string | undefined {
  if (observed.tags[PROJECT_TAG] === undefined) return t('The tag {0} is missing.', PROJECT_TAG);
  const safe = { ...SAFE_PROPERTIES, minimumTlsVersion: safeTls(observed) };
  for (const [property, wanted] of Object.entries(safe)) {
    if (valueAt(observed.body, `properties.${property}`) !== wanted) {
      return t('{0} should be {1}.', property, String(wanted));
    }
  }
  return undefined;
}

function accountConflict(project: ProjectContext, observed: ObservedResource): string | undefined {
  const { spec } = project;
  const owner = observed.tags[PROJECT_TAG];
  if (owner !== undefined && owner.toLowerCase() !== spec.name.toLowerCase()) {
    return t(
      'This account belongs to the project {0}. Use that project, or choose another account.',
      owner,
    );
  }
  const kind = textAt(observed.body, 'kind') ?? '';
  if (kind === '') {
    return t('Azure does not say of which kind this account is. Choose a StorageV2 account.');
  }
  if (!USABLE_ACCOUNT_KINDS.includes(kind)) {
    return t(
      'Accounts of kind {0} can’t hold the project’s blobs. Choose a StorageV2 account.',
      kind,
    );
  }
  if (observed.location !== undefined && observed.location !== spec.location) {
    return t(
      'This account is in {0}, the project in {1}. Choose an account in {1}.',
      observed.location,
      spec.location,
    );
  }
  return undefined;
}
