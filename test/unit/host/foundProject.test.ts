import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createBindings } from '../../../src/host/binding.ts';
import type { FolderSetupParts } from '../../../src/host/folderProject.ts';
import { folderProjectOf } from '../../../src/host/foundProject.ts';
import { specToDelete } from '../../../src/host/specToDelete.ts';
import { undoServerOf } from '../../../src/host/undoServer.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { projectIdOf } from '../../../src/setup/names.ts';
import type { RecordStore } from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import { account, found, listed, record } from '../projects/azureWorld.ts';

const window = vi.hoisted(() => ({
  asked: [] as string[],
  /** Which row is picked, by its place; undefined closes the question. */
  row: undefined as number | undefined,
  typed: undefined as string | undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string, why = '') => text.replace('{0}', why) },
  workspace: { workspaceFolders: [{ name: 'app', uri: 'file:///app' }] },
  window: {
    showQuickPick: (rows: readonly unknown[], { placeHolder }: { placeHolder: string }) => {
      window.asked.push(placeHolder);
      return Promise.resolve(window.row === undefined ? undefined : rows[window.row]);
    },
    showInputBox: (options: { validateInput: (value: string) => string | undefined }) => {
      const { typed } = window;
      return Promise.resolve(options.validateInput(typed ?? '') === undefined ? typed : undefined);
    },
  },
}));

const { signal } = new AbortController();
const remote = 'https://dstack.example';
const failure = (code: string) =>
  new SetupError({ code, source: 'azure', message: `It is ${code}.`, remedy: 'Wait.' });

let kept: unknown;
const bindings = createBindings({
  get: () => kept,
  update: (_, value) => Promise.resolve(void (kept = value)),
});
const bind = (serverUrl: string) =>
  bindings.set('file:///app', {
    projectName: 'alpha',
    serverUrl,
    tenantId: 'contoso',
    storageAccountId: account('alpha').id.toUpperCase(),
  });

function storeOf(answer: ProjectRecord | Error | undefined): () => Promise<RecordStore> {
  return () =>
    Promise.resolve({
      read: () =>
        answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve(answer && { record: answer, etag: '"1"' }),
      write: () => Promise.reject(new Error('nobody writes here')),
    });
}

beforeEach(() => {
  kept = {};
  window.asked.length = 0;
  window.row = undefined;
  window.typed = undefined;
});

describe('A found project that a folder is to use', () => {
  const use = (answer: ProjectRecord | Error | undefined) =>
    folderProjectOf(found('alpha'), { records: storeOf(answer), bindings }, signal);
  const serverOf = async (answer: Error | undefined) => (await use(answer)).spec.server;

  it('is what its record says, and nobody is asked', async () => {
    const known = record('alpha');
    const { spec, resources } = await use(known);
    expect(spec).toBe(known.spec);
    expect(resources).toBe(known.resources);
    expect(window.asked).toEqual([]);
  });

  it.each([
    'data_role_spreading',
    'not_authorized',
    'denied_by_assignment',
    'storage_network_closed',
    'public_access_denied',
  ])(
    'is on the server that the person names when its record is not to be had: %s',
    async (code) => {
      window.row = 0;
      expect(await serverOf(failure(code))).toEqual({ kind: 'local' });
      expect(window.asked).toEqual([expect.stringContaining(`It is ${code}.`)]);
      window.row = 1;
      window.typed = ` ${remote}/ `;
      expect(await serverOf(failure(code))).toEqual({ kind: 'remote', url: remote });
    },
  );

  it('is asked about while no record is written', async () => {
    window.row = 0;
    expect(await serverOf(undefined)).toEqual({ kind: 'local' });
    expect(window.asked).toHaveLength(1);
  });

  it('is not used when nobody names its server', async () => {
    await expect(use(undefined)).rejects.toMatchObject({ name: 'AbortError' });
    window.row = 1;
    await expect(use(undefined)).rejects.toMatchObject({ name: 'AbortError' });
    window.typed = 'ftp://dstack.example';
    await expect(use(undefined)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each(['network_down', 'throttled', 'sign_in_needed', 'record_unreadable', 'record_newer'])(
    'is not used while its record fails in another way: %s',
    async (code) => {
      await expect(use(failure(code))).rejects.toMatchObject({ code });
      expect(window.asked).toEqual([]);
    },
  );

  it.each([
    [remote, { kind: 'remote', url: remote }],
    ['http://127.0.0.1:3000', { kind: 'local' }],
  ])('stays on the server through which a folder uses it: %s', async (url, server) => {
    await bind(url);
    for (const answer of [undefined, failure('not_authorized'), failure('network_down')]) {
      expect(await serverOf(answer)).toEqual(server);
    }
    expect(window.asked).toEqual([]);
  });
});

describe('A found project that is to be deleted', () => {
  const specOf = (answer: ProjectRecord | Error | undefined) =>
    specToDelete(listed('alpha'), storeOf(answer));
  const told: string[] = [];
  /** Projects that the local server does not sign in for any more. */
  const left: string[] = [];

  async function serverOf(answer: ProjectRecord | Error | undefined) {
    told.length = 0;
    left.length = 0;
    const spec = await specOf(answer);
    const folderSetup = {
      bindings,
      serverDirectory: '/server',
      secrets: { token: () => Promise.resolve(undefined) },
      files: () =>
        Promise.resolve({
          otherServerProject: () => Promise.resolve(undefined),
          clearServerConfig: ({ projectName }: { projectName: string }) =>
            Promise.resolve(told.push(projectName) > 0),
        }),
    } as unknown as FolderSetupParts;
    return undoServerOf(spec, { read: () => Promise.resolve(undefined) }, {
      folderSetup,
      localServer: { state: () => Promise.resolve('stopped') },
      appSecrets: { leaveLocalServer: (id: string) => Promise.resolve(void left.push(id)) },
      connectServer: () => Promise.reject(new Error('nobody has a token')),
    } as unknown as Parameters<typeof undoServerOf>[2]);
  }

  it('has the server of its record, and no id of it', async () => {
    const known = record('alpha');
    const spec = { ...known.spec, server: { kind: 'remote' as const, url: remote } };
    const { server, resourceGroup } = await specOf({
      ...known,
      spec: { ...spec, resourceGroup: { name: 'somebody-elses', create: true } },
    });
    expect(server).toEqual({ kind: 'remote', url: remote });
    expect(resourceGroup.name).toBe('dstack-alpha');
  });

  it.each(['not_authorized', 'network_down', 'record_unreadable'])(
    'tells no server by guess when its record can’t be read: %s',
    async (code) => {
      const server = await serverOf(failure(code));
      await expect(server.running(signal)).rejects.toMatchObject({ code: 'server_unknown' });
      await expect(server.unregister(signal)).rejects.toMatchObject({ code: 'server_unknown' });
      expect(told).toEqual([]);
    },
  );

  it('tells the server through which a folder uses it', async () => {
    await bind('http://127.0.0.1:3000');
    await (await serverOf(failure('not_authorized'))).unregister(signal);
    expect(told).toEqual(['alpha']);
    await bind(remote);
    expect((await serverOf(failure('not_authorized'))).name).toBe(remote);
  });

  it('tells the local server when no record was ever written', async () => {
    await (await serverOf(undefined)).unregister(signal);
    expect(told).toEqual(['alpha']);
    const { subscriptionId } = found('alpha');
    const place = { subscriptionId, storageAccount: 'alpha', projectName: 'alpha' };
    expect(left).toEqual([projectIdOf(place)]);
  });
});
