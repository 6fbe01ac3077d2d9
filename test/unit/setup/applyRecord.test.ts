import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/setup/apply.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import type { ProjectRecord } from '../../../src/setup/projectRecord.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { azureError, fakePorts, type FakePorts } from './fakeAzure.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const spec = sampleSpec();
const plan = (ports: FakePorts): Promise<ProjectPlan> => planProject(spec, dev, ports, never);
const run = async (ports: FakePorts, approved: ProjectPlan): Promise<RunResult> =>
  await runProject(approved, ports, { report: () => undefined, signal: never });

/** Somebody writes a record just before our own write. */
function writtenBefore(ports: FakePorts, record: ProjectRecord | undefined): void {
  let isFirst = true;
  ports.records.before = (op) => {
    if (op !== 'write' || !isFirst) return;
    isFirst = false;
    const key = 'https://dstackvision1a2b3c4d.blob.core.windows.net/ vision';
    if (record === undefined) ports.records.blobs.delete(key);
    else ports.records.blobs.set(key, { record, etag: 'theirs' });
  };
}

const recordIn = ({ records }: FakePorts): ProjectRecord => {
  const [found] = records.blobs.values();
  return found?.record ?? expect.fail('There is no record.');
};

/** The record of a whole project, as another machine writes it. */
async function wholeRecord(): Promise<ProjectRecord> {
  const ports = fakePorts();
  await run(ports, await plan(ports));
  return recordIn(ports);
}

const inRecord = ({ resources }: ProjectRecord): readonly string[] =>
  resources.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));

describe('the record of a run', () => {
  it('lists what was made and by which run, and leaves out what is nobody’s to remove', async () => {
    const record = await wholeRecord();
    expect(record).toMatchObject({
      ...{ schema: 1, spec, server: { kind: 'local' }, secrets: [], pending: [] },
    });
    expect(new Set(record.resources.map(({ runId }) => runId))).toEqual(new Set(['run-1']));
    expect(record.resources.map(({ kind, origin }) => `${kind} ${origin}`)).toEqual([
      'resourceGroup created',
      'storageAccount created',
      'blobContainer created',
      'blobContainer created',
      'userAssignedIdentity created',
      'networkSecurityGroup created',
      'virtualNetwork created',
      'roleAssignment created',
      'roleAssignment created',
      'roleAssignment created',
    ]);
  });

  it('goes into the journal under its own address once it is written', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const entry = ports.journal.entries.findLast(({ event }) => event === 'created');
    expect(entry).toMatchObject({ key: 'projectRecord', origin: 'created', outputs: {} });
    const id = entry?.event === 'created' ? entry.id : '';
    expect(id).toMatch(/\/containers\/dstack-azure\/blobs\/projects\/vision\.json$/);
  });

  it('goes over one that was written in the meantime, with its entries kept', async () => {
    const theirs = await wholeRecord();
    const extra: ProjectRecord['resources'][number] = {
      ...{ kind: 'roleAssignment', id: '/theirs', runId: 'run-9' },
      ...{ origin: 'created', outputs: {} },
    };
    const ports = fakePorts();
    writtenBefore(ports, { ...theirs, resources: [extra, ...theirs.resources.slice(0, 2)] });
    expect((await run(ports, await plan(ports))).outcome).toBe('done');
    const ids = inRecord(recordIn(ports));
    expect(ids[0]).toBe('theirs');
    expect(ids).toHaveLength(theirs.resources.length + 1);
    expect(ports.records.writes).toBe(1);
  });

  it('is not written again if the one in the meantime says the same', async () => {
    const theirs = await wholeRecord();
    const ports = fakePorts();
    writtenBefore(ports, theirs);
    expect((await run(ports, await plan(ports))).outcome).toBe('done');
    expect(ports.records.writes).toBe(0);
    expect(recordIn(ports)).toEqual(theirs);
  });

  it('is made anew if the one that it goes on from has gone in the meantime', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    const wider = sampleSpec({ gateways: true });
    const approved = await planProject(wider, dev, ports, never);
    writtenBefore(ports, undefined);
    expect((await run(ports, approved)).outcome).toBe('done');
    expect(recordIn(ports).spec.gateways).toBe(true);
  });

  it('never goes over that of another project', async () => {
    const theirs = await wholeRecord();
    const ports = fakePorts();
    writtenBefore(ports, { ...theirs, projectId: '00000000-0000-0000-0000-000000000009' });
    const { failures } = await run(ports, await plan(ports));
    expect(failures.get('projectRecord')).toMatchObject({
      ...{ code: 'record_of_another_project', source: 'user', object: 'projectRecord' },
      message: 'The account holds the record of another project of this name.',
      remedy: 'Use that project, or choose another storage account.',
    });
    expect(ports.records.writes).toBe(0);
  });

  it('that can’t be written for another reason fails with that reason', async () => {
    const ports = fakePorts();
    ports.records.before = (op) => {
      if (op === 'write') throw azureError({ status: 400, code: 'InvalidHeader' });
    };
    const { failures } = await run(ports, await plan(ports));
    expect([...failures].map(([key, { code }]) => [key, code])).toEqual([
      ['projectRecord', 'InvalidHeader'],
    ]);
  });

  it('can’t be kept in an account without blobs', async () => {
    const ports = fakePorts();
    const poll = ports.resources.poll.bind(ports.resources);
    ports.resources.poll = async (target, state, signal) => {
      const operation = await poll(target, state, signal);
      if (operation.status !== 'succeeded' || operation.resource === undefined) return operation;
      return {
        ...operation,
        resource: { ...operation.resource, body: { ...operation.resource.body, properties: {} } },
      };
    };
    const { failures } = await run(ports, await plan(ports));
    expect(failures.get('projectRecord')).toMatchObject({
      ...{ code: 'no_blob_endpoint', source: 'azure', object: 'projectRecord' },
      message: 'The storage account has no blob endpoint.',
      remedy: 'Choose an account of kind StorageV2.',
    });
  });
});

describe('what the plan says of the record', () => {
  const said = async (ports: FakePorts, of = spec): Promise<unknown> => {
    const made = await planProject(of, dev, ports, never);
    const { action, reason } = made.changes.at(-1) ?? expect.fail('The plan is empty.');
    return [action, reason];
  };
  const failing = (error: Error) => (): never => {
    throw error;
  };
  const unreadable = (code: string): SetupError =>
    new SetupError({ code, source: 'azure', message: 'Broken.', remedy: 'Mend it.' });

  it.each<[string, (ports: FakePorts) => void, readonly [string, string]]>([
    ['is as it was', () => undefined, ['keep', 'Is as it should be.']],
    ['is gone', ({ records }) => records.blobs.clear(), ['create', 'Does not exist yet.']],
    [
      'is another project’s',
      (ports) => {
        const record = { ...recordIn(ports), projectId: '00000000-0000-0000-0000-000000000009' };
        for (const key of ports.records.blobs.keys()) {
          ports.records.blobs.set(key, { record, etag: 'e' });
        }
      },
      ['conflict', 'It belongs to another project.'],
    ],
    [
      'is broken',
      ({ records }) => (records.before = failing(unreadable('record_unreadable'))),
      ['conflict', 'Broken. Mend it.'],
    ],
    [
      'is of a newer version',
      ({ records }) => (records.before = failing(unreadable('record_newer'))),
      ['conflict', 'Broken. Mend it.'],
    ],
    [
      'may not be read yet',
      ({ records }) =>
        (records.before = failing(azureError({ status: 403, code: 'X' }, 'Not yet.'))),
      ['update', 'Can’t be read yet: Not yet.'],
    ],
    [
      'has lost an entry',
      (ports) => {
        const record = recordIn(ports);
        for (const key of ports.records.blobs.keys()) {
          const resources = record.resources.slice(1);
          ports.records.blobs.set(key, { record: { ...record, resources }, etag: 'e' });
        }
      },
      ['update', 'The project has changed.'],
    ],
    [
      'lists an object that is gone',
      ({ resources }) => {
        for (const id of resources.objects.keys()) {
          if (id.includes('/virtualnetworks/')) resources.objects.delete(id);
        }
      },
      ['update', 'The project has changed.'],
    ],
  ])('if it %s', async (_if, hand, expected) => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    hand(ports);
    expect(await said(ports)).toEqual(expected);
  });

  it('is that it changes with the spec, but not with the folder of this machine', async () => {
    const ports = fakePorts();
    await run(ports, await plan(ports));
    expect(await said(ports, sampleSpec({ workspace: '/w' }))).toEqual([
      'keep',
      'Is as it should be.',
    ]);
    expect(await said(ports, sampleSpec({ gateways: true }))).toEqual([
      'update',
      'The project has changed.',
    ]);
  });
});
