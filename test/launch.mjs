// Runs a TypeScript program of the tests, from a fresh clone too: installs the root's packages first
// when they are absent. Plain JavaScript without imports of packages, because there may be none yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers';

const root = path.resolve(import.meta.dirname, '..');
const [program, ...args] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed; this is ${process.version}.`);
  process.exit(1);
}
if (!existsSync(path.join(root, 'node_modules', 'tsx'))) {
  console.error('Installing packages (once) ...');
  const cli = process.env.npm_execpath;
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] };
  const result =
    cli !== undefined && /\.c?js$/.test(cli)
      ? spawnSync(process.execPath, [cli, ...install], options)
      : spawnSync('npm', install, { ...options, shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error('npm could not install the packages of package-lock.json.');
    process.exit(1);
  }
}
const loader = import.meta.resolve('tsx');
const child = spawn(process.execPath, ['--import', loader, path.resolve(root, program), ...args], {
  stdio: 'inherit',
});
// Ctrl+C reaches the child by itself: this process must only outlive it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm hands a signal to its shell, which dies of it without a word to this process.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 250).unref();
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 0 : 1);
});
