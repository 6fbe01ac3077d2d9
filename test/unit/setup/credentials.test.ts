import { describe, expect, it } from 'vitest';
import {
  checkGraphAccount,
  verifyExistingApp,
  type SignedInApp,
} from '../../../src/setup/credentials.ts';
import { SetupError } from '../../../src/setup/errors.ts';
import { dev, SUBSCRIPTION, TENANT } from './sampleSpec.ts';

const typed = { tenantId: TENANT, clientId: 'app', clientSecret: 'abc~secret' };
const whole: SignedInApp = {
  principalId: 'oid',
  tenants: ['other', TENANT.toUpperCase()],
  subscriptions: ['other', SUBSCRIPTION.toUpperCase()],
};
const never = new AbortController().signal;

async function verify(
  answer: SignedInApp | Error,
  { plannedRoles = false, clientSecret = typed.clientSecret } = {},
): Promise<unknown> {
  const signIn = (): Promise<SignedInApp> =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  const place = { subscriptionId: SUBSCRIPTION, plannedRoles };
  return await verifyExistingApp({ ...typed, clientSecret }, place, { signIn }, never).catch(
    (thrown: unknown) => thrown,
  );
}

const refusal = (code: string, status: number, azureCode = 'AADSTS700016'): SetupError =>
  new SetupError({
    ...{ code, source: 'azure', message: 'M.', remedy: 'R.' },
    azure: { status, code: azureCode },
  });

const GUID = '0a1b2c3d-0000-4000-8000-0123456789AB';
const wrongSecret = refusal('token_rejected', 401, 'aadsts7000215');

describe('an existing app', () => {
  it('is taken once it has signed in and sees tenant and subscription', async () => {
    const seen = { clientId: 'app', principalId: 'oid', seesSubscription: true };
    expect(await verify(whole)).toEqual(seen);
  });

  it('need not see the subscription yet if the plan gives it roles there', async () => {
    const blind = { ...whole, subscriptions: ['other'] };
    expect(await verify(blind, { plannedRoles: true })).toMatchObject({ seesSubscription: false });
    expect(await verify(whole, { plannedRoles: true })).toMatchObject({ seesSubscription: true });
  });

  it.each([
    [
      'does not see the tenant',
      { ...whole, tenants: ['other'] },
      'invalid_tenant_id',
      'tenantId',
      'The app does not see this tenant.',
      'Check the tenant ID: it has to be the tenant that the app is used in.',
    ],
    [
      'does not see the subscription',
      { ...whole, subscriptions: [] },
      'invalid_subscription_id',
      'subscriptionId',
      'The app does not see this subscription.',
      'Give the app a role in the subscription, or choose another subscription.',
    ],
    [
      'is refused with 400',
      refusal('azure_refused', 400),
      'invalid_credentials',
      'clientSecret',
      'Azure does not accept these credentials (AADSTS700016).',
      'Check tenant ID, client ID and client secret.',
    ],
    [
      'is refused with 401',
      refusal('token_rejected', 401),
      'invalid_credentials',
      'clientSecret',
      'Azure does not accept these credentials (AADSTS700016).',
      'Check tenant ID, client ID and client secret.',
    ],
  ])('that %s is the field’s own error', async (_what, answer, code, field, message, remedy) => {
    expect(await verify(answer)).toMatchObject({ code, source: 'user', field, message, remedy });
  });

  it('whose secret’s id was copied instead of its value is told so, with Azure’s answer kept', async () => {
    const error = await verify(wrongSecret, { clientSecret: ` ${GUID}\n` });
    expect(error).toMatchObject({
      code: 'invalid_credentials',
      source: 'user',
      message: 'This is the id of a client secret, not its value.',
      remedy: 'Enter the value; Azure shows it only once, so make a new secret if it is lost.',
      field: 'clientSecret',
      azure: { status: 401 },
    });
  });

  it.each([
    ['a value that only holds a GUID', wrongSecret, `x${GUID}`],
    ['a value that begins with a GUID', wrongSecret, `${GUID}x`],
    ['a GUID that was refused for something else', refusal('token_rejected', 400), GUID],
  ])('with %s is refused without that guess', async (_with, answer, clientSecret) => {
    const error = await verify(answer, { clientSecret });
    expect(error).toMatchObject({ code: 'invalid_credentials', azure: answer.azure });
    expect(String(error)).toContain('Azure does not accept these credentials');
  });

  it.each([
    ['Azure is down', refusal('azure_refused', 503)],
    ['a rule has explained it', refusal('mfa_required', 401)],
    ['the network is down', refusal('network', 0)],
    ['it is no failure of ours', new Error('bug')],
  ])('gets the failure as it is if %s', async (_if, answer) => {
    expect(await verify(answer)).toBe(answer);
  });
});

describe('the account that registers an app', () => {
  it('is the one that sets up the project, whatever the case of its id', () => {
    const same = { ...dev, principalId: dev.principalId.toUpperCase(), name: 'x' };
    expect(() => checkGraphAccount(dev, same)).not.toThrow();
  });

  it('blocks and is named with the other one if they differ', () => {
    const other = { ...dev, principalId: 'other', name: 'ops@contoso.example' };
    expect(() => checkGraphAccount(dev, other)).toThrow(
      expect.objectContaining({
        code: 'graph_account_differs',
        source: 'user',
        message: 'You are signed in as dev@contoso.example, but Azure CLI as ops@contoso.example.',
        remedy: 'Sign in to Azure CLI with the same account (az login), then try again.',
      }),
    );
  });
});
