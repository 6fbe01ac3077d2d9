import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DstackServerClient } from '../../src/dstack/serverClient.ts';
import type { Clock } from '../../src/setup/ports.ts';
import type { Simulator } from '../simulators/azure/faces/startSimulator.ts';
import { runProgram, type Outcome } from './program.ts';
import { venv } from './venv.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

const START_MS = 120_000;

/** A real dstack server in a home of its own, whose way to Azure leads into the simulated one. */
export class RealServer {
  readonly home: string;
  readonly token = 'canary-admin-token';
  readonly url: string;
  readonly #port: number;
  readonly #azure: Simulator;
  #process: ChildProcess | undefined;
  /** What the server printed since its last start. */
  log = '';

  static async make(azure: Simulator): Promise<RealServer> {
    const home = await mkdtemp(join(tmpdir(), 'dstack-azure-real-'));
    return new RealServer(azure, home, await freePort());
  }

  private constructor(azure: Simulator, home: string, port: number) {
    this.#azure = azure;
    this.home = home;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get configFile(): string {
    return join(this.home, 'server', 'config.yml');
  }

  client(token = this.token, url = this.url): DstackServerClient {
    return new DstackServerClient({ url, token, fetch, clock: realClock });
  }

  async start(): Promise<void> {
    const { sample } = this.#azure;
    this.log = '';
    const child = spawn(venv.dstack, ['server', '-n', '-p', String(this.#port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...this.environment,
        DSTACK_SERVER_DIR: join(this.home, 'server'),
        DSTACK_SERVER_URL: this.url,
        DSTACK_SERVER_ADMIN_TOKEN: this.token,
        DSTACK_SERVER_LOG_FORMAT: 'standard',
        AZURE_TENANT_ID: sample.tenantId,
        AZURE_CLIENT_ID: sample.clientId,
        AZURE_CLIENT_SECRET: sample.clientSecret,
      },
    });
    this.#process = child;
    child.stdout.on('data', (data: Buffer) => (this.log += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.log += data.toString()));
    await this.#untilReady(child);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(kill);
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Runs the real CLI, with this environment beside a bare one. */
  dstack(
    parameters: readonly string[],
    variables: Readonly<Record<string, string>> = {},
    cwd = this.home,
  ): Promise<Outcome> {
    // Wide enough that tables are not cut.
    const env = { ...this.environment, COLUMNS: '200', ...variables };
    return runProgram(venv.dstack, parameters, { env, cwd });
  }

  /** A bare environment that leads into the simulated Azure. */
  get environment(): NodeJS.ProcessEnv {
    const { proxyUrl, caFile } = this.#azure;
    return {
      PATH: process.env['PATH'],
      HOME: this.home,
      HTTPS_PROXY: proxyUrl,
      HTTP_PROXY: proxyUrl,
      NO_PROXY: '127.0.0.1,localhost',
      REQUESTS_CA_BUNDLE: caFile,
      SSL_CERT_FILE: caFile,
    };
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && child.exitCode === null) {
      const response = await fetch(`${this.url}/healthcheck`).catch(() => undefined);
      if (response?.ok === true) return;
      await sleep(200);
    }
    await this.stop();
    throw new Error(`the dstack server did not start:\n${this.log}`);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
