/**
 * A program of its own: Azure's official clients, as anybody would use them, with nothing but
 * HTTPS_PROXY and NODE_EXTRA_CA_CERTS between them and the real Azure. Takes the simulator's
 * `sample` as JSON in its first argument and prints what it saw as one JSON line.
 */
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ResourceManagementClient } from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import { SubscriptionClient } from '@azure/arm-subscriptions';
import { ClientSecretCredential } from '@azure/identity';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Sample } from '../faces/startSimulator.ts';

const blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const sample = JSON.parse(process.argv[2] ?? '{}') as Sample;
const { tenantId, clientId, clientSecret, subscriptionId } = sample;
const credential = new ClientSecretCredential(tenantId, clientId, clientSecret);
const group = 'dstack-sdk';
const account = 'dstacksdk01';

async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    if (error instanceof RestError) return `${error.statusCode ?? 0} ${error.code ?? ''}`;
    return error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}` : '?';
  }
}

async function subscriptions(): Promise<string[]> {
  const client = new SubscriptionClient(credential);
  const found: string[] = [];
  for await (const { subscriptionId: id } of client.subscriptions.list()) found.push(id ?? '');
  return found;
}

async function register(resources: ResourceManagementClient): Promise<void> {
  await resources.providers.register('Microsoft.Storage');
  const state = async () => (await resources.providers.get('Microsoft.Storage')).registrationState;
  while ((await state()) !== 'Registered') await wait(100);
}

async function createAccount(): Promise<unknown> {
  const resources = new ResourceManagementClient(credential, subscriptionId);
  await register(resources);
  await resources.resourceGroups.createOrUpdate(group, { location: 'westeurope' });
  const storage = new StorageManagementClient(credential, subscriptionId);
  const made = await storage.storageAccounts.create(group, account, {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    allowSharedKeyAccess: false,
  });
  await storage.blobContainers.create(group, account, 'by-arm', {});
  return made.primaryEndpoints?.blob;
}

async function grantData(): Promise<void> {
  const client = new AuthorizationManagementClient(credential, subscriptionId);
  const token = await credential.getToken('https://management.azure.com/.default');
  const claims = JSON.parse(
    Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString(),
  ) as { oid: string };
  const subscription = `/subscriptions/${subscriptionId}`;
  await client.roleAssignments.create(`${subscription}/resourceGroups/${group}`, randomUUID(), {
    principalId: claims.oid,
    principalType: 'ServicePrincipal',
    roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${blobDataContributor}`,
  });
}

async function blobs(): Promise<object> {
  const service = new BlobServiceClient(`https://${account}.blob.core.windows.net`, credential);
  const container = service.getContainerClient('by-arm');
  const blob = container.getBlockBlobClient('projects/a.json');
  const create = () => blob.upload('{"a":1}', 7, { conditions: { ifNoneMatch: '*' } });
  const beforeGrant = await refusalOf(create);
  await grantData();
  const afterGrant = await refusalOf(create);
  const second = await refusalOf(create);
  const content = (await blob.downloadToBuffer()).toString();
  await service.createContainer('by-data');
  const storage = new StorageManagementClient(credential, subscriptionId);
  const containers: (string | undefined)[] = [];
  for await (const { name } of storage.blobContainers.list(group, account)) containers.push(name);
  const elsewhere = new BlobServiceClient(
    'https://dstacknosuch.blob.core.windows.net',
    credential,
    {
      retryOptions: { maxTries: 1 },
    },
  );
  const unknownAccount = await refusalOf(() => elsewhere.getProperties());
  return { beforeGrant, afterGrant, second, content, containers, unknownAccount };
}

const wrongSecret = new ClientSecretCredential(tenantId, clientId, 'wrong');
const saw = {
  subscriptions: await subscriptions(),
  blobEndpoint: await createAccount(),
  ...(await blobs()),
  wrongSecret: await refusalOf(() => wrongSecret.getToken('https://management.azure.com/.default')),
};
process.stdout.write(`${JSON.stringify(saw)}\n`);
