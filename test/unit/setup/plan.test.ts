import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../../src/contract/wizardState.ts';
import { appUniqueName, createdBy, CREATED_BY_TAG } from '../../../src/setup/names.ts';
import {
  isUnchanged,
  makePlan,
  onlyFinishes,
  type Change,
  type Observation,
  type Origin,
  type Plan,
} from '../../../src/setup/plan.ts';
import type { ObservedResource } from '../../../src/setup/ports.ts';
import type { DesiredResource, ResourceKind } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { sampleResource } from './changes.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const project = projectContext(sampleSpec(), dev);
const OURS = project.createdBy;
const OTHER = createdBy('00000000-0000-0000-0000-000000000001');

const resource = (change: Partial<DesiredResource> = {}): DesiredResource =>
  sampleResource('virtualNetwork', { key: 'x', name: 'net', purpose: 'P.', ...change });

const there = (
  change: Partial<ObservedResource> = {},
  body: ObservedResource['body'] = {},
): ObservedResource => ({ id: '/Some/Id', tags: {}, body, ...change });

const tagged = there({ tags: { [CREATED_BY_TAG]: OURS } });
const described = (description: string): ObservedResource =>
  there({}, { properties: { description } });
const record = { action: 'create', reason: 'R.' } as const;

function changeOf(
  desired: DesiredResource,
  observed: ObservedResource | undefined,
  origin?: Origin,
  more: Partial<Observation> = {},
): Change {
  const { changes } = makePlan(project, [desired], {
    observed: new Map(observed === undefined ? [] : [[desired.key, observed]]),
    origins: new Map(origin === undefined ? [] : [['/some/id', origin]]),
    record,
    ...more,
  });
  return changes[0] ?? expect.fail('The plan is empty.');
}

const differs = (): string => 'It is narrow.';
const TAKEN =
  'net exists already and was not made by this project. Choose it as existing, or another name.';
const AS_IT_IS = 'Exists already; used as it is.';
const KEPT = 'Is as it should be.';

interface Case {
  readonly what: string;
  readonly wants?: Partial<DesiredResource>;
  readonly is?: ObservedResource;
  readonly recorded?: Origin;
  readonly then: readonly [PlanAction, string, Origin];
}

const CASES: readonly Case[] = [
  { what: 'what is absent', then: ['create', 'Does not exist yet.', 'created'] },
  {
    what: 'what was chosen and is gone',
    wants: { mode: 'use' },
    then: ['conflict', 'net does not exist any more. Choose another one.', 'adopted'],
  },
  { what: 'ours', is: tagged, then: ['keep', KEPT, 'created'] },
  {
    what: 'ours, changed by hand',
    is: tagged,
    wants: { difference: differs, mustFit: true, mustBeOurs: true },
    then: ['update', 'It is narrow.', 'created'],
  },
  {
    what: 'ours, which Azure did not finish',
    is: { ...tagged, provisioningState: 'Failed' },
    then: ['update', 'Azure failed to finish it before.', 'created'],
  },
  {
    what: 'ours, which Azure is making',
    is: { ...tagged, provisioningState: 'Creating' },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'ours by the tag, though the record says otherwise',
    is: tagged,
    recorded: 'adopted',
    then: ['keep', KEPT, 'created'],
  },
  { what: 'somebody else’s', is: there(), then: ['adopt', AS_IT_IS, 'adopted'] },
  {
    what: 'another project’s',
    is: there({ tags: { [CREATED_BY_TAG]: OTHER } }),
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'somebody else’s, recorded as ours',
    is: there(),
    recorded: 'created',
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'somebody else’s that is used already',
    is: there(),
    recorded: 'adopted',
    then: ['keep', 'Used by the project as it is.', 'adopted'],
  },
  {
    what: 'somebody else’s that Azure did not finish',
    is: there({ provisioningState: 'Failed' }),
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'somebody else’s that differs',
    is: there(),
    wants: { difference: differs },
    then: ['adopt', 'Exists already; used as it is, although: It is narrow.', 'adopted'],
  },
  {
    what: 'somebody else’s that is of no use if it differs',
    is: there(),
    wants: { difference: differs, mustFit: true },
    then: [
      'conflict',
      'It was not made by this project, so it is not changed. It is narrow.',
      'adopted',
    ],
  },
  {
    what: 'somebody else’s that has to fit and does',
    is: there(),
    wants: { mustFit: true },
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'somebody else’s in the place of what has to be ours',
    is: there(),
    wants: { mustBeOurs: true },
    then: ['conflict', TAKEN, 'adopted'],
  },
  {
    what: 'another project’s in the place of what has to be ours',
    is: there({ tags: { [CREATED_BY_TAG]: OTHER } }),
    wants: { mustBeOurs: true, sharedWith: () => undefined },
    then: ['conflict', TAKEN, 'adopted'],
  },
  {
    what: 'what has to be ours, and is',
    is: tagged,
    wants: { mustBeOurs: true },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'what was chosen',
    is: there(),
    wants: { mustBeOurs: true, mode: 'use' },
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'an earlier attempt’s, which may be shared',
    is: there(),
    wants: { mustBeOurs: true, sharedWith: () => 'Of an earlier attempt.' },
    then: ['adopt', 'Of an earlier attempt.', 'adopted'],
  },
  {
    what: 'what can’t be used at all',
    is: tagged,
    wants: { conflict: () => 'Of a kind that holds no blobs.' },
    then: ['conflict', 'Of a kind that holds no blobs.', 'adopted'],
  },
  {
    what: 'a shared thing that is right',
    is: there(),
    wants: { ownership: 'shared' },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'a shared thing that is not right yet',
    is: there(),
    wants: { ownership: 'shared', difference: differs },
    then: ['update', 'It is narrow.', 'created'],
  },
  {
    what: 'a container that the record calls ours',
    is: there(),
    wants: { ownership: 'record' },
    recorded: 'created',
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'a container that nobody knows',
    is: tagged,
    wants: { ownership: 'record' },
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'a role with our description',
    is: described(OURS),
    wants: { ownership: 'description' },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'a role with another description',
    is: described(OTHER),
    wants: { ownership: 'description' },
    recorded: 'created',
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'an app of our name',
    is: there({}, { uniqueName: appUniqueName(project.projectId) }),
    wants: { ownership: 'app', kind: 'application' },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'an app with our tag',
    is: there({}, { tags: ['x', OURS] }),
    wants: { ownership: 'app', kind: 'application' },
    then: ['keep', KEPT, 'created'],
  },
  {
    what: 'an app with others’ tags',
    is: there({}, { tags: ['x', OTHER], uniqueName: 'x' }),
    wants: { ownership: 'app', kind: 'application' },
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'an app without tags or name',
    is: there({}, { uniqueName: null, tags: null }),
    wants: { ownership: 'app', kind: 'application' },
    then: ['adopt', AS_IT_IS, 'adopted'],
  },
  {
    what: 'what is found only through our app',
    is: there(),
    wants: { ownership: 'app', kind: 'servicePrincipal' },
    then: ['keep', KEPT, 'created'],
  },
];

describe('the plan of one resource', () => {
  it.each(CASES)('for $what: $then', ({ wants, is, recorded, then }) => {
    const change = changeOf(resource(wants), is, recorded);
    expect([change.action, change.reason, change.origin]).toEqual(then);
    expect(change.observed).toBe(is);
  });

  it('looks where another resource’s JSON shows its state', () => {
    const observed = new Map([['account', there()]]);
    const change = changeOf(
      resource({ readsFrom: 'account', ownership: 'shared' }),
      undefined,
      undefined,
      { observed },
    );
    expect(change.action).toBe('keep');
  });

  it('takes what is known about record and secret as it is, whatever Azure shows', () => {
    const secret = { action: 'keep', reason: 'Valid.' } as const;
    const of = (kind: ResourceKind, more: Partial<Observation> = {}): unknown => {
      const { action, reason, origin } = changeOf(resource({ kind }), there(), undefined, more);
      return [action, reason, origin];
    };
    expect(of('projectRecord', { secret })).toEqual(['create', 'R.', 'created']);
    expect(of('clientSecret', { secret })).toEqual(['keep', 'Valid.', 'created']);
    expect(of('clientSecret')).toEqual(['adopt', AS_IT_IS, 'adopted']);
    expect(of('virtualNetwork', { secret })).toEqual(['adopt', AS_IT_IS, 'adopted']);
  });
});

const plan = (
  changes: readonly (readonly [PlanAction, Origin?, ResourceKind?, string?])[],
  projectId = 'p',
): Plan => ({
  planId: 'i',
  project,
  projectId,
  spec: project.spec,
  caller: dev,
  changes: changes.map(([action, origin = 'created', kind = 'virtualNetwork', key = 'x']) => ({
    resource: resource({ key, kind }),
    action,
    reason: '',
    origin,
  })),
});

describe('a plan', () => {
  it.each<[boolean, readonly PlanAction[]]>([
    [true, []],
    [true, ['keep', 'adopt']],
    [false, ['keep', 'create']],
    [false, ['adopt', 'update']],
    [false, ['conflict']],
  ])('has nothing to write (%s) if it is %j', (unchanged, actions) => {
    expect(isUnchanged(plan(actions.map((action) => [action] as const)))).toBe(unchanged);
  });

  it.each<[string, boolean, Parameters<typeof plan>[0], Parameters<typeof plan>[0]]>([
    ['does the same', true, [['create']], [['create']]],
    ['has made it by now', true, [['create']], [['keep', 'created']]],
    ['finds somebody else’s in its place', false, [['create']], [['keep', 'adopted']]],
    ['would use somebody else’s instead', false, [['create']], [['adopt', 'adopted']]],
    ['would change what was to be made', false, [['create']], [['update']]],
    ['has changed it by now', true, [['update']], [['keep']]],
    ['uses it by now', true, [['adopt', 'adopted']], [['keep', 'adopted']]],
    ['would still use it', true, [['adopt', 'adopted']], [['adopt', 'adopted']]],
    ['would change what was fine', false, [['keep']], [['update']]],
    ['would make what was there', false, [['keep']], [['create']]],
    ['would do more', false, [['keep']], [['keep'], ['create', 'created', 'keyVault', 'y']]],
    [
      'would keep one thing more, which nobody has seen',
      false,
      [['keep']],
      [['keep'], ['keep', 'created', 'keyVault', 'y']],
    ],
    [
      'writes the record over a newer one',
      true,
      [['create', 'created', 'projectRecord']],
      [['update', 'created', 'projectRecord']],
    ],
    [
      'does one thing of several that nobody approved',
      false,
      [['keep'], ['keep', 'created', 'keyVault', 'y']],
      [['keep'], ['update', 'created', 'keyVault', 'y']],
    ],
  ])('that %s only finishes the approved one: %s', (_what, finishes, approved, now) => {
    expect(onlyFinishes(plan(approved), plan(now))).toBe(finishes);
  });

  it('never finishes that of another project', () => {
    expect(onlyFinishes(plan([['keep']]), plan([['keep']], 'q'))).toBe(false);
  });

  it('has another id as soon as spec, person, action or reason differ, and only then', () => {
    const id = (wants: Partial<DesiredResource> = {}, spec = sampleSpec(), caller = dev): string =>
      makePlan(projectContext(spec, caller), [resource(wants)], {
        observed: new Map([['x', tagged]]),
        origins: new Map(),
        record,
      }).planId;
    expect(id()).toMatch(/^[0-9a-f]{16}$/);
    expect(id()).toBe(id({}, sampleSpec({ workspace: '/home/dev/vision' })));
    const ids = [
      id(),
      id({ difference: differs }),
      id({ difference: () => 'It is wide.' }),
      id({ key: 'y' }),
      id({}, sampleSpec({ gateways: true })),
      id({}, sampleSpec(), { ...dev, principalId: '00000000-0000-0000-0000-0000000000ff' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
