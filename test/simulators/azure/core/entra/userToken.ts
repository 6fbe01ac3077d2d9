import type { Core } from '../operation.ts';
import { signToken } from './tokens.ts';

export interface UserTokenRequest {
  readonly tenantId: string;
  readonly username: string;
  /** Such as `https://management.azure.com`; a scope ending in `/.default` is accepted as well. */
  readonly audience: string;
  /** The decoded claims challenge that this sign-in answers: the token then proves MFA. */
  readonly claims?: string;
  /** Delegated permissions on Graph. Default: what VS Code's own client has (azure-facts 4.1). */
  readonly scopes?: readonly string[];
}

const VSCODE_GRAPH_SCOPES = ['User.Read', 'User.ReadBasic.All', 'email', 'openid', 'profile'];
const VSCODE_CLIENT_ID = 'aebc6443-996d-45c2-90f0-388ff96faa56';
/** Entra gives people's tokens 60 to 90 minutes. */
const LIFETIME_SECONDS = 75 * 60;

/** A signed JWT of a person of the world. Throws RangeError when there is no such person there. */
export function issueUserToken(core: Core, request: UserTokenRequest): string {
  const tenant = core.state.directory.tenant(request.tenantId);
  const wanted = request.username.toLowerCase();
  const person = [...(tenant?.people.values() ?? [])].find(
    (candidate) => candidate.username.toLowerCase() === wanted,
  );
  if (tenant === undefined || person === undefined) {
    throw new RangeError(`There is no ${request.username} in tenant ${request.tenantId}.`);
  }
  const audience = request.audience.replace(/\/\.default$/, '');
  const graph = audience.startsWith('https://graph.microsoft.com');
  const issuedAt = Math.floor(core.now() / 1000);
  return signToken({
    aud: audience,
    iss: `https://sts.windows.net/${tenant.id}/`,
    iat: issuedAt,
    nbf: issuedAt - 300,
    exp: issuedAt + Math.ceil(LIFETIME_SECONDS * core.tokenLifetimeFactor),
    amr: request.claims === undefined ? ['pwd'] : ['pwd', 'mfa'],
    appid: VSCODE_CLIENT_ID,
    appidacr: '0',
    idtyp: 'user',
    name: person.displayName,
    oid: person.objectId,
    sub: `${person.objectId}-subject`,
    scp: graph ? (request.scopes ?? VSCODE_GRAPH_SCOPES).join(' ') : 'user_impersonation',
    tid: tenant.id,
    unique_name: person.username,
    upn: person.username,
    uti: core.random.hex(22),
    ver: '1.0',
    xms_cc: ['CP1'],
  });
}
