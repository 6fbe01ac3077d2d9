import { connectAzure, type Azure } from '../../../src/azure/azure.ts';
import { PUBLIC_CLOUD } from '../../../src/azure/cloud.ts';
import { clientSecretTokens } from '../../../src/azure/tokens.ts';
import { serverNetworkIds } from '../../../src/dstack/serverNetworks.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { httpThroughProxy } from '../../dstack/azureClient.ts';

const { signal } = new AbortController();

interface StartLine {
  readonly proxyUrl: string;
  readonly caFile: string;
  readonly sample: {
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
}

/** The simulated Azure of another process, as its sample app sees it. */
export async function azureBehind(line: string): Promise<Azure> {
  const { sample, ...door } = JSON.parse(line) as StartLine;
  const httpClient = await httpThroughProxy(door);
  const tokens = clientSecretTokens({ cloud: PUBLIC_CLOUD, ...sample, httpClient });
  return connectAzure({ tokens, httpClient });
}

/** Makes what a real server makes in Azure for a backend with networks of its own. */
export async function makeServerNetworks(
  { resources }: Azure,
  spec: Pick<ProjectSpec, 'tenantId' | 'subscriptionId' | 'location' | 'resourceGroup'>,
): Promise<void> {
  const { tenantId, subscriptionId, location } = spec;
  for (const id of serverNetworkIds(spec)) {
    const at = { tenantId, subscriptionId, apiVersion: '2024-05-01' };
    const body = { location, properties: { securityRules: [] } };
    let operation = await resources.write(
      { kind: 'networkSecurityGroup', id, ...at, body },
      signal,
    );
    while (operation.status === 'running') {
      const target = { kind: 'networkSecurityGroup', id, ...at, body } as const;
      operation = await resources.poll(target, operation.state, signal);
    }
  }
}

/** What the project's record says is still to be done. */
export async function recordedPending(
  { records }: Azure,
  { tenantId, storageAccount, name }: ProjectSpec,
): Promise<readonly string[] | undefined> {
  const blobEndpoint = `https://${storageAccount.name}.blob.core.windows.net/`;
  const found = await records.read({ tenantId, blobEndpoint, projectName: name }, signal);
  return found?.record.pending;
}
