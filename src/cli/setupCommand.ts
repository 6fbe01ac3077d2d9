import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { connectAzure } from '../azure/azure.ts';
import type { Cloud } from '../azure/cloud.ts';
import { azureCliTokens, clientSecretTokens, givenTokens } from '../azure/tokens.ts';
import { JournalFile } from '../local/journalFile.ts';
import { realClock } from '../local/realClock.ts';
import type { RunResult } from '../setup/apply.ts';
import { planProject } from '../setup/planProject.ts';
import { preflight } from '../setup/preflight.ts';
import type { SetupPorts, TokenSource } from '../setup/ports.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { runProject } from '../setup/runProject.ts';
import { secretPorts, serverSignIn, withVerifiedApp } from './appCredentials.ts';
import type { SetupArguments } from './arguments.ts';
import type { CloudFile } from './cloudFile.ts';
import { checkFiles, LOCAL_SERVER_URL, writeFiles } from './folder.ts';
import { planEvent, preflightEvent, printEvent } from './output.ts';
import { registerProject, serverOf } from './server.ts';
import { undoCommand } from './undoCommand.ts';
import { UsageError } from './usageError.ts';

const EXIT = { done: 0, failed: 1, cancelled: 130 } as const;

/**
 * Plans and, unless only the plan is wanted, runs it, or undoes it: the core of the extension,
 * without VS Code.
 * @returns the exit code
 */
export async function setupCommand(
  options: SetupArguments,
  given: ProjectSpec,
  file: CloudFile,
  signal: AbortSignal,
): Promise<number> {
  // Proxy and certificates came with the process (`respawnFor`).
  const cloud: Cloud = { endpoints: file.endpoints, suffixes: file.suffixes };
  const azure = connectAzure({
    tokens: tokensOf(file, cloud),
    ...graphTokensOf(file, cloud),
    cloud,
  });
  const stateDir = options.stateDir ?? join(homedir(), '.local', 'state', 'dstack-azure');
  if (options.mode === 'undo') {
    const { ticked, secretsOut, withoutServer } = options;
    const serverUrl = given.server.url ?? LOCAL_SERVER_URL;
    const request = { spec: given, azure, stateDir, ticked, serverUrl, withoutServer };
    const file = secretsOut === undefined ? {} : { secretsOut };
    return EXIT[await undoCommand({ ...request, ...file }, signal)];
  }
  const spec = await withVerifiedApp(given, file, cloud, signal);
  const caller = await azure.catalog.caller(spec.tenantId, signal);
  const secrets = await secretPorts(options, spec, azure, caller, signal);
  const ports: SetupPorts = {
    resources: azure.resources,
    records: azure.records,
    journal: new JournalFile(stateDir),
    clock: realClock,
    newId: randomUUID,
    random: Math.random,
    ...(secrets === undefined ? {} : { secrets }),
  };
  const server = serverOf(spec, azure);
  const plan = await planProject(spec, caller, ports, signal);
  printEvent(planEvent(plan, Date.now()));
  const found = await preflight(plan, { ...ports, azure: azure.preflight }, signal);
  if (!found.skipped) printEvent(preflightEvent(plan, found, Date.now()));
  if (server !== undefined) {
    // Before anything is written to Azure: a server that is too old or does not know us is refused.
    const { warning } = await server.check(spec, signal);
    const warned = warning === undefined ? {} : { warning };
    printEvent({ time: Date.now(), code: 'serverChecked', ...warned });
  }
  await checkFiles(spec, options);
  if (options.mode === 'plan') return EXIT.done;
  if (found.problems.length > 0) return EXIT.failed;
  const { handedOff } = found;
  const result = await runProject(plan, ports, { report: printEvent, signal, handedOff });
  // As in the window: server and folder do not wait for the record, which a later run still writes.
  if (!isAllButOptionalDone(result)) return EXIT[result.outcome];
  if (server !== undefined) {
    const signIn = await serverSignIn(options, plan, file);
    await registerProject(server, result, signIn, ports, signal);
  }
  await writeFiles(spec, options);
  return EXIT[result.outcome];
}

function isAllButOptionalDone({ outcome, failures, plan }: RunResult): boolean {
  const needed = plan.changes.filter(({ resource }) => resource.optional !== true);
  return outcome !== 'cancelled' && !needed.some(({ resource }) => failures.has(resource.key));
}

/** Without it everything is set up but the record, which is a blob. */
function storageToken(): { storage?: string } {
  const storage = process.env['AZURE_STORAGE_ACCESS_TOKEN'];
  return storage === undefined || storage === '' ? {} : { storage };
}

function tokensOf({ auth, sample }: CloudFile, cloud: Cloud): TokenSource {
  const kind = auth?.kind ?? 'clientSecret';
  const tenantId = auth?.tenantId ?? sample?.tenantId;
  if (tenantId === undefined) throw new UsageError('The cloud file says nothing about "auth".');
  switch (kind) {
    case 'azureCli':
      return azureCliTokens(cloud, tenantId);
    case 'token':
      return givenTokens({
        management: fromEnvironment('AZURE_ACCESS_TOKEN'),
        ...storageToken(),
      });
    case 'clientSecret': {
      const clientId = auth?.clientId ?? sample?.clientId;
      if (clientId === undefined) throw new UsageError('The cloud file has no auth.clientId.');
      // The simulator's own line brings its secret along: it opens nothing else.
      const clientSecret = sample?.clientSecret ?? fromEnvironment('AZURE_CLIENT_SECRET');
      return clientSecretTokens({ cloud, tenantId, clientId, clientSecret });
    }
  }
}

/** One ARM token opens nothing in Graph: apps are then registered by Azure CLI's account. */
function graphTokensOf({ auth }: CloudFile, cloud: Cloud): { graphTokens?: TokenSource } {
  return auth?.kind === 'token' ? { graphTokens: azureCliTokens(cloud, auth.tenantId) } : {};
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new UsageError(`${name} is not set.`);
  return value;
}
