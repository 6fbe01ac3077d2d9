/** What an app signs in with. The secret is never logged. */
export interface AppCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a server of ours is started with beside its program. */
export interface ServerSettings {
  /** Its own directory: `config.yml`, database. Never one of the workspace. */
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  /** The token of its user `admin`; counts when the database is made (dstack-facts C). */
  readonly token: string;
  /** Undefined: the server signs in to Azure with what this machine has (`az login`, an identity). */
  readonly credentials?: AppCredentials | undefined;
  /** Whether it logs warnings and errors alone: what else it says at its start names the token. */
  readonly isQuiet?: boolean;
}

/**
 * What must not reach the server from this process: variables of dstack, which a terminal of ours or
 * the user may have set for the CLI (`DSTACK_SERVER_URL` means something else to the server), and
 * VS Code's own.
 */
const FOREIGN = /^(DSTACK_|VSCODE_|ELECTRON_|NODE_OPTIONS$)/i;

/** The server's environment: this machine's, without foreign variables, with what is the server's. */
export function serverEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  { directory, host, port, token, credentials, isQuiet }: ServerSettings,
): Record<string, string | undefined> {
  const kept = Object.entries(inherited).filter(
    ([name]) => !FOREIGN.test(name) && !(credentials && isSignIn(name)),
  );
  return {
    ...Object.fromEntries(kept),
    DSTACK_SERVER_DIR: directory,
    DSTACK_SERVER_URL: `http://${host}:${port}`,
    DSTACK_SERVER_ADMIN_TOKEN: token,
    // The other format is wrapped at the width of a terminal, in the middle of words.
    DSTACK_SERVER_LOG_FORMAT: 'standard',
    ...(isQuiet === true && { DSTACK_SERVER_LOG_LEVEL: 'WARNING' }),
    PYTHONUNBUFFERED: '1',
    ...(credentials && {
      AZURE_TENANT_ID: credentials.tenantId,
      AZURE_CLIENT_ID: credentials.clientId,
      AZURE_CLIENT_SECRET: credentials.clientSecret,
    }),
  };
}

/** Another way to sign in as an app or a user would win over ours, or be mixed with it. */
function isSignIn(name: string): boolean {
  return /^AZURE_(TENANT_ID|CLIENT_|USERNAME$|PASSWORD$|FEDERATED_)/i.test(name);
}
