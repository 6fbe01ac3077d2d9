import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configFiles } from '../../../src/configFiles.ts';
import { AppSecretStore, TYPED_KEY } from '../../../src/host/appSecretStore.ts';
import { askAboutSignIn, localSignIn } from '../../../src/host/localSignIn.ts';
import { projectIdOf } from '../../../src/setup/names.ts';
import { temporaryFolder } from '../local/temporaryFolder.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';
import { newMachine } from './signInOrder.ts';

const window = vi.hoisted(() => ({
  asked: [] as (readonly string[])[],
  answer: undefined as string | undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  window: {
    showWarningMessage: (_: string, options: unknown, ...buttons: readonly string[]) => {
      expect(options).toEqual({ modal: true });
      window.asked.push(buttons);
      return Promise.resolve(window.answer);
    },
  },
}));

const [change, leave] = ['Sign In as the App of “{0}”', 'Use It Anyway'];
const spec = sampleSpec({ server: { kind: 'local' }, credentials: { kind: 'newApp' } });
const projectId = projectIdOf({
  subscriptionId: spec.subscriptionId,
  storageAccount: spec.storageAccount.name,
  projectName: spec.name,
});

describe('A project that the local server does not sign in for', () => {
  const stored = new Map<string, string>();
  const appSecrets = new AppSecretStore(
    {
      get: (key) => Promise.resolve(stored.get(key)),
      store: (key, value) => Promise.resolve(void stored.set(key, value)),
      delete: (key) => Promise.resolve(void stored.delete(key)),
    },
    newMachine(),
  );
  let serverDirectory = '';
  const parts = () => ({
    appSecrets,
    folderSetup: { files: () => Promise.resolve(configFiles), serverDirectory },
  });

  beforeEach(async () => {
    stored.clear();
    window.asked.length = 0;
    window.answer = undefined;
    serverDirectory = join(await temporaryFolder(), 'server');
    await mkdir(serverDirectory);
    const backend = '  backends:\n  - type: azure\n';
    const text = `projects:\n- name: main\n- name: robots\n${backend}- name: vision\n${backend}`;
    await writeFile(join(serverDirectory, 'config.yml'), text);
    await hold('other');
    await appSecrets.useForLocalServer('other');
  });

  const hold = (of: string) =>
    appSecrets.put(
      { projectId: of, keyId: TYPED_KEY, tenantId: 't', clientId: `app of ${of}`, endDateTime: '' },
      'canary-secret',
    );
  const signsInAs = async () => (await appSecrets.localServerSignIn())?.clientId;

  it('is compared with the server’s file and app, of which no secret is told', async () => {
    expect(await localSignIn(parts())).toEqual({
      app: { projectId: 'other', clientId: 'app of other' },
      projects: ['robots', 'vision'],
    });
  });

  it('is not used when the question is closed, and the sign-in stays', async () => {
    await hold(projectId);
    await expect(askAboutSignIn(spec, parts())).rejects.toMatchObject({ name: 'AbortError' });
    expect(window.asked).toEqual([[change, leave]]);
    expect(await signsInAs()).toBe('app of other');
  });

  it('is used as it is when the person says so', async () => {
    await hold(projectId);
    window.answer = leave;
    await askAboutSignIn(spec, parts());
    expect(await signsInAs()).toBe('app of other');
  });

  it('gets the sign-in when the person says so, and is not asked about again', async () => {
    await hold(projectId);
    window.answer = change;
    await askAboutSignIn(spec, parts());
    expect(await signsInAs()).toBe(`app of ${projectId}`);
    await askAboutSignIn(spec, parts());
    expect(window.asked).toHaveLength(1);
  });

  it('can’t get the sign-in where this machine does not hold its secret', async () => {
    window.answer = leave;
    await askAboutSignIn(spec, parts());
    expect(window.asked).toEqual([[leave]]);
  });

  it('is not asked about with a server elsewhere', async () => {
    const server = { kind: 'remote', url: 'https://dstack.example' } as const;
    await askAboutSignIn({ ...spec, server }, parts());
    expect(window.asked).toEqual([]);
  });
});
