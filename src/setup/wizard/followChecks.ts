import { REMOTE_SERVER } from '../../contract/wizardState.ts';
import type { Cascade } from './cascade.ts';
import { homeUrl } from './choices.ts';
import { usesTypedApp } from './fields.ts';
import { textValue } from './formOptions.ts';
import { isGuid } from './guid.ts';
import { keyOf } from './loaded.ts';
import { TYPING_PAUSE_MS } from './nameCheck.ts';
import { readServerUrl } from './serverUrlField.ts';
import { tenantOf } from './tenant.ts';

/**
 * The questions behind Access and Server: asked when their part needs the answers, once each.
 * @param typing whether a key press caused it
 */
export function followChecks(
  cascade: Cascade,
  settleValue: (field: 'credentials' | 'server') => void,
  typing: boolean,
): void {
  followRegistrar(cascade);
  settleValue('credentials');
  followHomeServers(cascade);
  settleValue('server');
  followApp(cascade);
  followServer(cascade, typing);
}

function followRegistrar({ model, deps, wanted }: Cascade): void {
  const { account: accountId = '', credentials = wanted('credentials') } = model.chosen;
  const tenantId = tenantOf(model);
  const isAsked = model.visited.has('access') || credentials === 'newApp';
  const key = isAsked ? keyOf(model.chosen.account, tenantId) : undefined;
  model.lists.registrar.follow(key, (signal) =>
    deps.app.registrar({ accountId, tenantId: tenantId ?? '' }, signal),
  );
}

function followHomeServers({ model, deps, wanted }: Cascade): void {
  const server = model.chosen.server ?? wanted('server') ?? '';
  const isAsked = model.visited.has('server') || homeUrl(server) !== undefined;
  model.lists.homeServers.follow(isAsked ? 'home' : undefined, (signal) =>
    deps.servers.fromHome(signal),
  );
}

function followApp({ model, deps }: Cascade): void {
  const { subscription: subscriptionId = '' } = model.chosen;
  const tenantId = tenantOf(model);
  const clientId = textValue(model, 'clientId');
  const secret = model.secrets.clientSecret;
  const isWhole =
    usesTypedApp(model) &&
    isGuid(clientId) &&
    clientId !== tenantId &&
    textValue(model, 'appTenant') === tenantId &&
    secret?.hasBlanks === false;
  const key = keyOf(tenantId, subscriptionId, clientId, secret?.version.toString());
  model.lists.appCheck.follow(isWhole ? key : undefined, (signal) =>
    deps.app.verify({ tenantId: tenantId ?? '', clientId, subscriptionId }, signal),
  );
}

/** Each key may name another host, which would get the token: nobody is asked before a pause. */
function followServer({ model, deps }: Cascade, typing: boolean): void {
  const { server = '' } = model.chosen;
  const atHome = homeUrl(server);
  const typed = readServerUrl(textValue(model, 'serverUrl')).url;
  const secret = model.secrets.serverToken;
  const given =
    server === REMOTE_SERVER && secret?.hasBlanks === false
      ? keyOf(typed, secret.version.toString())
      : undefined;
  const url = atHome ?? typed ?? '';
  const token = atHome === undefined ? 'given' : 'home';
  model.lists.serverCheck.follow(atHome === undefined ? given : server, async (signal) => {
    if (typing) await deps.clock.sleep(TYPING_PAUSE_MS, signal);
    return deps.servers.check({ url, token }, signal);
  });
}
