import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import type { Clock } from '../setup/ports.ts';
import type { ProjectRecord } from '../setup/projectRecord.ts';
import type { WaitReport } from '../setup/projectServer.ts';
import { azureBackendOf, type AzureCreds } from './backendConfig.ts';
import type { DstackServerClient, ServerProject, ServerUser } from './serverClient.ts';
import { dstackError } from './serverFailure.ts';

export interface RegistrationRequest {
  readonly client: DstackServerClient;
  readonly record: Pick<ProjectRecord, 'spec' | 'resources'>;
  readonly creds: AzureCreds;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tags?: Readonly<Record<string, string>>;
  /** Sends the backend even if the server has it so. */
  readonly again?: boolean;
  /** Told why we wait, once per attempt: fresh roles spread slowly. */
  readonly onWait?: WaitReport;
}

export interface Registration {
  readonly project: 'created' | 'found';
  readonly backend: 'created' | 'updated' | 'unchanged';
  /** What to tell the user of the server's version, if anything. */
  readonly warning?: string;
}

/** The server's file owns it from its first start on, and drops backends that the file lacks. */
const DEFAULT_PROJECT = 'main';
const SPREAD_MS = 10 * 60_000;
const SPREAD_WAIT_MS = 15_000;

/**
 * What can be known before anything is written to Azure: the server is there, new enough, has Azure,
 * knows us, lets us create a project, and the name is free or ours.
 *
 * @throws SetupError `server_…`
 */
export async function checkServer(
  request: Pick<RegistrationRequest, 'client' | 'record' | 'signal'>,
): Promise<{ readonly warning?: string }> {
  const { client, record, signal } = request;
  await client.health(signal);
  const { warning } = await client.compatibility(signal);
  await client.checkAzure(signal);
  const me = await client.whoAmI(signal);
  const existing = await findOurs(request, me);
  if (!existing && !me.canCreateProjects) throw mayNotCreate();
  if (!existing) {
    const name = record.spec.name.toLowerCase();
    const names = await client.projectNames(signal);
    if (names.some((each) => each.toLowerCase() === name)) throw nameTaken(record.spec.name);
  }
  return warning === undefined ? {} : { warning };
}

/**
 * Makes the project on the server if it is not there, and its backend equal to the record. May be
 * repeated after any failure: what is there already is found.
 *
 * @throws SetupError `server_…`, `server_project_name_taken`
 */
export async function register(request: RegistrationRequest): Promise<Registration> {
  const { client, signal } = request;
  const { warning } = await checkServer(request);
  const me = await client.whoAmI(signal);
  const found = await findOurs(request, me);
  if (!found) await createProject(request);
  const backend = await putBackend(request);
  return {
    project: found ? 'found' : 'created',
    backend,
    ...(warning === undefined ? {} : { warning }),
  };
}

async function createProject({ client, record, signal }: RegistrationRequest): Promise<void> {
  const { name } = record.spec;
  try {
    await client.createProject(name, signal);
  } catch (error) {
    if (!hasCode(error, 'server_resource_exists')) throw error;
    throw nameTaken(name);
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): error is SetupError {
  return error instanceof SetupError && codes.includes(error.code);
}

/**
 * Takes backend and project off the server. Nothing in Azure is deleted by that.
 *
 * @returns whether there was a project of ours
 * @throws SetupError `server_project_busy` (runs, fleets or volumes are named), `server_…`
 */
export async function unregister(
  request: Pick<RegistrationRequest, 'client' | 'record' | 'signal'>,
): Promise<boolean> {
  const { client, signal } = request;
  const me = await client.whoAmI(signal);
  const found = await findOurs(request, me);
  if (!found) return false;
  await client.deleteBackend(found.name, signal);
  await client.deleteProject(found.name, signal);
  return true;
}

/** The project of our name if it is ours; undefined if there is none. */
async function findOurs(
  { client, record, signal }: Pick<RegistrationRequest, 'client' | 'record' | 'signal'>,
  me: ServerUser,
): Promise<ServerProject | undefined> {
  const { spec } = record;
  if (spec.name.toLowerCase() === DEFAULT_PROJECT) throw ownedByFile(spec.name);
  const project = await projectOrTaken(client, spec.name, signal);
  if (!project) return undefined;
  // The server finds names without regard to case; the CLI, and our files, do not.
  if (project.name !== spec.name) throw nameTaken(spec.name);
  const isAdmin = project.members.some(
    ({ username, role }) => username === me.username && role === 'admin',
  );
  if (!isAdmin && !me.isGlobalAdmin) throw notProjectAdmin(spec.name);
  const place = await client.backendPlace(spec.name, signal);
  if (!place) {
    // A run that broke between project and backend left it so. One that the server's file made has
    // no members at all (dstack-facts C).
    if (isAdmin && project.owner === me.username && project.backendTypes.length === 0) {
      return project;
    }
    throw project.members.length === 0 ? ownedByFile(spec.name) : nameTaken(spec.name);
  }
  const isSamePlace =
    place.subscriptionId.toLowerCase() === spec.subscriptionId.toLowerCase() &&
    place.resourceGroup.toLowerCase() === spec.resourceGroup.name.toLowerCase();
  if (!isSamePlace) throw nameTaken(spec.name);
  if (project.members.length === 0) throw ownedByFile(spec.name);
  return project;
}

/** A project that others keep to themselves is there, but not for us. */
async function projectOrTaken(
  client: DstackServerClient,
  name: string,
  signal: AbortSignal,
): Promise<ServerProject | undefined> {
  try {
    return await client.project(name, signal);
  } catch (error) {
    throw hasCode(error, 'server_access_denied') ? nameTaken(name) : error;
  }
}

async function putBackend(request: RegistrationRequest): Promise<Registration['backend']> {
  const { client, record, creds, signal, tags, again } = request;
  const { name } = record.spec;
  const backend = azureBackendOf(record, creds, tags);
  const state = await client.compareBackend(name, backend, signal);
  if (state === 'same' && again !== true) return 'unchanged';
  const how = state === 'absent' ? 'create' : 'update';
  await untilSpread(request, async () => {
    try {
      await client.putBackend(name, backend, how, signal);
    } catch (error) {
      // The server may have stored it before the answer was lost.
      if (!hasCode(error, ...LOST)) throw error;
      if ((await client.compareBackend(name, backend, signal)) !== 'same') throw error;
    }
  });
  return how === 'create' ? 'created' : 'updated';
}

const LOST = ['server_connection_lost', 'server_timeout', 'server_busy'];

/** Repeats what fails only because new roles have not reached all of Azure yet. */
async function untilSpread(
  { clock, signal, onWait }: RegistrationRequest,
  action: () => Promise<void>,
): Promise<void> {
  const deadline = clock.now() + SPREAD_MS;
  for (;;) {
    try {
      await action();
      return;
    } catch (error) {
      if (!hasCode(error, 'server_invalid_subscription_id')) throw error;
      if (clock.now() + SPREAD_WAIT_MS > deadline) throw error;
      onWait?.(error, SPREAD_WAIT_MS);
      await clock.sleep(SPREAD_WAIT_MS, signal);
    }
  }
}

function nameTaken(name: string): SetupError {
  return dstackError(
    'server_project_name_taken',
    [
      t('The dstack server has another project of the name “{0}”.', name),
      t('Choose another name for this one.'),
    ],
    'projectName',
  );
}

function ownedByFile(name: string): SetupError {
  return dstackError(
    'server_project_owned_by_file',
    [
      t('The project “{0}” belongs to the configuration file of the dstack server.', name),
      t('Choose another name: the server would drop this backend at its next start.'),
    ],
    'projectName',
  );
}

function notProjectAdmin(name: string): SetupError {
  return dstackError('server_not_project_admin', [
    t('You are not an administrator of the project “{0}” on the dstack server.', name),
    t('Ask one of them to make you one, or choose another name.'),
  ]);
}

function mayNotCreate(): SetupError {
  return dstackError('server_cannot_create_projects', [
    t('Your user may not create projects on the dstack server.'),
    t('Ask an administrator of the server to allow it, or to create the project for you.'),
  ]);
}
