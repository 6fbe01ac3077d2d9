import { describe, expect, it } from 'vitest';
import { azureCatalog } from '../../../src/azure/catalog.ts';
import { preflightAzure } from '../../../src/azure/preflight.ts';
import { verdict } from '../../../src/setup/permissions.ts';
import type { PreflightAzure } from '../../../src/setup/preflightPorts.ts';
import type { Target } from '../../../src/setup/resource.ts';
import type { World } from '../../simulators/azure/core/world.ts';
import { SINGLE, singleWorld } from '../../simulators/azure/core/worlds/single.ts';
import { fakeConnection, FakeTokens, FakeTransport, type FakeAnswer } from './fakeTransport.ts';
import { lab } from './simulatedLab.ts';

const never = new AbortController().signal;
const { tenantId, subscriptionId, userId } = SINGLE;
const SUBSCRIPTION = `/subscriptions/${subscriptionId}`;
const GROUP = `${SUBSCRIPTION}/resourceGroups/g`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/acc`;
const place = { tenantId, subscriptionId };
const STORAGE_BLOB_DATA_CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

function preflightIn(change: Partial<World> = {}): PreflightAzure {
  const resourceGroups = [{ subscriptionId, name: 'g', location: 'westeurope' }];
  return lab({ ...singleWorld(), resourceGroups, ...change }).azure.preflight;
}

function preflightWith(...answers: (FakeAnswer | string)[]): {
  transport: FakeTransport;
  preflight: PreflightAzure;
} {
  const transport = new FakeTransport(...answers);
  const tokens = new FakeTokens();
  const connected = fakeConnection(transport, tokens);
  return { transport, preflight: preflightAzure(connected, azureCatalog(connected, tokens)) };
}

const page = (...value: unknown[]): FakeAnswer => ({ status: 200, body: { value } });

describe('rights', () => {
  it.each([SUBSCRIPTION, GROUP])('of an owner at %s are everything', async (scope) => {
    const items = await preflightIn().permissions({ ...place, scope }, never);
    expect(items.map(({ actions }) => actions)).toContainEqual(['*']);
  });

  it('at a subscription come from roles assigned there or above, with their conditions', async () => {
    const condition = "@Request[x] StringEquals 'y'";
    const assign = (scope: string, role: string, extra: object = {}): object => ({
      scope,
      role,
      principalId: userId,
      principalType: 'User',
      ...extra,
    });
    const roleAssignments = [
      assign(SUBSCRIPTION, 'Reader'),
      assign(GROUP, 'Contributor'),
      assign(SUBSCRIPTION, STORAGE_BLOB_DATA_CONTRIBUTOR, { condition }),
    ] as World['roleAssignments'];
    const preflight = preflightIn({ roleAssignments });
    const items = await preflight.permissions({ ...place, scope: SUBSCRIPTION }, never);
    const conditional = items.filter((item) => item.condition !== undefined);
    expect(items.some(({ actions }) => actions.includes('*/read'))).toBe(true);
    expect(items.some(({ actions }) => actions.includes('*'))).toBe(false);
    expect(conditional.map((item) => item.condition)).toEqual([condition]);
    expect(conditional[0]?.dataActions.length).toBeGreaterThan(0);
  });

  it('are collected over all pages, and what an item leaves out is empty', async () => {
    const next = `https://management.azure.com${GROUP}/next?api-version=2022-04-01`;
    const { transport, preflight } = preflightWith(
      { status: 200, body: { value: [{ actions: ['a'], notActions: null }], nextLink: next } },
      page({ actions: ['b'], condition: 'c' }),
    );
    const none = { notActions: [], dataActions: [], notDataActions: [] };
    expect(await preflight.permissions({ ...place, scope: GROUP }, never)).toEqual([
      { actions: ['a'], ...none },
      { actions: ['b'], ...none, condition: 'c' },
    ]);
    expect(transport.lines[0]).toBe(
      `GET ${GROUP}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    );
  });

  it('that conditions exist for can’t be told without reading assignments', async () => {
    const all = { notActions: [], dataActions: [], notDataActions: [] };
    const roles = { actions: ['Microsoft.Authorization/*/Write'], ...all };
    const refusal = { error: { code: 'AuthorizationFailed', message: 'No.' } };
    const asked = async (answer: FakeAnswer) => {
      const tokens = new FakeTokens();
      const connected = fakeConnection(new FakeTransport(page(roles), answer), tokens);
      const me = { principalId: userId, principalType: 'User', name: 'N' } as const;
      const catalog = { ...azureCatalog(connected, tokens), caller: () => Promise.resolve(me) };
      return await preflightAzure(connected, catalog).permissions(
        { ...place, scope: GROUP },
        never,
      );
    };
    const items = await asked({ status: 403, body: refusal });
    expect(verdict(items, 'Microsoft.Authorization/roleAssignments/write')).toBe('cantTell');
    expect(verdict(items, 'Microsoft.Authorization/locks/write')).toBe('may');
    await expect(asked({ status: 500, body: {} })).rejects.toMatchObject({
      azure: { status: 500 },
    });
  });

  it('can be denied, which is listed with whom it concerns', async () => {
    const denyAssignments = [
      {
        scope: GROUP,
        name: 'Protected by a stack',
        guid: '22222222-2222-4222-8222-222222222222',
        actions: ['*/delete'],
        principals: ['00000000-0000-0000-0000-000000000000'],
        excludePrincipals: [userId],
      },
    ];
    const found = await preflightIn({ denyAssignments }).denyAssignments(
      { ...place, scope: GROUP },
      never,
    );
    expect(found).toMatchObject([
      {
        name: 'Protected by a stack',
        scope: GROUP,
        doNotApplyToChildScopes: false,
        permissions: [{ actions: ['*/delete'] }],
        principals: [{ id: '00000000-0000-0000-0000-000000000000' }],
        excludePrincipals: [{ id: userId }],
      },
    ]);
  });
});

describe('locks', () => {
  it('above, at and inside the scope count; those elsewhere don’t', async () => {
    const locks = [
      { scope: SUBSCRIPTION, name: 'above', level: 'CanNotDelete' },
      { scope: GROUP, name: 'at', level: 'ReadOnly' },
      { scope: `${SUBSCRIPTION}/resourceGroups/other`, name: 'elsewhere', level: 'ReadOnly' },
    ] as const;
    const found = await preflightIn({ locks }).locks({ ...place, scope: GROUP }, never);
    expect(found).toEqual([
      { name: 'above', scope: SUBSCRIPTION, level: 'CanNotDelete' },
      { name: 'at', scope: GROUP, level: 'ReadOnly' },
    ]);
  });

  it('are those of the scope alone for who may not list the subscription’s', async () => {
    const lock = (level: string): object => ({
      id: `${GROUP}/providers/Microsoft.Authorization/locks/l`,
      name: 'l',
      properties: { level },
    });
    const { transport, preflight } = preflightWith(
      { status: 403 },
      page(lock('ReadOnly'), lock('NotSpecified')),
    );
    const found = await preflight.locks({ ...place, scope: GROUP }, never);
    expect(found).toEqual([{ name: 'l', scope: GROUP, level: 'ReadOnly' }]);
    expect(transport.lines[1]).toContain(`GET ${GROUP}/providers/Microsoft.Authorization/locks`);
  });
});

describe('the subscription', () => {
  it('is shown with its state', async () => {
    const world = singleWorld();
    const subscriptions = world.subscriptions.map((each) => ({
      ...each,
      state: 'Warned' as const,
    }));
    expect(await preflightIn({ subscriptions }).subscription(place, never)).toEqual({
      subscriptionId,
      displayName: 'Contoso Development',
      tenantId,
      state: 'Warned',
    });
  });

  it.each([
    [404, 'SubscriptionNotFound'],
    [403, 'AuthorizationFailed'],
    [401, 'InvalidAuthenticationTokenTenant'],
  ])('that answers %i %s can’t be seen', async (status, code) => {
    const { preflight } = preflightWith({ status, body: { error: { code, message: '' } } });
    expect(await preflight.subscription(place, never)).toBeUndefined();
  });

  it.each([
    [401, 'ExpiredAuthenticationToken'],
    [500, 'InternalServerError'],
  ])('that answers %i %s is a failure', async (status, code) => {
    const { preflight } = preflightWith({ status, body: { error: { code, message: '' } } });
    await expect(preflight.subscription(place, never)).rejects.toMatchObject({ azure: { code } });
  });
});

describe('names', () => {
  it('of key vaults are checked by Azure', async () => {
    const { transport, preflight } = preflightWith({
      status: 200,
      body: { nameAvailable: false, reason: 'AlreadyExists', message: 'Taken.' },
    });
    expect(await preflight.checkKeyVaultName({ ...place, name: 'v' }, never)).toEqual({
      available: false,
      reason: 'AlreadyExists',
      message: 'Taken.',
    });
    expect(transport.sent[0]).toMatchObject({
      method: 'POST',
      body: { name: 'v', type: 'Microsoft.KeyVault/vaults' },
    });
  });

  it('are still held by a deleted vault, until a date', async () => {
    const vaultId = `${GROUP}/providers/Microsoft.KeyVault/vaults/old`;
    const world = singleWorld();
    const preflight = preflightIn({
      deletedVaults: [{ vaultId, location: 'westeurope' }],
      subscriptions: world.subscriptions.map((each) => ({
        ...each,
        registeredProviders: ['Microsoft.KeyVault'],
      })),
    });
    const at = { ...place, location: 'westeurope' };
    const deleted = await preflight.deletedVault({ ...at, name: 'old' }, never);
    expect(deleted).toMatchObject({ name: 'old', id: vaultId });
    expect(Date.parse(deleted?.until ?? '')).toBeGreaterThan(0);
    expect(await preflight.deletedVault({ ...at, name: 'new' }, never)).toBeUndefined();
  });

  it('are not called free where the bin may not be looked into', async () => {
    const { preflight } = preflightWith({ status: 403 });
    const asking = preflight.deletedVault({ ...place, location: 'westeurope', name: 'v' }, never);
    await expect(asking).rejects.toMatchObject({ azure: { status: 403 } });
  });

  it('are held by a deleted workspace of the same group only', async () => {
    const deleted = (group: string): object => ({
      id: `${SUBSCRIPTION}/resourcegroups/${group}/providers/Microsoft.OperationalInsights/workspaces/W`,
      name: 'W',
    });
    const { preflight } = preflightWith(
      page(deleted('other'), deleted('G')),
      page(deleted('other')),
    );
    const at = { ...place, resourceGroup: 'g', name: 'w' };
    expect(await preflight.deletedWorkspace(at, never)).toMatchObject({ name: 'w' });
    expect(await preflight.deletedWorkspace(at, never)).toBeUndefined();
  });

  it('are held by nothing deleted where the provider was never registered', async () => {
    const body = { error: { code: 'MissingSubscriptionRegistration', message: '' } };
    const { preflight } = preflightWith({ status: 409, body }, { status: 409, body });
    const at = { ...place, location: 'l', resourceGroup: 'g', name: 'n' };
    expect(await preflight.deletedVault(at, never)).toBeUndefined();
    expect(await preflight.deletedWorkspace(at, never)).toBeUndefined();
  });
});

describe('policies', () => {
  const account: Target = {
    kind: 'storageAccount',
    id: ACCOUNT,
    ...place,
    apiVersion: '2025-08-01',
    body: {
      location: 'westeurope',
      sku: { name: 'Standard_LRS' },
      kind: 'StorageV2',
      properties: {},
    },
  };

  it('that forbid the location are one denial with its scope', async () => {
    const policies = [
      { scope: SUBSCRIPTION, name: 'only-us', kind: 'allowedLocations', locations: ['eastus'] },
      { scope: SUBSCRIPTION, name: 'eu-too', kind: 'allowedLocations', locations: ['westeurope'] },
    ] as const;
    const denials = await preflightIn({ policies }).policyDenials(
      { target: account, scope: GROUP },
      never,
    );
    expect(denials).toEqual([{ policy: 'only-us', scope: SUBSCRIPTION, field: 'location' }]);
  });

  it('are asked about the object as it would be sent', async () => {
    const { transport, preflight } = preflightWith(
      { status: 200, body: {} },
      { status: 200, body: {} },
    );
    await preflight.policyDenials({ target: account, scope: GROUP }, never);
    const container = {
      ...account,
      kind: 'blobContainer',
      id: `${ACCOUNT}/blobServices/default/containers/c`,
    } as const;
    await preflight.policyDenials({ target: { ...container, body: {} }, scope: GROUP }, never);
    expect(transport.sent.map(({ body }) => body)).toMatchObject([
      {
        resourceDetails: {
          apiVersion: '2025-08-01',
          resourceContent: {
            ...account.body,
            type: 'Microsoft.Storage/storageAccounts',
            name: 'acc',
          },
        },
        pendingFields: [{ field: 'location', values: ['westeurope'] }, { field: 'tags' }],
      },
      {
        resourceDetails: {
          resourceContent: { type: 'Microsoft.Storage/storageAccounts/blobServices/containers' },
        },
        pendingFields: [],
      },
    ]);
  });

  const required = {
    scope: SUBSCRIPTION,
    name: 'need-tag',
    kind: 'requiredTag',
    tag: 'cost',
  } as const;
  const added = { scope: SUBSCRIPTION, name: 'add-tag', kind: 'addedTag', value: '1' } as const;

  it.each([
    ['by another policy', [required, { ...added, tag: 'cost' }], true],
    ['by nobody', [required], undefined],
    ['for another tag', [required, { ...added, tag: 'owner' }], undefined],
    ['only by the policy that asks for it', [{ ...required, defaultValue: '0' }], undefined],
  ])('that ask for a tag which is set %s say so', async (_who, policies, mayBeMet) => {
    const denials = await preflightIn({ policies }).policyDenials(
      { target: account, scope: GROUP },
      never,
    );
    const denial = { policy: 'need-tag', scope: SUBSCRIPTION };
    expect(denials).toEqual([mayBeMet === undefined ? denial : { ...denial, mayBeMet }]);
  });

  it('that would deny some value of a tag deny nothing that is not sent', async () => {
    const policy = {
      policyAssignmentId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/p`,
    };
    const restrictions = [{ result: 'Deny', values: ['test'], policy }];
    const body = { fieldRestrictions: [{ field: 'tags.stage', restrictions }] };
    const { preflight } = preflightWith({ status: 200, body });
    expect(await preflight.policyDenials({ target: account, scope: GROUP }, never)).toEqual([]);
  });

  it('that can’t be asked are a failure, which stops nobody', async () => {
    const body = { error: { code: 'MissingSubscriptionRegistration', message: '' } };
    const { preflight } = preflightWith({ status: 409, body });
    const asking = preflight.policyDenials({ target: account, scope: GROUP }, never);
    await expect(asking).rejects.toMatchObject({ code: 'provider_not_registered' });
  });
});
