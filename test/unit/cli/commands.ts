import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const ROOT = resolve(import.meta.dirname, '../../..');

/** One line of `npm run setup`. */
export interface PrintedEvent {
  readonly code: string;
  readonly [member: string]: unknown;
}

export interface SetupOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly PrintedEvent[];
}

export interface SimulatorProcess {
  /** What it printed when it was ready: a cloud file. */
  readonly line: string;
  readonly controlUrl: string;
  /** @throws Error if it was asked for anything that it does not simulate */
  stop(): Promise<void>;
}

/** The spec that the repository offers for a first try. */
export async function sampleSpecText(): Promise<string> {
  return await readFile(join(ROOT, 'test/simulators/azure/sample.spec.json'), 'utf8');
}

/** `npm run setup -- ...parameters`, without npm: the script's own command. */
export async function setup(
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<SetupOutcome> {
  return await outcomeOf(launch('src/cli/main.ts', parameters, env));
}

/** The same, started without the launcher, which gets a signal as soon as it prints this event. */
export async function setupSignalledAt(
  code: string,
  signal: NodeJS.Signals,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<SetupOutcome> {
  const loader = ['--import', import.meta.resolve('tsx')];
  const child = start([...loader, join(ROOT, 'src/cli/main.ts'), ...parameters], env);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.includes(`"code":"${code}"`)) child.kill(signal);
  });
  return await outcomeOf(child);
}

async function outcomeOf(child: ChildProcess): Promise<SetupOutcome> {
  const [stdout, stderr, code] = await Promise.all([said(child, 1), said(child, 2), ended(child)]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as PrintedEvent);
  return { code, stdout, stderr, events };
}

/**
 * `npm run simulator -- ...parameters`, once it is ready.
 * @throws Error with what it said, if it ends before
 */
export async function startSimulatorProcess(
  ...parameters: readonly string[]
): Promise<SimulatorProcess> {
  const child = launch('test/simulators/azure/main.ts', parameters, {});
  const end = ended(child);
  const complaint = said(child, 2);
  const line = await Promise.race([
    firstLine(child),
    end.then(async () => Promise.reject(new Error(await complaint))),
  ]);
  const { controlUrl } = JSON.parse(line) as { controlUrl: string };
  return {
    line,
    controlUrl,
    stop: async () => {
      child.kill('SIGTERM');
      await end;
      const unknown = /Not simulated: .*/.exec(await complaint);
      if (unknown !== null) throw new Error(unknown[0]);
    },
  };
}

function launch(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return start([join(ROOT, 'test/launch.mjs'), program, ...parameters], env);
}

function start(parameters: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, parameters, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('No stdout.');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
}

async function said(child: ChildProcess, stream: 1 | 2): Promise<string> {
  const output = stream === 1 ? child.stdout : child.stderr;
  return output === null ? '' : await text(output);
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code) => done(code ?? -1));
  });
}
