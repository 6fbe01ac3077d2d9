import { beforeEach, describe, expect, it } from 'vitest';
import { appSignIn } from '../../../src/azure/appSignIn.ts';
import { verifyExistingApp, type VerifiedApp } from '../../../src/setup/credentials.ts';
import type { SetupError } from '../../../src/setup/errors.ts';
import { SimulatedAzure } from '../../simulators/azure/core/simulatedAzure.ts';
import type { World } from '../../simulators/azure/core/world.ts';
import { SINGLE, singleWorld } from '../../simulators/azure/core/worlds/single.ts';
import { httpClientFor } from '../../simulators/azure/faces/inProcess.ts';
import { VirtualClock } from '../../simulators/azure/faces/virtualClock.ts';

const { tenantId, subscriptionId, clientId, clientSecret } = SINGLE;
const never = new AbortController().signal;
const CANARY = 'canary~Value.of-a-secret-that-nobody-may-see';

let world: World;
beforeEach(() => {
  world = singleWorld();
});

function verify(
  change: Partial<{ tenantId: string; clientId: string; clientSecret: string }> = {},
  place: Partial<{ subscriptionId: string; plannedRoles: boolean }> = {},
): Promise<VerifiedApp> {
  const clock = new VirtualClock();
  const simulated = new SimulatedAzure({ clock, seed: 7, world });
  const port = appSignIn({ httpClient: httpClientFor(simulated, { clock }) });
  return verifyExistingApp(
    { tenantId, clientId, clientSecret, ...change },
    { subscriptionId, plannedRoles: false, ...place },
    port,
    never,
  );
}

async function refusal(verifying: Promise<unknown>): Promise<SetupError> {
  return await verifying.then(
    () => expect.fail('It was accepted.'),
    (error: unknown) => error as SetupError,
  );
}

/** The app, with its one secret expired since yesterday. */
function expired(): World {
  const apps = world.apps.map((app) => ({
    ...app,
    secrets: app.secrets.map((secret) => ({ ...secret, expiresInDays: -1 })),
  }));
  return { ...world, apps };
}

describe('an existing app', () => {
  it('is verified by signing in as it: its principal comes from the token', async () => {
    expect(await verify()).toEqual({
      clientId,
      principalId: SINGLE.servicePrincipalId,
      seesSubscription: true,
    });
  });

  it.each([
    ['a wrong secret', { clientSecret: CANARY }, 'clientSecret', /wrong/],
    [
      'the id of a secret instead of its value',
      { clientSecret: '0f000000-0000-4000-8000-0000000000a1' },
      'clientSecret',
      /id of a client secret/,
    ],
    ['an unknown app', { clientId: tenantId }, 'clientId', /no app/],
  ])('with %s is refused on its field', async (_what, change, field, message) => {
    const error = await refusal(verify(change));
    expect(error).toMatchObject({ code: 'invalid_credentials', field });
    expect(error.message).toMatch(message);
  });

  it('with an expired secret is told so', async () => {
    world = expired();
    const error = await refusal(verify());
    expect(error).toMatchObject({ code: 'invalid_credentials', field: 'clientSecret' });
    expect(error.message).toMatch(/expired/);
  });

  it('of a tenant that does not exist is refused on the tenant', async () => {
    const error = await refusal(verify({ tenantId: '0a000000-0000-4000-8000-00000000dead' }));
    expect(error).toMatchObject({ code: 'invalid_tenant_id', field: 'tenantId' });
  });

  it('that sees no subscription is an error only if the plan grants it nothing', async () => {
    const other = '0b000000-0000-4000-8000-00000000dead';
    const error = await refusal(verify({}, { subscriptionId: other }));
    expect(error).toMatchObject({ code: 'invalid_subscription_id', field: 'subscriptionId' });
    const verified = await verify({}, { subscriptionId: other, plannedRoles: true });
    expect(verified.seesSubscription).toBe(false);
  });

  it('leaves no trace of its secret in the error, whatever one looks at', async () => {
    const error = await refusal(verify({ clientSecret: CANARY }));
    const seen: unknown[] = [];
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      seen.push(each.message, each.stack, JSON.stringify(each));
    }
    expect(seen.join('\n')).not.toContain(CANARY);
    expect(seen.length).toBeGreaterThan(0);
  });
});
