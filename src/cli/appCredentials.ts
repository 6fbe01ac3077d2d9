import { appSignIn } from '../azure/appSignIn.ts';
import type { Azure } from '../azure/azure.ts';
import type { Cloud } from '../azure/cloud.ts';
import { SecretsFile } from '../local/secretsFile.ts';
import { checkGraphAccount, verifyExistingApp } from '../setup/credentials.ts';
import { SetupError } from '../setup/errors.ts';
import type { ProjectPlan } from '../setup/planProject.ts';
import type { Caller } from '../setup/ports.ts';
import type { ServerSignIn } from '../setup/projectServer.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import type { SecretPorts } from '../setup/secretPorts.ts';
import type { SetupArguments } from './arguments.ts';
import type { CloudFile } from './cloudFile.ts';
import { UsageError } from './usageError.ts';

/**
 * The spec with the principal of its existing app, once that app has signed in with
 * `AZURE_CLIENT_SECRET`. A spec without a client id, or with other credentials, stays as it is.
 * @throws SetupError with the seed's codes and fields; nothing has been written by then
 */
export async function withVerifiedApp(
  spec: ProjectSpec,
  { sample }: Pick<CloudFile, 'sample'>,
  cloud: Cloud,
  signal: AbortSignal,
): Promise<ProjectSpec> {
  const { credentials, tenantId, subscriptionId } = spec;
  if (credentials.kind !== 'existingApp' || credentials.clientId === undefined) return spec;
  const { clientId } = credentials;
  const clientSecret = secretOf(clientId, sample);
  // The plan always gives an app with a principal its roles in the subscription.
  const place = { subscriptionId, plannedRoles: true };
  const port = appSignIn({ cloud });
  const app = await verifyExistingApp({ tenantId, clientId, clientSecret }, place, port, signal);
  if (credentials.principalId !== undefined && credentials.principalId !== app.principalId) {
    throw otherPrincipal(credentials.principalId, app.principalId);
  }
  return { ...spec, credentials: { ...credentials, principalId: app.principalId } };
}

/** The existing app's secret; the simulator's own line brings that of its sample along. */
function secretOf(clientId: string, sample: CloudFile['sample']): string {
  const isSample = sample !== undefined && sample.clientId.toLowerCase() === clientId;
  const clientSecret =
    process.env['AZURE_CLIENT_SECRET'] ?? (isSample ? sample.clientSecret : undefined);
  if (clientSecret !== undefined && clientSecret !== '') return clientSecret;
  throw new UsageError('AZURE_CLIENT_SECRET is not set: the app has to sign in before it is used.');
}

/**
 * What the dstack server signs in to Azure as, by the plan that has been run.
 * @throws UsageError if the secret is nowhere on this machine
 */
export async function serverSignIn(
  options: Pick<SetupArguments, 'secretsOut'>,
  { spec, projectId }: Pick<ProjectPlan, 'spec' | 'projectId'>,
  { sample }: Pick<CloudFile, 'sample'>,
): Promise<ServerSignIn> {
  const { credentials } = spec;
  switch (credentials.kind) {
    case 'default':
      return { kind: 'default' };
    case 'existingApp': {
      const { clientId } = credentials;
      if (clientId === undefined) throw new UsageError('The spec has no credentials.clientId.');
      return { kind: 'app', clientId, clientSecret: secretOf(clientId, sample) };
    }
    case 'newApp': {
      const file = options.secretsOut;
      const held = file === undefined ? undefined : await new SecretsFile(file).newest(projectId);
      if (held !== undefined) return { kind: 'app', ...held };
      throw new UsageError('The new app’s secret is not in the file of --secrets-out.');
    }
  }
}

/**
 * Where the secret of a new app goes, and who registers it.
 * @returns undefined if the spec asks for no new app
 * @throws SetupError if the file can't be written, or the app would belong to another account
 */
export async function secretPorts(
  options: SetupArguments,
  spec: ProjectSpec,
  azure: Azure,
  caller: Caller,
  signal: AbortSignal,
): Promise<SecretPorts | undefined> {
  if (spec.credentials.kind !== 'newApp') return undefined;
  if (options.secretsOut === undefined) {
    throw new UsageError('A new app has a secret: name a file for it with --secrets-out FILE.');
  }
  const holder = new SecretsFile(options.secretsOut);
  checkGraphAccount(caller, await azure.graphAccount(spec.tenantId, signal));
  if (options.mode === 'apply') await holder.prepare();
  return { appSecrets: azure.appSecrets, holder };
}

function otherPrincipal(expected: string, actual: string): SetupError {
  return new SetupError({
    code: 'principal_differs',
    source: 'user',
    message: `The app's principal is ${actual}, not ${expected}.`,
    remedy: 'Leave credentials.principalId out of the spec, or correct it.',
    field: 'principalId',
  });
}
