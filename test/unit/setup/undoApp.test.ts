import { describe, expect, it } from 'vitest';
import { cancellation } from '../../../src/setup/errors.ts';
import type { JournalEntry } from '../../../src/setup/journal.ts';
import type { JsonObject } from '../../../src/setup/json.ts';
import { roleAssignmentName } from '../../../src/setup/names.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import {
  appItems,
  appProblem,
  readAppFacts,
  type AppFacts,
  type AppGrounds,
} from '../../../src/setup/undoApp.ts';
import type { UndoItem } from '../../../src/setup/undoPlan.ts';
import type { ListedAssignment } from '../../../src/setup/undoPorts.ts';
import { prove } from '../../../src/setup/undoProve.ts';
import { azureError } from './fakeAzure.ts';
import { undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { OURS, PROJECT_ID, at, creating, group, project, removed } = stage;
const UNIQUE_NAME = `dstack-azure-${PROJECT_ID}`;
const BY_NAME = `/applications(uniqueName='${UNIQUE_NAME}')`;
const PRINCIPAL = '55555555-5555-5555-5555-555555555555';
const never = new AbortController().signal;
const NEW_APP: ProjectSpec['credentials'] = { kind: 'newApp' };
const NOT_SEEN =
  'No app registration of the project is to be seen. One that was made less than two minutes ago, on another computer, may not show yet: then look again.';

const record = (change: Partial<ProjectRecord>): ProjectRecord => ({
  ...{ schema: 1, projectId: PROJECT_ID, spec: sampleSpec(), server: { kind: 'none' } },
  ...{ resources: [], secrets: [], pending: [], ...change },
});

async function factsOf(
  ports: FakeUndoPorts,
  known: {
    readonly credentials?: ProjectSpec['credentials'];
    readonly journal?: readonly JournalEntry[];
    readonly record?: ProjectRecord;
  } = {},
): Promise<AppFacts> {
  const { credentials = { kind: 'default' }, journal = [] } = known;
  const context = projectContext(sampleSpec({ credentials }), dev);
  const found = known.record && { record: known.record, etag: 'e' };
  return await readAppFacts(context, { journal, record: found }, ports, never);
}

describe('looking for the app of a project', () => {
  const other = creating('resourceGroup', group);
  const started: JournalEntry = {
    ...{ schema: 1, time: 0, projectId: PROJECT_ID, runId: 'run-1' },
    ...{ event: 'runStarted', spec: sampleSpec(), planId: 'p' },
  };
  it.each<[string, Parameters<typeof factsOf>[1], 'asks' | 'does not ask', readonly string[]]>([
    ['the spec wants one', { credentials: NEW_APP, journal: [other] }, 'asks', []],
    ['the journal names it', { journal: [other, removed('application', BY_NAME)] }, 'asks', []],
    ['nothing is known', {}, 'asks', [NOT_SEEN]],
    ['the journal names other things', { journal: [started, other] }, 'does not ask', []],
    ['the record knows of none', { record: record({}) }, 'does not ask', []],
    [
      'the record names other things',
      { record: record({ resources: [stage.recorded('resourceGroup', group)] }) },
      ...(['does not ask', []] as const),
    ],
    [
      'the record names it',
      { record: record({ resources: [stage.recorded('application', BY_NAME)] }) },
      ...(['asks', []] as const),
    ],
    [
      'the record wants one',
      { record: record({ spec: sampleSpec({ credentials: NEW_APP }) }) },
      ...(['asks', [NOT_SEEN]] as const),
    ],
    [
      'the record knows of none, but the journal',
      { record: record({}), journal: [creating('application', BY_NAME)] },
      ...(['asks', []] as const),
    ],
  ])('where %s: %j -> it %s the directory', async (_what, known, asks, notes) => {
    const ports = undoPorts();
    const facts = await factsOf(ports, known);
    const asked = ports.resources.calls.map(({ target }) => target.id);
    expect(asked.includes(BY_NAME)).toBe(asks === 'asks');
    expect(facts).toEqual({ assignments: [], isAskedFor: false, notes });
  });

  it.each<
    [string, number, readonly (readonly ['creating' | 'removed', string, number])[], boolean]
  >([
    ['a moment ago', 119_999, [['creating', 'application', 0]], true],
    ['two minutes ago', 120_000, [['creating', 'application', 0]], false],
    [
      'and removed since',
      10_000,
      [
        ['creating', 'application', 0],
        ['removed', 'application', 5_000],
      ],
      false,
    ],
    [
      'before, and again a moment ago, and other things since',
      200_000,
      [
        ['creating', 'application', 0],
        ['removed', 'application', 50_000],
        ['creating', 'application', 100_000],
        ['creating', 'servicePrincipal', 190_000],
        ['removed', 'virtualNetwork', 195_000],
      ],
      true,
    ],
    ['never', 10_000, [['creating', 'identity', 9_000]], false],
  ])('waits for one that was asked for %s', async (_when, passed, entries, isAskedFor) => {
    const ports = undoPorts();
    const start = ports.clock.now();
    await ports.clock.sleep(passed);
    const journal = entries.map(([event, key, after]) =>
      (event === 'creating' ? creating : removed)(key, BY_NAME, start + after),
    );
    const facts = await factsOf(ports, { credentials: NEW_APP, journal });
    expect(facts.isAskedFor).toBe(isAskedFor);
  });

  it('says that it stays where the directory may not be read', async () => {
    const ports = undoPorts();
    ports.resources.before = ({ target }) => {
      if (target.kind === 'application')
        throw azureError({ status: 403, code: 'Authorization_RequestDenied' }, 'You may not.');
    };
    const asked = [creating('application', BY_NAME, ports.clock.now())];
    expect(await factsOf(ports, { journal: asked })).toEqual({
      ...{ assignments: [], isAskedFor: false },
      notes: [
        'Whether the project has an app registration can’t be seen: You may not. If it has one, it stays.',
      ],
    });
    ports.resources.before = () => {
      throw cancellation();
    };
    await expect(factsOf(ports)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('finds it with its principal and the roles that a set-up gives it, by name', async () => {
    const ports = undoPorts();
    const app = ports.resources.put(BY_NAME, { id: 'app-object', appId: 'app-client' });
    expect(await factsOf(ports)).toEqual({
      ...{ application: app, assignments: [], isAskedFor: false, notes: [] },
    });
    ports.resources.put("/servicePrincipals(appId='app-client')", { id: PRINCIPAL });
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/${stage.ACCOUNT}`;
    const secrets = '00482a5a-887f-4fb3-b363-3b7fe8e74483';
    const blobs = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
    const grants = [
      [stage.artifacts, blobs],
      [vault, secrets],
    ] as const;
    const ids = grants.map(([scope, roleId]) => {
      const name = roleAssignmentName(scope, PRINCIPAL, roleId);
      return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    });
    for (const id of ids) ports.resources.put(id, {});
    const mine = roleAssignmentName(stage.artifacts, dev.principalId, blobs);
    const prefix = `${stage.artifacts}/providers/Microsoft.Authorization/roleAssignments`;
    ports.resources.put(`${prefix}/${mine}`, {});
    const facts = await factsOf(ports);
    expect(facts.principalId).toBe(PRINCIPAL);
    expect(facts.assignments.map(({ id }) => id)).toEqual(ids);
    // What is not the app's is not asked here at all.
    expect(ports.resources.calls.map(({ target }) => target.id)).not.toContain(`${prefix}/${mine}`);
  });
});

const app = (body: JsonObject = {}): ObservedResource => ({
  ...{ id: '/applications/App-Object', tags: {} },
  body: { displayName: 'dstack VISION', uniqueName: UNIQUE_NAME, ...body },
});
const unnamed = (body: JsonObject): ObservedResource => ({ ...app(), body });
const origins = (origin?: 'created' | 'adopted'): AppGrounds['origins'] =>
  new Map(origin === undefined ? [] : [['/applications/app-object', origin]]);
const secret = (displayName?: string): JsonObject => ({
  ...{ keyId: 'k', endDateTime: '2027-01-01T00:00:00Z' },
  ...(displayName === undefined ? {} : { displayName }),
});

const UNPROVED = { why: 'Nothing in Azure shows that this project made it.', canBeTicked: false };
const MARKED = {
  why: 'Carries the project’s mark, but no unique name that proves it.',
  canBeTicked: true,
};
const IN_USE = {
  why: 'Somebody has added a secret or a certificate to it, so it may be in use.',
  canBeTicked: true,
};

describe('an app registration', () => {
  it.each<[string, ObservedResource, AppGrounds['origins'], object | undefined]>([
    ['with our unique name', app(), origins(), undefined],
    ['with our unique name, adopted', app(), origins('adopted'), undefined],
    ['of another unique name', app({ uniqueName: 'x' }), origins('created'), UNPROVED],
    [
      'of another unique name and our tag',
      app({ uniqueName: 'x', tags: [OURS] }),
      ...([origins('created'), UNPROVED] as const),
    ],
    ['without name and tag', unnamed({}), origins('created'), UNPROVED],
    ['without name, of other tags', unnamed({ tags: ['x'] }), origins('created'), UNPROVED],
    ['without name, whose tags are a text', unnamed({ tags: OURS }), origins('created'), UNPROVED],
    ['with our tag, made by us', unnamed({ tags: ['x', OURS] }), origins('created'), undefined],
    ['with our tag, adopted', unnamed({ tags: [OURS] }), origins('adopted'), MARKED],
    ['with our tag alone', unnamed({ tags: [OURS] }), origins(), MARKED],
    [
      'with a secret of ours',
      app({ passwordCredentials: [secret('dstack-azure run-1')] }),
      ...([origins(), undefined] as const),
    ],
    [
      'with a secret of somebody',
      app({ passwordCredentials: [secret('dstack-azure run-1'), secret('laptop')] }),
      ...([origins(), IN_USE] as const),
    ],
    [
      'with a secret without a name',
      app({ passwordCredentials: [secret()] }),
      ...([origins(), IN_USE] as const),
    ],
    ['with a certificate', app({ keyCredentials: [{ keyId: 'c' }] }), origins(), IN_USE],
    [
      'with one secret and one certificate of somebody',
      app({ passwordCredentials: [secret()], keyCredentials: [{ keyId: 'c' }] }),
      ...([origins(), IN_USE] as const),
    ],
    [
      'whose keys are nothing that Graph would say',
      app({ passwordCredentials: 'x', keyCredentials: 'x' }),
      ...([origins(), undefined] as const),
    ],
    ['whose certificates are texts', app({ keyCredentials: ['x'] }), origins(), undefined],
  ])('%s has this problem', (_which, observed, known, problem) => {
    expect(appProblem({ project, origins: known }, observed)).toEqual(problem);
  });
});

const role = (name: string, principalId: string): ListedAssignment => ({
  id: `${group}/providers/Microsoft.Authorization/roleAssignments/${name}`,
  ...{ principalId, principalType: 'ServicePrincipal', roleDefinitionId: 'r' },
});
const NO_APP: AppFacts = { assignments: [], isAskedFor: false, notes: [] };

function itemsFor(
  facts: Partial<AppFacts>,
  otherRoles: readonly ListedAssignment[] = [],
): readonly UndoItem[] {
  return appItems({
    ...{ project, origins: origins(), otherRoles, app: { ...NO_APP, ...facts } },
    assignments: [role('Mine', PRINCIPAL.toUpperCase()), role('theirs', 'x'), role('nobody', '')],
  });
}

describe('the app in the plan of an undo', () => {
  it('is missing where there is none', () => {
    expect(itemsFor({})).toEqual([]);
  });

  it('goes after its roles, by its id and nothing else', () => {
    const theirs = [role('a', 'x'), role('b', '')];
    expect(itemsFor({ application: app(), principalId: PRINCIPAL }, theirs)).toEqual([
      {
        ...{ key: 'application', kind: 'application', id: '/applications/App-Object' },
        ...{ name: 'dstack VISION', decision: 'remove', proof: 'uniqueName', stage: 2 },
        why: 'Made for this project. Can be restored for 30 days.',
        target: {
          ...{ kind: 'application', id: '/applications/App-Object', ...at },
          ...{ apiVersion: 'v1.0', body: {} },
        },
        after: ['assignment/mine'],
      },
    ]);
  });

  it('is looked for by its name where it may not show yet', () => {
    expect(itemsFor({ isAskedFor: true })).toMatchObject([
      {
        ...{ id: BY_NAME, name: 'dstack vision', decision: 'remove', after: [] },
        why: 'Asked for a moment ago; looked for again first.',
        target: { kind: 'application', id: BY_NAME },
      },
    ]);
  });

  it.each<[string, () => readonly UndoItem[], Partial<UndoItem>]>([
    [
      'of somebody else stays',
      () => itemsFor({ application: app({ uniqueName: 'x' }) }),
      { decision: 'keep', why: UNPROVED.why },
    ],
    [
      'in use is asked for',
      () => itemsFor({ application: app({ keyCredentials: [{}] }) }),
      { decision: 'ask', ticked: false, why: IN_USE.why },
    ],
    [
      'with roles of somebody is asked for',
      () =>
        itemsFor({ application: app(), principalId: PRINCIPAL }, [
          role('more', PRINCIPAL.toUpperCase()),
        ]),
      {
        ...{ decision: 'ask', ticked: false },
        why: 'Somebody has given it other roles, so it may be in use.',
      },
    ],
    [
      'without a principal has no roles, and without a name that of a set-up',
      () => itemsFor({ application: app({ displayName: null }) }, [role('a', ''), role('b', 'x')]),
      { decision: 'remove', name: 'dstack vision', after: [] },
    ],
  ])('%s', (_what, items, expected) => {
    const [item] = items();
    expect(item).toMatchObject(expected);
    expect(item !== undefined && 'ticked' in item).toBe('ticked' in expected);
  });
});

describe('proving an app right before its delete', () => {
  const byId = stage.undoTarget('application', '/applications/App-Object');
  const byName = stage.undoTarget('application', BY_NAME);
  const item = stage.undoItem('application', {
    ...{ kind: 'application', proof: 'uniqueName', decision: 'ask' },
  });
  /** What the directory answers to a question by id or by name. */
  const show = ({ resources }: FakeUndoPorts, found: ObservedResource): void => {
    for (const { id } of [byId, byName]) resources.objects.set(id.toLowerCase(), found);
  };

  it.each<[string, ObservedResource, readonly string[], object]>([
    ['that is ours', app(), [], { status: 'ours' }],
    ['in use', app({ keyCredentials: [{}] }), [], { status: 'kept', why: IN_USE.why }],
    ['in use, ticked', app({ keyCredentials: [{}] }), ['application'], { status: 'ours' }],
    [
      'of somebody else, ticked',
      app({ uniqueName: 'x' }),
      ['application'],
      { status: 'kept', why: UNPROVED.why },
    ],
  ])('%s', async (_which, found, ticked, expected) => {
    const ports = undoPorts();
    show(ports, found);
    const run = stage.undoRun(ports, { ticked: new Set(ticked) });
    expect(await prove(run, item, byName)).toEqual({
      ...expected,
      ...('why' in expected ? {} : { target: { ...byId, apiVersion: 'v1.0' } }),
    });
    expect(run.events).toEqual([]);
  });

  it('believes the journal of its plan where the tenant knows no unique names', async () => {
    const ports = undoPorts();
    show(ports, unnamed({ tags: [OURS] }));
    const plan = stage.undoPlan([], { origins: origins('created') });
    expect(await prove(stage.undoRun(ports, { plan }), item, byId)).toMatchObject({
      status: 'ours',
    });
  });

  it.each<[string, typeof byId, number | undefined, number]>([
    ['one that the plan has seen', byId, 0, 0],
    ['one that nobody asked for', byName, undefined, 0],
    ['one of two minutes ago', byName, -120_000, 0],
    ['one of almost two minutes ago', byName, -119_999, 1],
    ['one of a moment ago', byName, -110_000, 5],
  ])('that is not there waits for %s', async (_which, target, askedAfter, looks) => {
    const ports = undoPorts();
    const start = ports.clock.now();
    if (askedAfter !== undefined)
      ports.journal.entries.push(creating('application', BY_NAME, start + askedAfter));
    const run = stage.undoRun(ports);
    expect(await prove(run, item, target)).toEqual({ status: 'gone' });
    expect(run.events).toEqual(
      Array.from({ length: looks }, (_, index) => ({
        ...{ code: 'removeWaiting', resource: 'application', waitMs: 2_000 },
        time: start + index * 2_000,
      })),
    );
    expect(ports.resources.calls).toHaveLength(looks + 1);
  });

  it('takes one that comes into sight while it waits', async () => {
    const ports = undoPorts();
    ports.journal.entries.push(creating('application', BY_NAME, ports.clock.now()));
    let reads = 0;
    ports.resources.before = () => {
      if ((reads += 1) === 3) show(ports, app());
    };
    const run = stage.undoRun(ports);
    expect(await prove(run, item, byName)).toMatchObject({
      ...{ status: 'ours', target: { id: '/applications/App-Object' } },
    });
    expect([run.events.length, reads]).toEqual([2, 3]);
  });

  it('says each wait for a directory that is not ready', async () => {
    const ports = undoPorts();
    show(ports, app());
    let reads = 0;
    ports.resources.before = () => {
      if ((reads += 1) === 1) throw azureError({ status: 404, code: 'Request_ResourceNotFound' });
    };
    const run = stage.undoRun(ports);
    await prove(run, item, byName);
    expect(run.events).toMatchObject([
      { code: 'removeWaiting', resource: 'application', reason: 'Request_ResourceNotFound' },
    ]);
  });
});
