import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectAzure } from '../../src/azure/azure.ts';
import type { ProjectRecord } from '../../src/setup/projectRecord.ts';
import type { ProjectSpec } from '../../src/setup/projectSpec.ts';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { startSimulator, type Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { appTokens, httpThroughProxy } from './azureClient.ts';
import { CATALOG_HOST, offerCatalog } from './offerCatalog.ts';
import { runProgram } from './program.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The simulated Azure, behind its proxy, with the offer catalog beside it. */
export async function startAzure(): Promise<Simulator> {
  const extraHosts = { [CATALOG_HOST]: await offerCatalog() };
  return startSimulator({ world: 'single', lag: 'none', timeScale: 20, extraHosts });
}

/** Whether the simulated Azure has this object: compared without regard to case, as Azure does. */
export function existsInAzure({ simulated }: Simulator, id: string): boolean {
  const ids = [...simulated.state.resources.values()].map((resource) => resource.id.toLowerCase());
  return ids.includes(id.toLowerCase());
}

/**
 * The project as `npm run setup` makes it in the simulated Azure, for the app of the world, and registers
 * it with `server`; the record as that run left it in the project's own account.
 * @throws Error with what the command said, if it did not exit with 0
 */
export async function makeAzureProject(
  simulator: Simulator,
  name: string,
  server?: { readonly url: string; readonly token: string },
): Promise<ProjectRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'dstack-azure-setup-'));
  try {
    const spec = specOf(simulator, name, server?.url);
    const files = { spec: join(folder, 'spec.json'), cloud: join(folder, 'cloud.json') };
    await writeFile(files.spec, JSON.stringify(spec));
    await writeFile(files.cloud, startLineOf(simulator));
    const parameters = ['--spec', files.spec, '--cloud', files.cloud, '--state-dir', folder];
    const { code, stdout, stderr } = await runProgram(
      process.execPath,
      [join(ROOT, 'test/launch.mjs'), 'src/cli/main.ts', ...parameters],
      { cwd: ROOT, env: { ...process.env, DSTACK_TOKEN: server?.token } },
    );
    if (code !== 0) throw new Error(`npm run setup ended with ${code}:\n${stdout}\n${stderr}`);
    return await readRecord(simulator, spec);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function specOf({ sample }: Simulator, name: string, url: string | undefined): ProjectSpec {
  const { tenantId, subscriptionId, clientId } = sample;
  const principalId = SINGLE.servicePrincipalId;
  return {
    ...{ schema: 1, name, tenantId, subscriptionId, location: 'westeurope' },
    resourceGroup: { name: `dstack-${name}`, create: true },
    storageAccount: { name: `dstack${name}`, create: true },
    credentials: { kind: 'existingApp', clientId, principalId },
    server: url === undefined ? { kind: 'local' } : { kind: 'remote', url },
  };
}

/** What `npm run simulator` prints: the pinned cloud file. */
function startLineOf(simulator: Simulator): string {
  const { endpoints, suffixes, proxyUrl, caFile, controlUrl, sample } = simulator;
  const auth = { kind: 'clientSecret', tenantId: sample.tenantId, clientId: sample.clientId };
  return JSON.stringify({ endpoints, suffixes, proxyUrl, caFile, controlUrl, auth, sample });
}

/** Reads the record back from the project's own account, by the product's own record store. */
async function readRecord(simulator: Simulator, spec: ProjectSpec): Promise<ProjectRecord> {
  const { records } = connectAzure({
    tokens: appTokens(simulator),
    httpClient: await httpThroughProxy(simulator),
  });
  const { tenantId, storageAccount, name } = spec;
  const blobEndpoint = `https://${storageAccount.name}.blob.${simulator.suffixes.storage}/`;
  const at = { tenantId, blobEndpoint, projectName: name };
  const found = await records.read(at, new AbortController().signal);
  if (found === undefined) throw new Error(`npm run setup left no record of ${name}.`);
  return found.record;
}
