import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCli, findDstack, findInstaller, versionAt } from '../../../src/local/dstackCommand.ts';
import { placesOfDstack } from '../../../src/local/dstackPlaces.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A program that answers `--version`. */
async function install(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho ${version}\n`);
  await chmod(path, 0o755);
  return path;
}

/** The libraries beside a program, as a Python environment has them. */
async function libraries(environment: string, names: readonly string[]): Promise<void> {
  for (const name of ['dstack', ...names]) {
    await mkdir(join(environment, 'lib', 'python3.12', 'site-packages', name), { recursive: true });
  }
}

const SERVER = ['uvicorn', 'azure/mgmt/compute'];

describe('the dstack of this machine', () => {
  it('is nothing where there is none', async () => {
    const home = await temporaryFolder();
    expect(await findDstack({ environment: { PATH: join(home, 'no') }, home })).toBeUndefined();
    expect(await findCli({ PATH: join(home, 'no') })).toBeUndefined();
  });

  it('is found on the PATH with its version', async () => {
    const home = await temporaryFolder();
    const path = await install(join(home, 'bin', 'dstack'), '0.21.5');
    const environment = { PATH: `${join(home, 'none')}:${join(home, 'bin')}` };
    const expected = { path, version: '0.21.5', server: 'unknown' };
    expect(await findDstack({ environment, home })).toEqual(expected);
    expect(await findCli(environment)).toBe(path);
    expect(await versionAt(path)).toBe('0.21.5');
  });

  it.each([
    ['uv', '.local/share/uv/tools/dstack/bin'],
    ['pipx', '.local/share/pipx/venvs/dstack/bin'],
    ['an installer, linked', '.local/bin'],
    ['pip on macOS', 'Library/Python/3.12/bin'],
  ])('is found where %s puts it, though the PATH lacks it', async (_, place) => {
    const home = await temporaryFolder();
    const path = await install(join(home, place, 'dstack'), '0.21.5');
    expect(await findDstack({ environment: { PATH: '' }, home })).toMatchObject({ path });
  });

  it.runIf(process.platform !== 'win32')(
    'is found where pip on Windows puts it for one user',
    () => {
      const environment = { PATH: '', APPDATA: '/roaming' };
      const places = placesOfDstack({ environment, home: '/home' });
      expect(places).toContain('/roaming/Python/Python312/Scripts/dstack');
    },
  );

  it('is that of the selected Python first', async () => {
    const home = await temporaryFolder();
    await install(join(home, 'bin', 'dstack'), '0.21.0');
    const path = await install(join(home, 'venv', 'bin', 'dstack'), '0.21.5');
    const python = join(home, 'venv', 'bin', 'python');
    const environment = { PATH: join(home, 'bin') };
    expect(await findDstack({ python, environment, home })).toMatchObject({ path });
  });

  it('is rather one that can be a server than an earlier one that cannot', async () => {
    const home = await temporaryFolder();
    await install(join(home, 'cli', 'bin', 'dstack'), '0.21.5');
    await libraries(join(home, 'cli'), ['uvicorn']);
    const real = await install(join(home, 'full', 'bin', 'dstack'), '0.21.2');
    await libraries(join(home, 'full'), SERVER);
    await mkdir(join(home, 'links'));
    const linked = join(home, 'links', 'dstack');
    await symlink(real, linked);
    const environment = { PATH: `${join(home, 'cli', 'bin')}:${join(home, 'links')}` };
    const expected = { path: linked, version: '0.21.2', server: 'yes' };
    expect(await findDstack({ environment, home })).toEqual(expected);
  });

  it('says that it cannot be a server where it is the only one', async () => {
    const home = await temporaryFolder();
    const path = await install(join(home, 'cli', 'bin', 'dstack'), '0.21.5');
    await libraries(join(home, 'cli'), []);
    const environment = { PATH: join(home, 'cli', 'bin') };
    const expected = { path, version: '0.21.5', server: 'no' };
    expect(await findDstack({ environment, home })).toEqual(expected);
  });

  it('is not taken from a folder that the PATH names relatively', async () => {
    const home = await temporaryFolder();
    await install(join(home, 'dstack'), '0.21.5');
    const before = process.cwd();
    process.chdir(home);
    try {
      expect(await findDstack({ environment: { PATH: '.:' }, home })).toBeUndefined();
    } finally {
      process.chdir(before);
    }
  });

  it('is exactly the one of the setting, or an error that names the setting', async () => {
    const home = await temporaryFolder();
    await install(join(home, 'bin', 'dstack'), '0.21.0');
    const configured = await install(join(home, 'other', 'dstack'), '0.21.5');
    const environment = { PATH: join(home, 'bin') };
    const found = await findDstack({ configured, environment, home });
    expect(found).toMatchObject({ path: configured });
    for (const wrong of [join(home, 'missing'), 'bin/dstack', home]) {
      await expect(findDstack({ configured: wrong, environment, home })).rejects.toMatchObject({
        code: 'dstack_path_wrong',
      });
    }
  });

  it('is installed by uv, else pipx, else pip', async () => {
    const home = await temporaryFolder();
    const environment = { PATH: home };
    expect(await findInstaller(environment)).toBe('pip');
    await install(join(home, 'pipx'), '1');
    expect(await findInstaller(environment)).toBe('pipx');
    await install(join(home, 'uv'), '1');
    expect(await findInstaller(environment)).toBe('uv');
  });
});
