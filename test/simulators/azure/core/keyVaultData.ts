import type { Reply } from './failure.ts';
import type { SimRequest } from './http.ts';
import { textAt } from './json.ts';
import type { Core } from './operation.ts';

/**
 * The vaults' data plane: only the challenge that it sends to requests without a token. With a
 * token it is not simulated.
 */
export function keyVaultChallenge(core: Core, request: SimRequest): Reply {
  const name = request.url.host.split('.')[0] ?? '';
  const vault = core.state
    .resourcesOfType('Microsoft.KeyVault/vaults', '/')
    .find((each) => each.name.toLowerCase() === name);
  if (request.headers['authorization'] !== undefined || vault === undefined) {
    const message = `The simulated Azure does not know this operation: ${request.method} of a key vault's data`;
    return { status: 501, json: { error: { code: 'NotSimulated', message } } };
  }
  const tenantId = textAt(vault.properties, 'tenantId') ?? '';
  return {
    status: 401,
    headers: {
      'WWW-Authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
    },
    json: {
      error: {
        code: 'Unauthorized',
        message: 'AKV10000: Request is missing a Bearer or PoP token.',
      },
    },
  };
}
