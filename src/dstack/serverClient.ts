import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { Clock } from '../setup/ports.ts';
import type { AzureBackend } from './backendConfig.ts';
import { dstackError, notDstack, withoutAzure } from './serverFailure.ts';
import { callServer, type ServerCall, type ServerTransport } from './serverRequest.ts';
import { normalizeServerUrl } from './serverUrl.ts';
import { compatibilityOf, type ServerCompatibility } from './serverVersion.ts';
import { blockLines } from './yamlWrite.ts';

export interface ServerUser {
  readonly username: string;
  readonly isGlobalAdmin: boolean;
  readonly canCreateProjects: boolean;
}

export interface ServerProject {
  readonly name: string;
  readonly owner: string;
  readonly backendTypes: readonly string[];
  readonly members: readonly { readonly username: string; readonly role: string }[];
}

// What is not named here is dropped at the door: `get_my_user` answers with the user's token and a
// private key, `config_info` with the client secret.
const health = z.object({ status: z.string() });
const info = z.object({ server_version: z.string().nullable() });
const user = z.object({
  username: z.string(),
  global_role: z.string(),
  permissions: z.object({ can_create_projects: z.boolean() }).optional(),
});
const project = z.object({
  project_name: z.string(),
  owner: z.object({ username: z.string() }),
  backends: z.array(z.object({ name: z.string() })),
  members: z.array(
    z.object({ user: z.object({ username: z.string() }), project_role: z.string() }),
  ),
});
const fleets = z.array(z.object({ name: z.string(), status: z.string() }));
const runs = z.array(z.object({ run_spec: z.object({ run_name: z.string().nullish() }) }));
const backendAnswer = z.looseObject({
  subscription_id: z.string(),
  resource_group: z.string().nullish(),
});

/** Fleets that need nothing of Azure any more. */
const ENDED = ['terminated', 'failed'];

/** Making networks takes the server minutes, and it reports no progress (dstack-facts B5). */
const BACKEND_TIMEOUT_MS = 5 * 60_000;

/**
 * A dstack server through its API. Every method throws a `SetupError` with a code `server_…`, or an
 * `AbortError`; no answer, error or message that leaves it holds a token, key or secret.
 */
export class DstackServerClient {
  readonly url: string;
  readonly #transport: ServerTransport;
  #compatibility: ServerCompatibility | undefined;

  /** @throws SetupError `server_url_…`, `server_token_invalid` */
  constructor(options: {
    readonly url: string;
    readonly token: string;
    readonly fetch: typeof fetch;
    readonly clock: Clock;
    /** How long one ordinary call may take, in ms; 30,000 unless told. */
    readonly timeoutMs?: number;
  }) {
    this.url = normalizeServerUrl(options.url);
    // fetch would quote a token that can't be a header in its own error.
    if (!/^[!-~]+$/.test(options.token)) throw unusableToken();
    this.#transport = { ...options, url: this.url };
  }

  /** Whether a dstack server is up. */
  async health(signal: AbortSignal): Promise<void> {
    const call = { path: '/healthcheck', method: 'GET', isRead: true, withToken: false } as const;
    const parsed = health.safeParse(await callServer(this.#transport, call, signal));
    if (!parsed.success) throw notDstack(this.url);
  }

  /** Asks for the version once, and refuses a server that is too old before anything else is done. */
  async compatibility(signal: AbortSignal): Promise<ServerCompatibility> {
    if (this.#compatibility) return this.#compatibility;
    const call = { path: '/api/server/get_info', isRead: true, withToken: false };
    const parsed = info.safeParse(await callServer(this.#transport, call, signal));
    if (!parsed.success) throw notDstack(this.url);
    this.#compatibility = compatibilityOf(parsed.data.server_version, this.url);
    return this.#compatibility;
  }

  async whoAmI(signal: AbortSignal): Promise<ServerUser> {
    const call = { path: '/api/users/get_my_user', isRead: true };
    const { username, global_role, permissions } = await this.#ask(call, user, signal);
    const isGlobalAdmin = global_role === 'admin';
    const canCreateProjects = permissions?.can_create_projects ?? isGlobalAdmin;
    return { username, isGlobalAdmin, canCreateProjects };
  }

  /** @throws SetupError `server_without_azure` where the server lacks the libraries for Azure */
  async checkAzure(signal: AbortSignal): Promise<void> {
    const call = { path: '/api/backends/list_types', isRead: true };
    const types = await this.#ask(call, z.array(z.string()), signal);
    if (!types.includes('azure')) throw withoutAzure();
  }

  /** The names of all projects that this user can see, newest first. */
  async projectNames(signal: AbortSignal): Promise<readonly string[]> {
    const call = { path: '/api/projects/list', body: {}, isRead: true };
    const projects = await this.#ask(call, z.array(project.pick({ project_name: true })), signal);
    return projects.map((each) => each.project_name);
  }

  /** The project, or undefined if there is none of that name. */
  async project(name: string, signal: AbortSignal): Promise<ServerProject | undefined> {
    const call = { path: `/api/projects/${encodeURIComponent(name)}/get`, isRead: true };
    try {
      return projectOf(await this.#ask(call, project, signal));
    } catch (error) {
      if (error instanceof SetupError && error.code === 'server_resource_missing') return undefined;
      throw error;
    }
  }

  async createProject(name: string, signal: AbortSignal): Promise<ServerProject> {
    const body = { project_name: name };
    const call = { path: '/api/projects/create', body, isRead: false };
    return projectOf(await this.#ask(call, project, signal));
  }

  /** @throws SetupError `server_project_busy` while runs, fleets or volumes are active */
  async deleteProject(name: string, signal: AbortSignal): Promise<void> {
    const body = { projects_names: [name] };
    await this.#send({ path: '/api/projects/delete', body, isRead: false }, signal);
  }

  /** Names of the fleets and of the active runs of a project; none where there is no such project. */
  async inUse(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const path = `/api/project/${encodeURIComponent(name)}/fleets/list`;
    const active = { project_name: name, only_active: true };
    try {
      const [fleetList, runList] = await Promise.all([
        this.#ask({ path, body: {}, isRead: true }, fleets, signal),
        this.#ask({ path: '/api/runs/list', body: active, isRead: true }, runs, signal),
      ]);
      const live = fleetList.filter(({ status }) => !ENDED.includes(status));
      const names = runList.map(({ run_spec }) => run_spec.run_name ?? '');
      return [...live.map((fleet) => fleet.name), ...names.filter((each) => each !== '')];
    } catch (error) {
      if (error instanceof SetupError && error.code === 'server_resource_missing') return [];
      throw error;
    }
  }

  /** Adds members; roles are `admin`, `manager`, `user`. */
  async addMembers(
    name: string,
    members: readonly { readonly username: string; readonly role: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/api/projects/${encodeURIComponent(name)}/add_members`;
    const body = {
      members: members.map(({ username, role }) => ({ username, project_role: role })),
    };
    await this.#send({ path, body, isRead: false }, signal);
  }

  /** Compares the project's Azure backend with ours; the stored secret does not leave this method. */
  async compareBackend(
    name: string,
    backend: AzureBackend,
    signal: AbortSignal,
  ): Promise<'absent' | 'same' | 'different'> {
    const stored = await this.#storedBackend(name, signal);
    if (!stored) return 'absent';
    return isSameBackend(stored, backend) ? 'same' : 'different';
  }

  /** Where the project's Azure backend leads, without its credentials. */
  async backendPlace(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly subscriptionId: string; readonly resourceGroup: string } | undefined> {
    const stored = await this.#storedBackend(name, signal);
    if (!stored) return undefined;
    const { subscription_id: subscriptionId, resource_group: resourceGroup } = stored;
    return { subscriptionId, resourceGroup: resourceGroup ?? '' };
  }

  /**
   * Gives the project an Azure backend, or another one. By the YAML routes: they answer a mistake in
   * one sentence, the JSON ones in dozens of rows that echo what was sent.
   */
  async putBackend(
    name: string,
    backend: AzureBackend,
    how: 'create' | 'update',
    signal: AbortSignal,
  ): Promise<void> {
    const { creds } = backend;
    const call = {
      path: `/api/project/${encodeURIComponent(name)}/backends/${how}_yaml`,
      body: { config_yaml: `${blockLines(backend, 0).join('\n')}\n` },
      isRead: false,
      secrets: creds.type === 'client' ? [creds.client_secret] : [],
      timeoutMs: BACKEND_TIMEOUT_MS,
    };
    await this.#send(call, signal);
  }

  /** Removes the Azure backend; one that is gone already is no error. */
  async deleteBackend(name: string, signal: AbortSignal): Promise<void> {
    const path = `/api/project/${encodeURIComponent(name)}/backends/delete`;
    await this.#send({ path, body: { backends_names: ['azure'] }, isRead: false }, signal);
  }

  async #storedBackend(
    name: string,
    signal: AbortSignal,
  ): Promise<z.infer<typeof backendAnswer> | undefined> {
    const path = `/api/project/${encodeURIComponent(name)}/backends/azure/config_info`;
    try {
      return await this.#ask({ path, isRead: true }, backendAnswer, signal);
    } catch (error) {
      if (error instanceof SetupError && error.code === 'server_resource_missing') return undefined;
      throw error;
    }
  }

  async #ask<T>(call: ServerCall, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const parsed = schema.safeParse(await this.#send(call, signal));
    // zod's own error would name and quote what it found.
    if (!parsed.success) throw unexpectedAnswer(this.url, call.path);
    return parsed.data;
  }

  async #send(call: ServerCall, signal: AbortSignal): Promise<unknown> {
    const { apiVersion } = await this.compatibility(signal);
    return callServer(this.#transport, { ...call, apiVersion }, signal);
  }
}

function projectOf(answer: z.infer<typeof project>): ServerProject {
  return {
    name: answer.project_name,
    owner: answer.owner.username,
    backendTypes: answer.backends.map((each) => each.name),
    members: answer.members.map((each) => ({
      username: each.user.username,
      role: each.project_role,
    })),
  };
}

/** Fields that we leave open count as equal only if the server has them open too. */
function isSameBackend(stored: Record<string, unknown>, ours: AzureBackend): boolean {
  const wanted: Record<string, unknown> = { ...ours };
  return ['tenant_id', 'subscription_id', 'resource_group', 'regions', 'subnet_ids', 'tags']
    .concat('vm_managed_identity', 'creds')
    .every((key) => canonical(stored[key], ours) === canonical(wanted[key], ours));
}

/** JSON with sorted keys; empty fields and the tenant that the server copies into creds left out. */
function canonical(value: unknown, { tenant_id }: AzureBackend): string {
  return JSON.stringify(value ?? null, (key, each: unknown) => {
    if (key === 'tenant_id' && each === tenant_id) return undefined;
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const entries = Object.entries(each).filter(([, field]) => field !== null);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function unexpectedAnswer(url: string, path: string): SetupError {
  return dstackError('server_unexpected_answer', [
    t('The dstack server at {0} answered {1} in a form that is not known.', url, path),
    t('Update this extension; the server may be newer than it.'),
  ]);
}

function unusableToken(): SetupError {
  return dstackError(
    'server_token_invalid',
    [
      t('The token of the dstack server is empty or holds a space or a line end.'),
      t('Enter the token of your user on that server.'),
    ],
    'serverToken',
  );
}
