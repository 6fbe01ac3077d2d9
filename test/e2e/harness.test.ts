import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import { startStage, type Stage } from '../vscode/stage.ts';
import { themeNames, themes } from '../vscode/themes.ts';
import { Workbench } from '../vscode/workbench.ts';

const scopes = ['https://management.core.windows.net/.default', `VSCODE_TENANT:${SINGLE.tenantId}`];
const claims = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}';
const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;

/** Body of a function that asks VS Code for a session as the product does. */
const getSession = `const session = await vscode.authentication.getSession('microsoft', input.request, input.options);
  return session === undefined ? null : { account: session.account.label, token: session.accessToken };`;

/** Body of a function that asks Azure, by its own name, for the subscriptions of a token. */
const listSubscriptions = `const https = require('node:https');
  const url = 'https://management.azure.com/subscriptions?api-version=2022-12-01';
  return new Promise((resolve, reject) => https.get(url, { headers: { authorization: 'Bearer ' + input } }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
  }).on('error', reject));`;

const showPage = `const panel = vscode.window.createWebviewPanel('harness', 'Harness', 1, { enableScripts: true });
  panel.webview.html = '<!doctype html><html lang="en"><head><title>Harness</title>'
    + '<meta http-equiv="Content-Security-Policy" content="default-src \\'none\\'; style-src \\'nonce-a\\'">'
    + '<style nonce="a">body { background-color: var(--vscode-editor-background) }</style></head>'
    + '<body><main><h1>Harness</h1><button>Press</button></main></body></html>';`;

interface Session {
  readonly account: string;
  readonly token: string;
}

describe('The stage on which the scenarios play', () => {
  let stage: Stage;
  let workbench: Workbench;

  beforeAll(async () => {
    stage = await startStage({ extensions: [] });
    workbench = await Workbench.open(stage.vscode);
    await workbench.driver.ready();
  });

  afterAll(async () => {
    await workbench.close();
    await stage.stop();
  });

  const ask = (request: unknown, options: object): Promise<unknown> =>
    workbench.driver.run(getSession, { request, options });

  it('gives no session to an extension whose user cancels the consent', async () => {
    const asked = ask(scopes, { createIfNone: true }).catch((error: unknown) => String(error));
    await workbench.answerConsent('Cancel');
    expect(await asked).toContain('did not consent');
    expect(await ask(scopes, { silent: true })).toBeNull();
  });

  it('signs a person in whose token the simulated Azure accepts under its public name', async () => {
    const asked = ask(scopes, { createIfNone: true });
    await workbench.answerConsent('Allow');
    const session = (await asked) as Session;
    expect(session.account).toBe(SINGLE.username);
    expect(await workbench.driver.run(listSubscriptions, session.token)).toMatchObject({
      status: 200,
      body: { value: [{ subscriptionId: SINGLE.subscriptionId }] },
    });
  });

  it('passes a claims challenge to the sign-in and gets a token that meets it', async () => {
    const request = { wwwAuthenticate: challenge, fallbackScopes: scopes };
    expect(await ask(request, { silent: true })).toBeNull();
    const asked = ask(request, { createIfNone: true });
    await workbench.answerConsent('Allow');
    expect(await asked).toMatchObject({ account: SINGLE.username });
    expect(await ask(request, { silent: true })).toMatchObject({ account: SINGLE.username });
    expect(await workbench.driver.executeCommand('dstackAzureTest.signIn.calls')).toContainEqual({
      what: 'createFromChallenge',
      scopes,
      claims,
    });
  });

  it('keeps the account over a reload of the window', async () => {
    await workbench.reload();
    expect(await ask(scopes, { silent: true })).toMatchObject({ account: SINGLE.username });
  });

  it('draws a webview in every theme, with nothing for axe to find', async () => {
    await workbench.driver.run(showPage);
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      const themeId = await workbench.webview().body().getAttribute('data-vscode-theme-id');
      expect(themeId).toBe(themes[theme].id);
      expect(await workbench.webview().accessibilityViolations()).toEqual([]);
    }
  });

  it('notices what a page tries against its own Content Security Policy', async () => {
    const frame = await workbench.webview().frame();
    await frame.evaluate(
      `document.body.append(Object.assign(new Image(), { src: 'https://a.example/' }))`,
    );
    await expect.poll(() => workbench.problems.policyViolations).toHaveLength(1);
    expect(workbench.problems.errors).toEqual([]);
  });

  it('leaves the simulated Azure unchanged by looking', () => {
    expect(stage.simulator.simulated.requests.stateChangingCalls()).toBe(0);
  });
});
