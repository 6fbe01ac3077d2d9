import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import { appSignIn } from './azure/appSignIn.ts';
import { readCliConfig, type CliProject } from './dstack/cliConfig.ts';
import { DstackServerClient } from './dstack/serverClient.ts';
import { isSameServer } from './dstack/serverUrl.ts';
import type { AzureConnection } from './host/azureAccess.ts';
import type { TypedSecrets } from './host/typedSecrets.ts';
import { realClock } from './local/realClock.ts';
import { checkGraphAccount, verifyExistingApp } from './setup/credentials.ts';
import { SetupError } from './setup/errors.ts';
import { replaceUserInfo } from './setup/wizard/serverUrlField.ts';
import type {
  AppRegistrar,
  CheckedServer,
  HomeServer,
  WizardDeps,
} from './setup/wizard/wizardDeps.ts';

export interface WizardAccessParts {
  readonly typed: TypedSecrets;
  readonly connect: (accountId: string) => AzureConnection;
  /** The name of the account, if apps are registered through an organisation's own client. */
  readonly organisationAccount: (accountId: string) => Promise<string | undefined>;
  /** The folder of the CLI's own file; the user's home unless a test says otherwise. */
  readonly home?: string;
}

/** What the wizard asks about app and server, and the token for whoever registers the project. */
export interface WizardAccess extends Pick<WizardDeps, 'app' | 'servers' | 'keepSecret'> {
  /**
   * The token that was typed in for this very server and that it has taken, else the one that the CLI
   * of this machine has for it.
   */
  givenToken(url: string): Promise<string | undefined>;
}

/** The page's questions about the app and the server, asked with the secrets that it gave. */
export function wizardAccess(parts: WizardAccessParts): WizardAccess {
  const { typed } = parts;
  /** The server that has taken the typed token. It is nobody else's. */
  let takenBy: { readonly url: string; readonly token: string } | undefined;
  return {
    keepSecret: (field, value) => typed.keep(field, value),
    async givenToken(url) {
      const token = typed.value('serverToken');
      if (takenBy !== undefined && takenBy.token === token && isSameServer(takenBy.url, url)) {
        return token;
      }
      return tokenAtHome(await readHome(parts.home), url);
    },
    app: {
      verify: ({ tenantId, clientId, subscriptionId }, signal) => {
        const credentials = { tenantId, clientId, clientSecret: typed.value('clientSecret') };
        // The plan always gives the app its roles in the subscription.
        const place = { subscriptionId, plannedRoles: true };
        return verifyExistingApp(credentials, place, appSignIn({}), signal);
      },
      registrar: (place, signal) => registrar(parts, place, signal),
    },
    servers: {
      fromHome: async () => homeServers(await readHome(parts.home)),
      check: async ({ url, token }, signal) => {
        const given = typed.value('serverToken');
        const known = await readHome(parts.home).catch(() => []);
        if (token === 'home') return askServer(url, tokenAtHome(known, url) ?? '', known, signal);
        const answer = await askServer(url, given, known, signal);
        takenBy = { url, token: given };
        return answer;
      },
    },
  };
}

/** Its own client signs in with VS Code's account; Azure CLI may be somebody else's. */
async function registrar(
  { connect, organisationAccount }: WizardAccessParts,
  { accountId, tenantId }: { readonly accountId: string; readonly tenantId: string },
  signal: AbortSignal,
): Promise<AppRegistrar> {
  const name = await organisationAccount(accountId);
  if (name !== undefined) return { name, via: 'organisation' };
  const azure = connect(accountId);
  const [caller, graph] = await Promise.all([
    azure.catalog.caller(tenantId, signal),
    azure.graphAccount(tenantId, signal),
  ]);
  checkGraphAccount(caller, graph);
  return { name: graph.name, via: 'azureCli' };
}

const HOME_FILE = '~/.dstack/config.yml';

async function readHome(home = homedir()): Promise<readonly CliProject[]> {
  let text: string;
  try {
    text = await readFile(join(home, '.dstack', 'config.yml'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable(error);
  }
  return readCliConfig(text, HOME_FILE).map((project) => ({
    ...project,
    // They are listed on the page.
    url: replaceUserInfo(project.url, ''),
  }));
}

function tokenAtHome(known: readonly CliProject[], url: string): string | undefined {
  return known.find((project) => isSameServer(project.url, url))?.token;
}

/** One entry per server, the CLI's default first. */
function homeServers(projects: readonly CliProject[]): readonly HomeServer[] {
  const byUrl = new Map<string, string[]>();
  for (const { url, name } of projects.toSorted((a, b) => Number(b.default) - Number(a.default))) {
    byUrl.set(url, [...(byUrl.get(url) ?? []), name]);
  }
  return [...byUrl].map(([url, projectNames]) => ({ url, projectNames }));
}

/** Up, new enough, made for Azure, and it knows us: asked before anything is written anywhere. */
async function askServer(
  url: string,
  token: string,
  known: readonly CliProject[],
  signal: AbortSignal,
): Promise<CheckedServer> {
  const client = new DstackServerClient({ url, token, fetch, clock: realClock });
  await client.health(signal);
  const { version, warning } = await client.compatibility(signal);
  await client.checkAzure(signal).catch((error: unknown) => {
    throw otherServersToken(error, token, known);
  });
  const { username, canCreateProjects } = await client.whoAmI(signal);
  const warnings = [
    ...(warning === undefined ? [] : [warning]),
    ...(canCreateProjects
      ? []
      : [t('You may not create projects there: an administrator of the server has to.')]),
  ];
  return {
    url: client.url,
    userName: username,
    ...(version === undefined ? {} : { version }),
    ...(warnings.length === 0 ? {} : { warning: warnings.join(' ') }),
  };
}

/** A token that another entry of the CLI's file holds was taken for this server's. */
function otherServersToken(error: unknown, token: string, known: readonly CliProject[]): unknown {
  if (!(error instanceof SetupError) || error.code !== 'server_token_invalid') return error;
  const owner = known.find((project) => project.token === token);
  if (owner === undefined) return error;
  return new SetupError({
    code: 'server_token_invalid',
    source: 'user',
    message: t('This is your token of another server, {0}.', owner.url),
    remedy: error.remedy,
    field: 'serverToken',
  });
}

function unreadable(cause: unknown): SetupError {
  return new SetupError({
    code: 'file_not_readable',
    source: 'user',
    message: t('{0} can’t be read.', HOME_FILE),
    remedy: t('Change its permissions, or enter the server by hand.'),
    object: HOME_FILE,
    cause,
  });
}
