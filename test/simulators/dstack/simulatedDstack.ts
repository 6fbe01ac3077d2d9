import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';

/** What happens to the next call of a path instead of, or around, its answer. */
export interface Fault {
  readonly path: RegExp;
  /** `before`: nothing happens on the server; `after`: it happens, but the answer is lost. */
  readonly cut?: 'before' | 'after';
  readonly delayMs?: number;
  readonly status?: number;
  readonly body?: string;
  readonly location?: string;
}

export interface SimulatedProject {
  readonly name: string;
  readonly owner: string;
  members: { username: string; role: string }[];
  backend?: Record<string, unknown>;
  isBusy?: boolean;
  fleets?: { name: string; status: string }[];
}

/** See README.md. */
export class SimulatedDstack {
  version: string | null = '0.21.5';
  backendTypes = ['azure', 'aws'];
  user = { username: 'admin', role: 'admin', canCreateProjects: true };
  faults: Fault[] = [];
  /** What it does in Azure when it gets a backend; its answer waits for that. */
  onBackend: () => Promise<void> = () => Promise.resolve();
  readonly token = 'canary-server-token';
  readonly privateKey = 'canary-private-key';
  readonly projects: SimulatedProject[] = [];
  /** Method and path of every call, with the version that it named. */
  readonly calls: { readonly path: string; readonly version: string | undefined }[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  url = '';

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  callsOf(path: RegExp): number {
    return this.calls.filter((call) => path.test(call.path)).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const version = request.headers['x-api-version'];
    this.calls.push({ path, version: typeof version === 'string' ? version : undefined });
    const body = await bodyOf(request);
    const index = this.faults.findIndex((fault) => fault.path.test(path));
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault?.cut === 'before') return void request.socket.destroy();
    const answer =
      fault?.status === undefined
        ? this.#answer(request, path, body)
        : { status: fault.status, text: fault.body ?? '' };
    if (/\/(?:create|update)_yaml$/.test(path) && answer.status === 200) await this.onBackend();
    const headers = fault?.location === undefined ? {} : { location: fault.location };
    response.writeHead(answer.status, { 'content-length': answer.text.length + 1, ...headers });
    response.write(answer.text);
    if (fault?.cut === 'after') return void setTimeout(() => request.socket.destroy(), 20);
    response.end(' ');
  }

  #answer(request: IncomingMessage, path: string, body: unknown): Answer {
    if (path === '/healthcheck') return json({ status: 'running' });
    if (path === '/api/server/get_info') return json({ server_version: this.version });
    const version = request.headers['x-api-version'];
    if (isNewer(String(version), this.version)) {
      const msg = `The client/CLI version (${String(version)}) is incompatible with the server version (${String(this.version)}).`;
      return problem(400, { msg, code: 'error' });
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return json({ detail: { msg: 'Invalid token', code: null } }, 403);
    }
    return this.#authorized(path, body as Record<string, unknown>);
  }

  #authorized(path: string, body: Record<string, unknown>): Answer {
    const [, , area, name = '', ...rest] = path.split('/');
    switch (
      `${area ?? ''}/${['list', 'create', 'delete'].includes(name) ? name : rest.join('/')}`
    ) {
      case 'users/':
        return json(this.#me());
      case 'backends/':
        return json(this.backendTypes);
      case 'projects/list':
        return json(this.projects.map((each) => shown(each)));
      case 'runs/list':
        return json(this.#runsOf(String(body['project_name'])));
      case 'projects/create':
        return this.#create(String(body['project_name']));
      case 'projects/delete':
        return this.#delete(body['projects_names'] as string[]);
      default:
        return this.#inProject(name, rest.join('/'), body);
    }
  }

  #me(): unknown {
    const { username, role, canCreateProjects } = this.user;
    return {
      ...{ id: '1', username, global_role: role, email: null, active: true },
      permissions: { can_create_projects: canCreateProjects },
      ...{ creds: { token: this.token }, ssh_private_key: this.privateKey },
    };
  }

  #runsOf(name: string): unknown {
    const busy = this.projects.some((each) => each.name === name && each.isBusy);
    return busy ? [{ run_spec: { run_name: 'train-1' }, status: 'running' }] : [];
  }

  #create(name: string): Answer {
    if (!this.user.canCreateProjects) {
      return json({ detail: { msg: 'User cannot create projects', code: null } }, 403);
    }
    if (this.projects.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
      return problem(400, { msg: 'Project exists', code: 'resource_exists' });
    }
    const { username } = this.user;
    const project = { name, owner: username, members: [{ username, role: 'admin' }] };
    this.projects.push(project);
    return json(shown(project));
  }

  #delete(names: readonly string[]): Answer {
    const busy = this.projects.find((each) => names.includes(each.name) && each.isBusy);
    if (busy) {
      const msg = `Cannot delete project ${busy.name}: it has active runs: train-1`;
      return problem(400, { msg, code: 'error' });
    }
    for (const name of names) {
      this.projects.splice(
        this.projects.findIndex((each) => each.name === name),
        1,
      );
    }
    return json(null);
  }

  #inProject(name: string, action: string, body: Record<string, unknown>): Answer {
    const project = this.projects.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (!project) return json({ detail: { msg: 'Not found', code: null } }, 404);
    const isMember = project.members.some(({ username }) => username === this.user.username);
    if (!isMember && this.user.role !== 'admin') {
      return json({ detail: { msg: 'Access denied', code: null } }, 403);
    }
    switch (action) {
      case 'get':
        return json(shown(project));
      case 'fleets/list':
        return json(project.fleets ?? []);
      case 'backends/azure/config_info':
        return project.backend ? json(project.backend) : missing();
      case 'backends/create_yaml':
        if (project.backend) return problem(400, { msg: 'exists', code: 'resource_exists' });
        return put(project, body);
      case 'backends/update_yaml':
        return project.backend ? put(project, body) : missing();
      case 'backends/delete':
        delete project.backend;
        return json(null);
      default:
        return json({ detail: 'Not Found' }, 404);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function json(value: unknown, status = 200): Answer {
  return { status, text: JSON.stringify(value) };
}

function problem(status: number, ...details: readonly unknown[]): Answer {
  return json({ detail: details }, status);
}

function missing(): Answer {
  return problem(400, { msg: 'Resource not found', code: 'resource_not_exists' });
}

/** What the real server sends back: our fields, those we left open as null, and the creds. */
function put(project: SimulatedProject, body: Record<string, unknown>): Answer {
  const backend = parse(String(body['config_yaml'])) as Record<string, unknown>;
  project.backend = { ...{ vpc_ids: null, public_ips: null, tags: null }, ...backend };
  return json(null);
}

function shown(project: SimulatedProject): unknown {
  return {
    project_name: project.name,
    owner: { username: project.owner },
    backends: project.backend ? [{ name: 'azure', config: { type: 'azure' } }] : [],
    members: project.members.map(({ username, role }) => ({
      user: { username },
      project_role: role,
    })),
  };
}

/** In major or minor version, as the real server compares. */
function isNewer(client: string, server: string | null): boolean {
  if (server === null || !/^\d/.test(client)) return false;
  const [a = 0, b = 0] = client.split('.').map(Number);
  const [c = 0, d = 0] = server.split('.').map(Number);
  return a > c || (a === c && b > d);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}
