import { spawn } from 'node:child_process';
import type { CloudFile } from './cloudFile.ts';

/**
 * Node reads its proxy and its certificates only at start, so a cloud that needs them is served by
 * a second process with the right environment. Everything is passed through.
 * @returns the exit code of that process, or undefined if none is needed
 */
export async function respawnFor(cloud: CloudFile): Promise<number | undefined> {
  const wanted = {
    ...(cloud.proxyUrl === undefined ? {} : { HTTPS_PROXY: cloud.proxyUrl, NO_PROXY: '' }),
    ...(cloud.caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: cloud.caFile }),
  };
  const missing = Object.entries(wanted).some(([name, value]) => process.env[name] !== value);
  if (!missing) return undefined;
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...wanted },
    stdio: 'inherit',
  });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  // Ctrl+C reaches that process by itself, and a second one would end it in the middle of its cleaning
  // up: this process must only outlive it.
  process.on('SIGINT', () => undefined).on('SIGTERM', forward);
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
