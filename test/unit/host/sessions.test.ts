import { describe, expect, it } from 'vitest';
import {
  askToSignIn,
  isSignedInTo,
  listAccounts,
  tokenSource,
  type Authentication,
  type SessionRequest,
} from '../../../src/host/sessions.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';

const ada = { id: 'ada', label: 'ada@contoso.example' };
const bob = { id: 'bob', label: 'bob@contoso.example' };
const NOW = 1_800_000_000_000;

interface Asked {
  readonly request: SessionRequest;
  readonly prompts: boolean;
  readonly account: string | undefined;
}

/** VS Code's side: who is known, who has allowed the extension, and what a question is answered with. */
function vscodeWith(world: {
  readonly known?: readonly { id: string; label: string }[] | Error;
  readonly allowed?: readonly string[];
  readonly answer?: Error;
  /** What asking silently fails with. */
  readonly broken?: Error;
}): Authentication & { readonly asked: Asked[] } {
  const { known = [ada, bob], allowed = ['ada'] } = world;
  const asked: Asked[] = [];
  return {
    asked,
    getAccounts: () => (known instanceof Error ? Promise.reject(known) : Promise.resolve(known)),
    getSession: (_, request, options) => {
      const prompts = options.createIfNone === true;
      asked.push({ request, prompts, account: options.account?.id });
      const account = options.account ?? ada;
      if (prompts && world.answer !== undefined) return Promise.reject(world.answer);
      if (!prompts && world.broken !== undefined) return Promise.reject(world.broken);
      if (!prompts && !allowed.includes(account.id)) return Promise.resolve(undefined);
      const claims = Buffer.from(JSON.stringify({ exp: NOW / 1000 + 3600 })).toString('base64url');
      const accessToken = `e30.${claims}.${asked.length.toString()}`;
      return Promise.resolve({ id: 's', accessToken, account, scopes: [] });
    },
  };
}

function parts(authentication: Authentication, block?: SetupError) {
  return { authentication, block: () => block, now: () => NOW };
}

const restricted = new SetupError({
  code: 'restricted_mode',
  source: 'user',
  message: 'Restricted.',
  remedy: 'Trust.',
});

describe('The accounts', () => {
  it('are those that have allowed the extension, found without a question', async () => {
    const vscode = vscodeWith({});
    expect(await listAccounts(parts(vscode))).toEqual([ada]);
    expect(vscode.asked.some(({ prompts }) => prompts)).toBe(false);
  });

  it('are not hidden by a provider that fails: their listing then says why', async () => {
    const vscode = vscodeWith({ broken: new Error('network down') });
    expect(await listAccounts(parts(vscode))).toEqual([ada, bob]);
  });

  it('are none where VS Code has no Microsoft provider', async () => {
    expect(await listAccounts(parts(vscodeWith({ known: new Error('no provider') })))).toEqual([]);
  });

  it('are none in Restricted Mode, and no session is asked for', async () => {
    const vscode = vscodeWith({});
    expect(await listAccounts(parts(vscode, restricted))).toEqual([]);
    expect(vscode.asked).toEqual([]);
  });
});

describe('Whether a tenant lets an account in', () => {
  it('is asked silently, of that tenant and that account', async () => {
    const vscode = vscodeWith({});
    expect(await isSignedInTo(parts(vscode), 'ada', 'contoso')).toBe(true);
    expect(vscode.asked).toEqual([
      {
        request: ['https://management.azure.com/.default', 'VSCODE_TENANT:contoso'],
        prompts: false,
        account: 'ada',
      },
    ]);
    expect(await isSignedInTo(parts(vscode), 'bob', 'contoso')).toBe(false);
  });

  it('is not answered where VS Code fails, nor asked in Restricted Mode', async () => {
    const broken = vscodeWith({ broken: new Error('network down') });
    await expect(isSignedInTo(parts(broken), 'ada', 'contoso')).rejects.toThrow('network down');
    const vscode = vscodeWith({});
    await expect(isSignedInTo(parts(vscode, restricted), 'ada', 'contoso')).rejects.toBe(
      restricted,
    );
    expect(vscode.asked).toEqual([]);
  });
});

describe('Signing in', () => {
  it('asks for the chosen account in the chosen tenant', async () => {
    const vscode = vscodeWith({});
    const options = { accountId: 'bob', tenantId: 'contoso' };
    expect(await askToSignIn(parts(vscode), options)).toEqual(bob);
    expect(vscode.asked).toEqual([
      {
        request: ['https://management.azure.com/.default', 'VSCODE_TENANT:contoso'],
        prompts: true,
        account: 'bob',
      },
    ]);
  });

  it.each(['User did not consent to login.', 'Cancelled', 'The sign-in was canceled'])(
    'ends quietly when VS Code says: %s',
    async (message) => {
      const signIn = askToSignIn(parts(vscodeWith({ answer: new Error(message) })), {});
      await expect(signIn).rejects.toMatchObject({ name: 'AbortError' });
    },
  );

  it('says why it failed otherwise', async () => {
    const signIn = askToSignIn(parts(vscodeWith({ answer: new Error('AADSTS50020') })), {});
    await expect(signIn).rejects.toMatchObject({ code: 'sign_in_failed', field: 'account' });
  });

  it('is refused in Restricted Mode without a question', async () => {
    const vscode = vscodeWith({});
    await expect(askToSignIn(parts(vscode, restricted), {})).rejects.toBe(restricted);
    expect(vscode.asked).toEqual([]);
  });
});

describe('The tokens of an account', () => {
  it('are asked for anew each time, silently, with the end that they name', async () => {
    const vscode = vscodeWith({});
    const tokens = tokenSource(parts(vscode), 'ada', true);
    const first = await tokens.token({ audience: 'management' });
    const second = await tokens.token({ audience: 'management' });
    expect(first.token).not.toBe(second.token);
    expect(first.expiresOn).toBe(NOW + 3_600_000);
    expect(vscode.asked.some(({ prompts }) => prompts)).toBe(false);
  });

  it('are for the service and the tenant that they are asked for', async () => {
    const vscode = vscodeWith({});
    const request = { audience: 'storage', tenantId: 'contoso' } as const;
    await tokenSource(parts(vscode), 'ada', false).token(request);
    expect(vscode.asked[0]?.request).toEqual([
      'https://storage.azure.com/.default',
      'VSCODE_TENANT:contoso',
    ]);
  });

  it('answer a challenge in the middle of a run by asking the user, with the whole header', async () => {
    const vscode = vscodeWith({});
    const challenge = 'Bearer authorization_uri="https://x", claims="e30="';
    const request = { audience: 'management', tenantId: 'contoso', challenge } as const;
    await tokenSource(parts(vscode), 'ada', true).token(request);
    expect(vscode.asked).toEqual([
      {
        request: {
          wwwAuthenticate: challenge,
          fallbackScopes: ['https://management.azure.com/.default', 'VSCODE_TENANT:contoso'],
        },
        prompts: true,
        account: 'ada',
      },
    ]);
  });

  it('never ask the user in a listing, not even for a challenge', async () => {
    const vscode = vscodeWith({ allowed: [] });
    const request = { audience: 'management', challenge: 'Bearer claims="e30="' } as const;
    const token = tokenSource(parts(vscode), 'ada', false).token(request);
    await expect(token).rejects.toMatchObject({ code: 'sign_in_needed' });
    expect(vscode.asked.some(({ prompts }) => prompts)).toBe(false);
  });

  it('need a sign-in for a tenant that gives none silently', async () => {
    const token = tokenSource(parts(vscodeWith({})), 'bob', true).token({
      audience: 'management',
      tenantId: 'fabrikam',
    });
    await expect(token).rejects.toMatchObject({ code: 'sign_in_needed', field: 'tenant' });
  });

  it('need a sign-in when the account has left VS Code', async () => {
    const token = tokenSource(parts(vscodeWith({ known: [bob] })), 'ada', true).token({
      audience: 'management',
    });
    await expect(token).rejects.toMatchObject({ code: 'sign_in_needed', field: 'account' });
  });

  it('are dropped when the run was cancelled while VS Code asked', async () => {
    const signal = AbortSignal.abort(cancellation());
    const token = tokenSource(parts(vscodeWith({})), 'ada', true).token({
      audience: 'management',
      signal,
    });
    await expect(token).rejects.toMatchObject({ name: 'AbortError' });
  });

  it("cannot be had for Graph: VS Code's own client may not write there", async () => {
    const token = tokenSource(parts(vscodeWith({})), 'ada', true).token({ audience: 'graph' });
    await expect(token).rejects.toMatchObject({ code: 'graph_needs_other_sign_in' });
  });
});
