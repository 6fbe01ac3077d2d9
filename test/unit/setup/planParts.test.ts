import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../../src/contract/wizardState.ts';
import { planCosts } from '../../../src/setup/costs.ts';
import { durationInWords, typicalSeconds } from '../../../src/setup/duration.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { hasHandOff, handOffView, planSummary, planView } from '../../../src/setup/planView.ts';
import type { Preflight } from '../../../src/setup/preflight.ts';
import { rightsView } from '../../../src/setup/rightsView.ts';
import type { ResourceKind } from '../../../src/setup/resource.ts';
import { planOfChanges, sampleChange } from './changes.ts';
import { sampleSpec } from './sampleSpec.ts';

type Check = Preflight['checks'][number];

function check(verdict: Check['verdict'], more: Partial<Check> = {}): Check {
  return {
    action: `Microsoft.Storage/${verdict}`,
    scope: '/subscriptions/s',
    verdict,
    why: verdict === 'may' ? '' : 'Because.',
    roles: [],
    grantAt: '/subscriptions/s',
    steps: [],
    ...more,
  };
}

function found(more: Partial<Preflight> = {}): Preflight {
  return {
    skipped: false,
    checks: [],
    problems: [],
    handedOff: new Map(),
    waiting: [],
    runnable: [],
    notes: [],
    ...more,
  };
}

const refused = new SetupError({
  code: 'refused',
  source: 'azure',
  message: 'You may not.',
  remedy: 'Ask somebody.',
});

describe('the summary of a plan', () => {
  it.each<[readonly PlanAction[], string]>([
    [['create', 'create'], '2 to create'],
    [['update', 'replace'], '2 to change'],
    [['adopt'], '1 to use as they are'],
    [['keep', 'keep', 'keep'], '3 already right'],
    [['conflict'], '1 in the way'],
    [
      ['conflict', 'keep', 'adopt', 'update', 'create'],
      '1 to create, 1 to change, 1 to use as they are, 1 already right, 1 in the way',
    ],
    [[], ''],
  ])('of %j says how many there are of each sort: %j', (actions, summary) => {
    const changes = actions.map((action) => sampleChange('blobContainer', action));
    expect(planSummary(planOfChanges(changes))).toBe(summary);
  });
});

describe('the view of a plan', () => {
  const role = sampleChange('roleAssignment', 'create', {
    scope: 'the container',
    grantedTo: 'the identity',
  });
  const account = sampleChange('storageAccount', 'keep');

  it('says of an object what it is, and only of a role who gets it and where', () => {
    expect(planView(planOfChanges([account, role])).items).toEqual([
      {
        key: 'storageAccount',
        kindLabel: 'Storage account',
        name: 'the-storageAccount',
        action: 'keep',
        reason: 'Its reason.',
        purpose: 'Its purpose.',
      },
      {
        key: 'roleAssignment',
        kindLabel: 'Role assignment',
        name: 'the-roleAssignment',
        action: 'create',
        reason: 'Its reason.',
        purpose: 'Its purpose.',
        scope: 'the container',
        grantedTo: 'the identity',
      },
    ]);
  });

  it('has nothing of a preflight that was not made, and its empty answers are no news', () => {
    for (const view of [
      planView(planOfChanges([role])),
      planView(planOfChanges([role]), [], found()),
    ]) {
      expect(view).not.toHaveProperty('problems');
      expect(view).not.toHaveProperty('handOff');
      expect(view).not.toHaveProperty('rights');
      expect(view).toMatchObject({ planId: 'a-plan', canApply: true, files: [], warnings: [] });
    }
  });

  it('shows what the preflight found, and can’t be run with a problem', () => {
    const preflight = found({ problems: [refused], notes: ['A note.'], checks: [check('may')] });
    const files = [{ path: 'a', note: 'b' }];
    const view = planView(planOfChanges([role]), files, preflight);
    expect(view.canApply).toBe(false);
    expect(view.problems).toEqual([
      { code: 'refused', message: 'You may not.', remedy: 'Ask somebody.' },
    ]);
    expect(view).toMatchObject({ files, warnings: ['A note.'], rights: { isClear: true } });
  });

  it('can’t be run with a conflict', () => {
    const conflict = sampleChange('keyVault', 'conflict');
    expect(planView(planOfChanges([role, conflict])).canApply).toBe(false);
  });

  it('says of each open port what it is for', () => {
    expect(planView(planOfChanges([], sampleSpec({ gateways: true }))).ports).toEqual([
      { ports: '22', purpose: 'SSH, by which dstack and you reach the VMs of runs.' },
      { ports: '80, 443', purpose: 'HTTP and HTTPS of gateways, which publish services.' },
    ]);
  });

  it('hands to an administrator what can’t be done here, but not what needs no doing', () => {
    const plan = planOfChanges([account, role]);
    const handedOff = new Map([
      ['storageAccount', refused],
      ['roleAssignment', refused],
    ]);
    expect(hasHandOff(plan, { handedOff: new Map() })).toBe(false);
    expect(hasHandOff(plan, { handedOff })).toBe(true);
    expect(handOffView(plan, found({ handedOff })).steps).toEqual([
      'the-roleAssignment: Its purpose.',
    ]);
    expect(planView(plan, [], found({ handedOff })).handOff?.steps).toHaveLength(1);
  });

  it('hands over the roles of a server elsewhere whose identity nobody knows', () => {
    const server = { kind: 'remote', url: 'https://dstack.example' } as const;
    const plan = planOfChanges([account], sampleSpec({ server }));
    expect(hasHandOff(plan, found())).toBe(true);
    expect(planView(plan, [], found()).handOff?.steps).toHaveLength(5);
    expect(planView(plan)).not.toHaveProperty('handOff');
  });
});

describe('the time that a plan takes', () => {
  const after = (kind: ResourceKind, ...dependsOn: string[]) =>
    sampleChange(kind, 'create', { dependsOn });

  it.each([
    ['nothing', [], 0],
    ['one step', [after('storageAccount')], 20],
    [
      'two that wait for each other',
      [after('resourceGroup'), after('storageAccount', 'resourceGroup')],
      22,
    ],
    [
      'the longer of two that do not',
      [after('resourceGroup'), after('keyVault', 'resourceGroup'), after('tags', 'resourceGroup')],
      24,
    ],
    [
      'a chain over what is there already',
      [
        after('resourceGroup'),
        sampleChange('storageAccount', 'keep', { dependsOn: ['resourceGroup'] }),
        after('blobContainer', 'storageAccount'),
      ],
      3,
    ],
    ['what stands in no plan', [after('blobContainer', 'of somebody else')], 1],
  ])('is that of %s', (_name, changes, seconds) => {
    expect(typicalSeconds({ changes })).toBe(seconds);
  });

  it('leaves out what the rest does not wait for', () => {
    const record = sampleChange('providerRegistration', 'create', { optional: true });
    expect(typicalSeconds({ changes: [record, after('tags')] })).toBe(1);
  });

  it.each<[readonly ResourceKind[], string]>([
    [['storageAccount'], 'Takes about 20 seconds.'],
    [['resourceGroup', 'storageAccount'], 'Takes about 25 seconds.'],
    // 22 + 22 + 22 + 22 + 2, and one more
    [['keyVault', 'keyVault', 'keyVault', 'keyVault', 'resourceGroup'], 'Takes about 90 seconds.'],
    [['keyVault', 'keyVault', 'keyVault', 'keyVault', 'roleAssignment'], 'Takes about 2 minutes.'],
    [['providerRegistration'], 'Takes about 2 minutes.'],
    [['providerRegistration', 'tags'], 'Takes about 3 minutes.'],
  ])('is said for %j, rounded up', (kinds, text) => {
    const changes = kinds.map((kind, index) =>
      sampleChange(kind, 'create', {
        key: index.toString(),
        dependsOn: index === 0 ? [] : [(index - 1).toString()],
      }),
    );
    expect(durationInWords({ changes })).toBe(text);
  });

  it('is not said where nothing is written', () => {
    const changes = [sampleChange('storageAccount', 'keep'), sampleChange('tags', 'adopt')];
    expect(durationInWords({ changes })).toBeUndefined();
  });

  it('tells of the record that follows, if it is still to be written', () => {
    const record = sampleChange('projectRecord', 'create', { optional: true });
    const changes = [sampleChange('storageAccount')];
    expect(durationInWords({ changes: [...changes, record] })).toBe(
      'Takes about 20 seconds. The project record follows as soon as its role has spread: 10 minutes at most.',
    );
    const kept = { ...record, action: 'keep' as const };
    expect(durationInWords({ changes: [...changes, kept] })).toBe('Takes about 20 seconds.');
  });
});

describe('the costs of a plan', () => {
  it('name each kind once, with its list price, and what comes with runs', () => {
    const changes = [
      sampleChange('storageAccount'),
      sampleChange('keyVault'),
      sampleChange('keyVault'),
      sampleChange('logAnalyticsWorkspace'),
      sampleChange('virtualNetwork'),
      sampleChange('roleAssignment'),
    ];
    const { items, note } = planCosts({ changes });
    expect(items).toEqual([
      {
        what: 'Storage account',
        price: 'about $0.02 per GB and month; operations and outgoing traffic are billed by use',
      },
      { what: 'Key vault', price: 'about $0.03 per 10,000 operations' },
      { what: 'Log Analytics workspace', price: 'billed by use, per GB of logs taken in' },
      {
        what: 'VMs of runs, with their disks and addresses',
        price: 'billed by use, from start to end of a run; dstack shows the price before each run',
      },
      { what: 'Everything else of this plan', price: 'free of charge' },
    ]);
    expect(note).toMatch(/^Rough list prices in US dollars, without tax\./);
  });
});

describe('what an account may do of a plan', () => {
  it('is not shown where nothing was asked', () => {
    expect(rightsView({ checks: [] })).toBeUndefined();
  });

  it.each<[readonly Check['verdict'][], string, boolean]>([
    [['may', 'may'], 'Your account may do everything that the plan needs: 2 actions.', true],
    [['may', 'mayNot'], 'Of the 2 actions that the plan needs, your account may not do 1.', false],
    [
      ['cantTell', 'may'],
      'Of the 2 actions that the plan needs, only the call itself tells about 1.',
      false,
    ],
    [
      ['cantTell', 'mayNot', 'cantTell'],
      'Of the 3 actions that the plan needs, your account may not do 1; of 2 only the call itself tells.',
      false,
    ],
  ])('is summed up for %j', (verdicts, summary, isClear) => {
    const view = rightsView({ checks: verdicts.map((verdict) => check(verdict)) });
    expect(view).toMatchObject({ summary, isClear });
  });

  it('begins with what needs a look', () => {
    const verdicts = ['may', 'cantTell', 'mayNot', 'may', 'mayNot'] as const;
    const view = rightsView({ checks: verdicts.map((verdict) => check(verdict)) });
    expect(view?.checks.map(({ verdict }) => verdict)).toEqual([
      'mayNot',
      'mayNot',
      'cantTell',
      'may',
      'may',
    ]);
  });

  it('names the roles that would help, where one is missing', () => {
    const roles = ['Storage Account Contributor', 'Contributor'];
    const view = rightsView({
      checks: [check('mayNot', { roles }), check('mayNot'), check('may', { roles })],
    });
    expect(view?.checks).toEqual([
      {
        action: 'Microsoft.Storage/mayNot',
        scope: '/subscriptions/s',
        verdict: 'mayNot',
        why: 'Because.',
        remedy:
          'Would help: the role Storage Account Contributor or Contributor at /subscriptions/s.',
      },
      {
        action: 'Microsoft.Storage/mayNot',
        scope: '/subscriptions/s',
        verdict: 'mayNot',
        why: 'Because.',
      },
      { action: 'Microsoft.Storage/may', scope: '/subscriptions/s', verdict: 'may', why: '' },
    ]);
  });
});
