import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/setup/errors.ts';
import { roleAssignmentName } from '../../../src/setup/names.ts';
import type { Answer } from '../../../src/setup/preflightRead.ts';
import { blockersIn, planUndo } from '../../../src/setup/undo.ts';
import type { UndoPlan } from '../../../src/setup/undoPlan.ts';
import type { ListedMachine, UndoPorts } from '../../../src/setup/undoPorts.ts';
import { FakeServer, undoPorts, type FakeUndoPorts } from './fakeUndo.ts';
import { dev, sampleSpec } from './sampleSpec.ts';
import * as stage from './undoStage.ts';

const { ACCOUNT, account, group, mark, OTHERS, project } = stage;
const never = new AbortController().signal;
const plan = (ports: UndoPorts): Promise<UndoPlan> => planUndo(sampleSpec(), dev, ports, never);
const said = ({ code, source, message, remedy }: SetupError): readonly string[] => [
  ...[code, source, message, remedy],
];

describe('what stops an undo', () => {
  const machine = (name: string, change: Partial<ListedMachine> = {}): ListedMachine => ({
    ...{ id: `${group}/vm`, name, tags: {}, identityIds: [], ...change },
  });
  const RUNNER = `/x/userAssignedIdentities/${ACCOUNT.toUpperCase()}-Runner-Identity`;
  const nobody: Answer<readonly string[]> = { known: true, value: [] };
  const STOP = 'Stop the runs and delete the fleets (dstack fleet delete), then try again.';

  it.each<[string, Partial<ListedMachine>, boolean]>([
    ['our identity beside another', { identityIds: ['/x/other', RUNNER] }, true],
    ['an identity of another project', { identityIds: [`/x/2${ACCOUNT}-runner-identity`] }, false],
    ['dstack’s tag of this project', { tags: { dstack_project: 'VISION' } }, true],
    ['dstack’s tag of another', { tags: { dstack_project: 'speech', owner: 'dstack' } }, false],
    [
      'dstack’s tag of another and our identity',
      { tags: { dstack_project: 'speech' }, identityIds: [RUNNER] },
      true,
    ],
    ['dstack as its owner', { tags: { owner: 'dstack' } }, true],
    ['another owner', { tags: { owner: 'jane' } }, false],
    ['nothing of it', {}, false],
  ])('a VM with %s: %j %s', (_what, change, isStopped) => {
    const machines = [machine('gpu-1', change)];
    const blockers = blockersIn({ project, machines, running: nobody });
    expect(blockers).toHaveLength(isStopped ? 1 : 0);
  });

  it('is said with all names and what to do, VMs first', () => {
    const tags = { owner: 'dstack' };
    const machines = [machine('gpu-1', { tags }), machine('web'), machine('gpu-2', { tags })];
    const running: Answer<readonly string[]> = { known: true, value: ['fleet-a', 'run-b'] };
    expect(blockersIn({ project, machines, running }).map(said)).toEqual([
      ['project_in_use', 'user', 'VMs of the project exist: gpu-1, gpu-2.', STOP],
      ['project_in_use', 'user', 'The server still has in use: fleet-a, run-b.', STOP],
    ]);
  });

  it('is a server that does not say what is running', () => {
    const running: Answer<never> = { known: false, why: 'It is down.' };
    expect(blockersIn({ project, machines: [], running }).map(said)).toEqual([
      [
        ...['server_unreachable', 'dstack'],
        'The dstack server does not say what is running: It is down.',
        'Start the server, or remove the project without it.',
      ],
    ]);
  });

  it('is a record of a newer version, before anything else', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    const newer = { code: 'record_newer', source: 'user', message: 'm', remedy: 'r' } as const;
    ports.records.before = () => {
      throw new SetupError(newer);
    };
    ports.azure.machines.push(machine('gpu-1', { tags: { owner: 'dstack' } }));
    const { blockers } = await plan(ports);
    expect(blockers.map(({ code }) => code)).toEqual(['record_newer', 'project_in_use']);
  });
});

describe('the plan of an undo', () => {
  const theirs = (name: string): string => `${group}/providers/Microsoft.Sql/servers/${name}`;

  it('of nothing is empty', async () => {
    const ports = undoPorts();
    ports.journal.entries.push(stage.creating('resourceGroup', group));
    const origins: UndoPlan['origins'] = new Map([[group.toLowerCase(), 'created']]);
    expect(await plan(ports)).toEqual(stage.undoPlan([], { origins }));
  });

  it('begins with the server, and goes on stage by stage', async () => {
    const ports: FakeUndoPorts = { ...undoPorts(), server: new FakeServer() };
    stage.putProject(ports);
    ports.resources.put(stage.network(`${ACCOUNT}-default-network`), { tags: mark() });
    ports.resources.put(stage.artifacts, {});
    const role = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
    const name = roleAssignmentName(stage.artifacts, dev.principalId, role);
    const mine = `${stage.artifacts}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const properties = { principalId: dev.principalId, description: stage.OURS };
    ports.resources.put(mine, { properties: { ...properties, roleDefinitionId: `/r/${role}` } });
    const { items, foreign } = await plan(ports);
    expect(items[0]).toEqual({
      ...{ key: 'server', kind: 'server', id: 'http://localhost:3000' },
      ...{ name: 'http://localhost:3000', decision: 'remove', proof: 'none', stage: 0, after: [] },
      why: 'The server forgets the project and its credentials.',
    });
    // By the right of the person the account is looked into, so it goes after it.
    const members = ['virtualNetwork', 'storageAccount', `assignment/${name}`];
    expect(items.map(({ key }) => key)).toEqual(['server', ...members, 'resourceGroup']);
    expect(foreign).toEqual([]);
  });

  it('names what others have in the group', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    ports.resources.put(theirs('Payroll'), {});
    ports.resources.put(theirs('crm'), {});
    expect((await plan(ports)).foreign).toEqual(['Payroll', 'crm']);
  });

  it('names what another attempt has left', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    expect((await plan(ports)).notes.join()).not.toContain('attempt');
    ports.resources.put(`${account}x`, { tags: mark(OTHERS) });
    ports.resources.put(theirs('vision'), { tags: mark(OTHERS) });
    expect((await plan(ports)).notes).toContain(
      `An attempt with another storage account has left ${ACCOUNT}x, vision. Remove it with that account’s name.`,
    );
  });

  it('shows what a record names and nobody proves, and believes none of it', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    const [crown, dotted] = [`${group}2/x/crown`, `${group}/../prod/jewels`];
    stage.putRecord(ports, [
      stage.recorded('resourceGroup', group),
      ...[crown, dotted].map((id) => stage.recorded('storageAccount', id)),
    ]);
    const { items, notes } = await plan(ports);
    const kept = { kind: 'projectRecord', decision: 'keep', proof: 'none', stage: 8, after: [] };
    expect(items.filter(({ key }) => key.startsWith('refused/'))).toEqual([
      {
        ...{ key: 'refused/0', id: crown, name: 'crown', ...kept },
        why: 'The record names it, but it lies outside of the project. Never touched.',
      },
      {
        ...{ key: 'refused/1', id: dotted, name: 'jewels', ...kept },
        why: 'The record names it, but that is no id that the project can have.',
      },
    ]);
    expect(notes).toEqual([
      `The project record names things that are not the project’s (${crown}, ${dotted}), so none of it is believed.`,
    ]);
  });

  it('shows once what it removes by its own proof, whatever a record says of it', async () => {
    const ports = undoPorts();
    stage.putProject(ports);
    stage.putContainer(ports, stage.recordContainer);
    // A record of another name in the same account: the account is foreign to it, and ours.
    const spec = sampleSpec({ name: 'speech' });
    stage.putRecord(ports, [stage.recorded('storageAccount', account)], { spec });
    const { items, notes } = await plan(ports);
    expect(notes.join()).toContain(account);
    expect(items.filter(({ id }) => id === account)).toHaveLength(1);
  });
});
