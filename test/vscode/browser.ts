import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CommandFailed, runQuietly } from './command.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const edgeNames = ['microsoft-edge', 'microsoft-edge-stable'];

const fixedPlaces: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const root = process.env[name];
    if (root === undefined) return [];
    return [
      path.join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ];
  }),
};

/**
 * Path of a Chromium: the one named by `DSTACK_AZURE_BROWSER`, else an installed one (Chromium, Chrome,
 * Edge), else Debian's package when we are root, else playwright's own download. Throws one sentence.
 */
export async function findBrowser(say: (line: string) => void): Promise<string> {
  const named = process.env['DSTACK_AZURE_BROWSER'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`DSTACK_AZURE_BROWSER names ${named}, which does not exist.`);
  }
  return installedBrowser() ?? (await debianBrowser(say)) ?? (await downloadedBrowser(say));
}

function installedBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((entry) => entry !== '');
  const onPath = [...names, ...edgeNames].flatMap((name) =>
    folders.map((folder) => path.join(folder, name)),
  );
  const places = [...onPath, ...(fixedPlaces[process.platform] ?? []), playwrightsOwn()];
  return places.find((place) => place !== '' && existsSync(place));
}

/** Where playwright's download would be; empty on platforms that it has none for. */
function playwrightsOwn(): string {
  try {
    return chromium.executablePath();
  } catch {
    return '';
  }
}

async function debianBrowser(say: (line: string) => void): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  say('Installing Chromium with apt (once) ...');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const failure = 'apt could not install Chromium.';
  try {
    // A fresh image has no package lists; one that has them saves the time.
    if (!packageListsExist()) await runQuietly('apt-get', ['update', '-q'], { env, failure });
    const install = ['install', '-qy', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
    await runQuietly('apt-get', install, { env, failure }).catch(async () => {
      await runQuietly('apt-get', ['update', '-q'], { env, failure });
      await runQuietly('apt-get', install, { env, failure });
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return undefined; // Ubuntu's "chromium" is a snap, a proxy may be missing: the download is next.
  }
  return installedBrowser();
}

function packageListsExist(): boolean {
  const lists = '/var/lib/apt/lists';
  return existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'));
}

async function downloadedBrowser(say: (line: string) => void): Promise<string> {
  say("Downloading playwright's Chromium (once) ...");
  const root = path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const failure =
    'No browser: install Chromium, Chrome or Edge, or name one by the environment variable DSTACK_AZURE_BROWSER.';
  await runQuietly(process.execPath, [path.join(root, 'cli.js'), 'install', 'chromium'], {
    failure,
  });
  const browser = installedBrowser();
  if (browser === undefined) throw new Error(failure);
  return browser;
}
