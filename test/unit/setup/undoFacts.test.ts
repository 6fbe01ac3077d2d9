import { describe, expect, it } from 'vitest';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import { roleAssignmentName } from '../../../src/setup/names.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { everythingPossible, readUndoFacts, type UndoFacts } from '../../../src/setup/undoFacts.ts';
import type { UndoPorts } from '../../../src/setup/undoPorts.ts';
import { azureError } from './fakeAzure.ts';
import { FakeServer, undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { ACCOUNT, account, artifacts, group, mark, OTHERS, OURS, project } = stage;
const APP = '44444444-4444-4444-4444-444444444444';
const never = new AbortController().signal;
const BLOB_ROLE = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const NO_APP_SEEN =
  'No app registration of the project is to be seen. One that was made less than two minutes ago, on another computer, may not show yet: then look again.';

const facts = (ports: UndoPorts): Promise<UndoFacts> => readUndoFacts(project, ports, never);

/** The journal of a set-up without an app: nobody has to look for one. */
function withJournal(ports: FakeUndoPorts = undoPorts()): FakeUndoPorts {
  ports.journal.entries.push(stage.creating('resourceGroup', group));
  return ports;
}

const refused = (code = 'AuthorizationFailed', message = 'You may not.'): SetupError =>
  azureError({ status: 403, code }, message);

describe('all that a set-up may have made', () => {
  const BASE = ['resourceGroup', 'storageAccount', 'container/dstack-container'];
  const MORE = ['container/dstack-azure', 'identity', 'networkSecurityGroup', 'virtualNetwork'];
  const LOGS = ['keyVault', 'workspace', 'logsTable', 'dataCollectionEndpoint'];
  const PEOPLE = ['role/runner/dstack-container', 'role/caller/dstack-container'];
  const RUNNERS = ['role/runner/secrets', 'role/runner/logs', 'role/runner/monitoring'];
  const objects = [...BASE, ...MORE, ...LOGS, 'dataCollectionRule', ...PEOPLE];
  const roles = ['roleDefinition/run', 'roleDefinition/read', ...RUNNERS, 'role/runner/vm'];
  const whole = [...objects, 'role/caller/dstack-azure', ...roles];
  const ofApp = ['dstack-container', 'run', 'read', 'secrets'].map((name) => `role/app/${name}`);

  it.each<[string, Partial<ProjectSpec>, readonly string[]]>([
    ['a form that asks for little', {}, whole],
    [
      'a customer’s group and account, whose tags are nobody’s to remove',
      {
        resourceGroup: { name: 'dstack-vision', create: false },
        storageAccount: { name: ACCOUNT, create: false },
      },
      whole,
    ],
    [
      'an app of the project’s own, which is looked for apart',
      { credentials: { kind: 'newApp' } },
      whole,
    ],
    [
      'an app that the form names',
      { credentials: { kind: 'existingApp', principalId: APP } },
      [...whole, ...ofApp],
    ],
  ])('whatever its form says now: %s', (_what, change, keys) => {
    const possible = everythingPossible(projectContext(sampleSpec(change), dev));
    expect(possible.map(({ key }) => key).sort()).toEqual([...keys].sort());
  });

  it('has the names of the app that the form names', () => {
    const credentials = { kind: 'existingApp', principalId: APP } as const;
    const possible = everythingPossible(projectContext(sampleSpec({ credentials }), dev));
    const role = possible.find(({ key }) => key === 'role/app/dstack-container');
    const name = roleAssignmentName(artifacts, APP, BLOB_ROLE);
    expect(role?.target(new Map())?.id.endsWith(`/${name}`)).toBe(true);
  });
});

describe('facts about a project of which nothing is there', () => {
  it('are empty, and known', async () => {
    const { possible, ...rest } = await facts(withJournal());
    expect(possible.length).toBeGreaterThan(20);
    expect(rest).toEqual({
      project,
      ...{ observed: new Map(), assignments: [], otherRoles: [], objects: [], machines: [] },
      ...{ foreignInRecord: [], notes: [], blobs: new Map() },
      ...{ running: { known: true, value: [] }, locks: { known: true, value: [] } },
      contents: { known: true, value: { containers: [], others: [] } },
      hasLogs: { known: true, value: false },
      origins: new Map([[group.toLowerCase(), 'created']]),
      app: { assignments: [], isAskedFor: false, notes: [] },
    });
  });
});

describe('questions that decide about deletes', () => {
  it.each(['groupObjects', 'virtualMachines'])('%s: no answer, no undo', async (question) => {
    const ports = withJournal();
    ports.azure.forbidden.add(question);
    await expect(facts(ports)).rejects.toMatchObject({ azure: { code: 'AuthorizationFailed' } });
  });

  it.each(['groupObjects', 'virtualMachines'])(
    '%s: asked again when Azure is busy',
    async (name) => {
      const ports = withJournal();
      const asked: unknown[] = [];
      stage.answer(ports, {
        [name]: (where: unknown) => {
          asked.push(where);
          const busy = azureError({ status: 503, code: 'ServiceUnavailable' });
          return asked.length === 1 ? Promise.reject(busy) : Promise.resolve([]);
        },
      });
      await facts(ports);
      expect(asked).toEqual([stage.place, stage.place]);
    },
  );

  it('tell what is there, and leave out what a listing shows too long', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    const theirs = `${group}/providers/Microsoft.Sql/servers/payroll`;
    ports.azure.ghosts.push(stage.network(`${ACCOUNT}-default-network`).toUpperCase(), theirs);
    const machine = { id: 'vm', name: 'gpu-1', tags: {}, identityIds: [] };
    ports.azure.machines.push(machine);
    const found = await facts(ports);
    expect(found.objects.map(({ id }) => id)).toEqual([account, theirs]);
    expect(found.machines).toEqual([machine]);
    expect([...found.observed.keys()]).toEqual(['resourceGroup', 'storageAccount']);
  });

  it('ask the server what is running, if there is one', async () => {
    const server = new FakeServer();
    server.fleets = ['fleet-a'];
    const ports = { ...withJournal(), server };
    expect((await facts(ports)).running).toEqual({ known: true, value: ['fleet-a'] });
    server.running = () => Promise.reject(new Error('It is down.'));
    const silent = { known: false, why: 'It is down.', isRefused: false };
    expect((await facts(ports)).running).toEqual(silent);
  });
});

describe('role assignments', () => {
  const put = (ports: FakeUndoPorts, scope: string, principalId: string, description: string) => {
    const name = roleAssignmentName(scope, principalId, BLOB_ROLE);
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const roleDefinitionId = `/roleDefinitions/${BLOB_ROLE}`;
    const properties = { principalId, principalType: 'User', roleDefinitionId, description };
    ports.resources.put(id, { properties });
    return { id, ...properties };
  };

  it('are ours by name or by listing, each once; others are somebody’s', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    ports.resources.put(artifacts, {});
    const mine = put(ports, artifacts, dev.principalId, OURS);
    const colleagues = put(ports, artifacts, APP, OURS);
    const theirs = put(ports, group, APP, OTHERS);
    const above = put(ports, stage.subscription, APP, OURS);
    const found = await facts(ports);
    expect(found.assignments).toHaveLength(3);
    expect(found.assignments).toEqual(expect.arrayContaining([mine, colleagues, above]));
    expect(found.otherRoles).toEqual([theirs]);
  });

  it('are listed once, however their ids are written, and asked for where ours can be', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    ports.resources.put(artifacts, {});
    const mine = put(ports, artifacts, dev.principalId, OURS);
    const asked: unknown[] = [];
    stage.answer(ports, {
      roleAssignments: (where: unknown) => {
        asked.push(where);
        return Promise.resolve([{ ...mine, id: mine.id.toUpperCase() }]);
      },
    });
    const found = await facts(ports);
    expect(found.assignments).toHaveLength(1);
    expect(asked).toEqual([
      { ...stage.at, scope: group },
      { ...stage.at, scope: stage.subscription },
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['group', [group]],
    ['subscription', [stage.subscription]],
    ['both', [group, stage.subscription]],
  ])('that can’t be listed are found by name alone, with a note: %s', async (_where, scopes) => {
    const ports = withJournal();
    stage.putProject(ports);
    ports.resources.put(artifacts, {});
    const mine = put(ports, artifacts, dev.principalId, OURS);
    const listed = put(ports, group, APP, OURS);
    stage.answer(ports, {
      roleAssignments: ({ scope }: { scope: string }) =>
        scopes.includes(scope)
          ? Promise.reject(refused())
          : Promise.resolve(scope === group ? [listed] : []),
    });
    const found = await facts(ports);
    expect(found.assignments).toEqual(scopes.includes(group) ? [mine] : [mine, listed]);
    expect(found.notes).toEqual(
      scopes.map((scope) => `Role assignments at ${scope} can’t be listed: You may not.`),
    );
  });

  it('of the project’s own app are found by name too', async () => {
    const ports = undoPorts();
    ports.resources.put(`/applications(uniqueName='dstack-azure-${stage.PROJECT_ID}')`, {
      appId: 'app-client',
    });
    ports.resources.put("/servicePrincipals(appId='app-client')", { id: APP });
    const blobs = put(ports, artifacts, APP, OURS);
    ports.azure.forbidden.add('roleAssignments');
    const found = await facts(ports);
    expect(found.app.principalId).toBe(APP);
    expect(found.assignments).toEqual([blobs]);
    expect(found.notes).toHaveLength(2);
  });
});

describe('the project record', () => {
  const entry = stage.recorded('resourceGroup', group);
  const foreign = stage.recorded('storageAccount', `${group}2/crown`);
  const failing = (ports: FakeUndoPorts, error: Error): void => {
    ports.records.before = () => {
      throw error;
    };
  };
  const newer = (): SetupError =>
    new SetupError({ code: 'record_newer', source: 'user', message: 'Newer.', remedy: 'Update.' });

  it.each<[string, (ports: FakeUndoPorts) => unknown, object]>([
    ['is believed', (ports) => stage.putRecord(ports, [entry]), { isFound: true, said: 'created' }],
    ['is not there', () => undefined, {}],
    [
      'is not asked for without its container',
      (ports) => {
        stage.putRecord(ports, [entry]);
        ports.resources.objects.delete(stage.recordContainer.toLowerCase());
      },
      {},
    ],
    [
      'is not asked for where the account says no endpoint',
      (ports) => {
        stage.putRecord(ports, [entry]);
        stage.putAccount(ports, mark(), {});
      },
      {},
    ],
    [
      'names what is not the project’s: none of it is believed',
      (ports) => stage.putRecord(ports, [entry, foreign]),
      { isFound: true, foreign: [foreign.id] },
    ],
    ['is of a newer version', (ports) => failing(ports, newer()), { newer: 'Newer.' }],
    [
      'can’t be read',
      (ports) => failing(ports, new Error('It is broken.')),
      { notes: ['The project record can’t be read: It is broken.', NO_APP_SEEN] },
    ],
  ])('%s', async (_what, arrange, expected) => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    arrange(ports);
    const found = await facts(ports);
    expect({
      isFound: found.record !== undefined,
      said: found.origins.get(group.toLowerCase()),
      foreign: found.foreignInRecord,
      newer: found.newerRecord?.message,
      notes: found.notes,
    }).toEqual({
      ...{ isFound: false, said: undefined, foreign: [], newer: undefined },
      notes: 'isFound' in expected ? [] : [NO_APP_SEEN],
      ...expected,
    });
  });

  it('is contradicted by what this machine has done itself', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    stage.putRecord(ports, [
      stage.recorded('resourceGroup', group, 'adopted'),
      stage.recorded('blobContainer', artifacts, 'adopted'),
    ]);
    ports.journal.entries.push(stage.created('resourceGroup', group));
    const { origins } = await facts(ports);
    expect(origins).toEqual(
      new Map([
        [group.toLowerCase(), 'created'],
        [artifacts.toLowerCase(), 'adopted'],
      ]),
    );
  });

  it('ends with a person’s wish to stop', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    failing(ports, cancellation());
    await expect(facts(ports)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what is in account and workspace', () => {
  const WORKSPACE = `${group}/providers/Microsoft.OperationalInsights/workspaces/${ACCOUNT}-workspace`;

  it('is asked of an account of ours, and of any workspace of the name', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    ports.resources.put(WORKSPACE, {});
    const asked: unknown[] = [];
    const contents = { containers: ['photos'], others: ['queue q'] };
    stage.answer(ports, {
      accountContents: (where: unknown) => {
        asked.push(where);
        return Promise.resolve(contents);
      },
      hasLogs: (where: unknown) => {
        asked.push(where);
        return Promise.resolve(true);
      },
    });
    const found = await facts(ports);
    expect(found.contents).toEqual({ known: true, value: contents });
    expect(found.hasLogs).toEqual({ known: true, value: true });
    expect(asked).toEqual([
      { ...stage.place, account: ACCOUNT },
      { ...stage.place, workspaceId: WORKSPACE },
    ]);
  });

  it.each<[string, stage.Tags]>([
    ['a customer’s', { 'dstack-project': 'vision' }],
    ['another project’s', mark(OTHERS)],
  ])('is not asked of %s account', async (_whose, tags) => {
    const ports = withJournal();
    stage.putProject(ports, tags);
    ports.azure.forbidden.add('accountContents');
    expect((await facts(ports)).contents).toEqual({
      ...{ known: true, value: { containers: [], others: [] } },
    });
  });

  it('is unknown, with the reason, where it may not be read', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    ports.resources.put(WORKSPACE, {});
    ports.resources.put(artifacts, {});
    for (const question of ['accountContents', 'hasLogs']) ports.azure.forbidden.add(question);
    const found = await facts(ports);
    const why = 'You may not read it.';
    const refused = { known: false, why, isRefused: true };
    expect([found.contents, found.hasLogs]).toEqual([refused, refused]);
    expect(found.blobs.get('dstack-container')).toMatchObject({ known: false });
    expect(found.notes).toEqual([]);
  });

  it('is told container by container, the record aside', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer, ['projects/vision.json', 'notes.txt']);
    expect((await facts(ports)).blobs).toEqual(
      new Map([['dstack-azure', { known: true, value: ['notes.txt'] }]]),
    );
    stage.putContainer(ports, artifacts, ['projects/vision.json']);
    expect((await facts(ports)).blobs).toEqual(
      new Map([
        ['dstack-container', { known: true, value: ['projects/vision.json'] }],
        ['dstack-azure', { known: true, value: ['notes.txt'] }],
      ]),
    );
  });

  it('is told by a few names, asked of the account’s own endpoint', async () => {
    const ports = withJournal();
    stage.putProject(ports);
    stage.putContainer(ports, artifacts);
    const asked: unknown[] = [];
    stage.answer(ports, {
      blobs: (where: unknown) => {
        asked.push(where);
        return Promise.resolve([]);
      },
    });
    await facts(ports);
    const { tenantId } = stage.at;
    expect(asked).toEqual([
      { tenantId, blobEndpoint: stage.ENDPOINT, container: 'dstack-container', limit: 5 },
    ]);
  });
});
