import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const TAIL_LINES = 15;

/** A child process ended badly; `message` is one sentence followed by the end of its output. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: number | undefined;

  constructor(sentence: string, output: string, exitCode?: number) {
    const tail = output.trim().split('\n').slice(-TAIL_LINES).join('\n');
    super(tail === '' ? sentence : `${sentence}\n${tail}`);
    this.exitCode = exitCode;
  }
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The sentence of the error, e.g. "npm could not install VS Code's server." */
  readonly failure: string;
}

/** Runs a program without showing its output; resolves to that output. Throws {@link CommandFailed}. */
export function runQuietly(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file on Windows, which Node starts only through a shell.
      shell: process.platform === 'win32' && !/\.exe$/i.test(program),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => reject(new CommandFailed(options.failure, error.message)));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailed(options.failure, output, code ?? undefined));
    });
  });
}

/** npm as it was started: under `npm run` the very same npm, else the one on the PATH. */
export function runNpm(args: readonly string[], options: CommandOptions): Promise<string> {
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env['npm_execpath'];
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli)) {
    return runQuietly(process.execPath, [cli, ...quiet], options);
  }
  return runQuietly('npm', quiet, options);
}
