import type { HttpClient } from '@azure/core-rest-pipeline';
import type { AzureResources, Caller, Catalog, RecordStore, TokenSource } from '../setup/ports.ts';
import type { PreflightAzure } from '../setup/preflightPorts.ts';
import type { AppSecrets } from '../setup/secretPorts.ts';
import type { UndoAzure } from '../setup/undoPorts.ts';
import { azureCatalog } from './catalog.ts';
import { PUBLIC_CLOUD, type Cloud } from './cloud.ts';
import { appSecrets, graphAccount } from './graph.ts';
import { connection } from './pipeline.ts';
import { preflightAzure } from './preflight.ts';
import { recordStore } from './recordStore.ts';
import { azureResources } from './resources.ts';
import { undoAzure } from './undo.ts';

/** Azure behind the core's ports, for one signed-in account. */
export interface Azure {
  readonly catalog: Catalog;
  readonly resources: AzureResources;
  readonly records: RecordStore;
  readonly preflight: PreflightAzure;
  readonly undo: UndoAzure;
  readonly appSecrets: AppSecrets;
  /** Who registers apps: the account of the Graph tokens. */
  graphAccount(tenantId: string, signal: AbortSignal): Promise<Caller>;
}

/**
 * Composes everything that reaches Azure. Sends nothing by itself. Loaded when it is first needed:
 * the SDKs weigh more than all the rest.
 * @param options.graphTokens whose tokens Microsoft Graph gets: VS Code's own may not register apps
 *   (azure-facts 4.1). Default: `tokens`
 * @param options.cloud default: the public cloud
 * @param options.httpClient what really sends; default: Node's https, through the usual proxies
 */
export function connectAzure(options: {
  readonly tokens: TokenSource;
  readonly graphTokens?: TokenSource;
  readonly cloud?: Cloud;
  readonly httpClient?: HttpClient;
}): Azure {
  const { cloud = PUBLIC_CLOUD } = options;
  const tokens = byAudience(options.tokens, options.graphTokens ?? options.tokens);
  const sending = options.httpClient === undefined ? {} : { httpClient: options.httpClient };
  const connected = connection({ cloud, tokens, ...sending });
  const catalog = azureCatalog(connected, tokens);
  const preflight = preflightAzure(connected, catalog);
  return {
    catalog,
    resources: azureResources(connected),
    records: recordStore(connected),
    preflight,
    undo: undoAzure(connected, preflight),
    appSecrets: appSecrets(connected),
    graphAccount: (tenantId, signal) => graphAccount(tokens, tenantId, signal),
  };
}

function byAudience(tokens: TokenSource, graphTokens: TokenSource): TokenSource {
  return {
    token: (request) => (request.audience === 'graph' ? graphTokens : tokens).token(request),
  };
}
