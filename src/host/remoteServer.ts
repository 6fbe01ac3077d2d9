import * as vscode from 'vscode';
import { SetupError } from '../setup/errors.ts';
import type { AzureResources, Clock, SetupPorts } from '../setup/ports.ts';
import type {
  ConnectServer,
  ProjectServer,
  ServerSignIn,
  WaitReport,
} from '../setup/projectServer.ts';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { registerRun, type Made } from '../setup/registerRun.ts';
import { remoteUrl } from './folderServer.ts';
import type { Secrets, TokenKey } from './secrets.ts';

/** What a project of a server elsewhere needs besides. */
export interface RemoteServerParts {
  readonly connectServer: () => Promise<ConnectServer>;
  /** The token that was typed into the page, or that of the CLI's own file. */
  readonly givenToken: (url: string) => Promise<string | undefined>;
  /** What the server shall sign in to Azure as, by the project's id; undefined without a secret here. */
  readonly appSignIn: (
    projectId: string,
  ) => Promise<{ readonly clientId: string; readonly clientSecret: string } | undefined>;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/**
 * The server elsewhere that a spec names; undefined where it is the local one.
 * @throws SetupError `server_token_missing` if this machine has no token of it
 */
export async function remoteServerOf(
  { name, server }: Pick<ProjectSpec, 'name' | 'server'>,
  resources: Pick<AzureResources, 'read'>,
  parts: RemoteServerParts,
): Promise<ProjectServer | undefined> {
  const url = remoteUrl(server);
  if (url === undefined) return undefined;
  const token = await tokenFor({ serverUrl: url, projectName: name }, parts);
  const connect = await parts.connectServer();
  return connect({ url, token, clock: parts.clock, resources });
}

/**
 * Refuses a server elsewhere that is too old or does not know us, before anything is written to Azure.
 * A token that it has accepted is kept: whoever continues after a reload has typed nothing any more.
 * @throws SetupError `server_…`
 */
export async function checkRemotely(
  spec: ProjectSpec,
  resources: Pick<AzureResources, 'read'>,
  parts: RemoteServerParts,
  signal: AbortSignal,
): Promise<void> {
  const url = remoteUrl(spec.server);
  const server = await remoteServerOf(spec, resources, parts);
  if (url === undefined || server === undefined) return;
  await server.check(spec, signal);
  const at = { serverUrl: url, projectName: spec.name };
  await parts.secrets.setToken(at, await tokenFor(at, parts));
}

async function tokenFor(at: TokenKey, parts: RemoteServerParts): Promise<string> {
  const token = (await parts.givenToken(at.serverUrl)) ?? (await parts.secrets.token(at));
  if (token === undefined) throw tokenMissing(at.serverUrl);
  return token;
}

/**
 * Registers what a run has made with its server, and notes so in the record. Asks again while the
 * server's networks are missing in Azure.
 * @returns what the person should know of the server, if anything: a version that is newer than known
 * @throws SetupError `server_…`, `server_networks_missing`; what is in Azure stays as it is
 */
export async function registerRemotely(
  server: ProjectServer,
  made: Made,
  parts: RemoteServerParts,
  { records, onWait, signal }: Pick<SetupPorts, 'records'> & Registering,
): Promise<readonly string[]> {
  const { projectId, spec } = made.plan;
  const signIn = await signInOf(spec, projectId, parts);
  const to = { server, signIn, onWait };
  const { warning } = await registerRun(made, to, { records, clock: parts.clock }, signal);
  return warning === undefined ? [] : [warning];
}

interface Registering {
  readonly onWait: WaitReport;
  readonly signal: AbortSignal;
}

async function signInOf(
  { credentials }: ProjectSpec,
  projectId: string,
  parts: RemoteServerParts,
): Promise<ServerSignIn> {
  if (credentials.kind === 'default') return { kind: 'default' };
  const app = await parts.appSignIn(projectId);
  if (app === undefined) throw secretMissing();
  return { kind: 'app', ...app };
}

function tokenMissing(url: string): SetupError {
  return new SetupError({
    code: 'server_token_missing',
    source: 'user',
    message: vscode.l10n.t('VS Code does not hold a token of the dstack server at {0}.', url),
    remedy: vscode.l10n.t('Go back to the form and enter it.'),
    field: 'serverToken',
  });
}

function secretMissing(): SetupError {
  return new SetupError({
    code: 'client_secret_missing',
    source: 'user',
    message: vscode.l10n.t('The client secret of the app is not on this machine.'),
    remedy: vscode.l10n.t('Go back to the form and enter it.'),
    field: 'clientSecret',
  });
}
