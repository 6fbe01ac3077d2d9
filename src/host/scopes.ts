import { SetupError } from '../setup/errors.ts';
import type { Audience } from '../setup/ports.ts';
import { t } from '@vscode/l10n';

/**
 * The scopes that VS Code's Microsoft provider is asked for. `VSCODE_TENANT:` is the provider's own
 * way to name a tenant; without it the token is for the account's home tenant.
 */
export function scopesOf(audience: Audience, tenantId?: string): readonly string[] {
  const scope = resourceOf(audience);
  return tenantId === undefined ? [scope] : [scope, `VSCODE_TENANT:${tenantId}`];
}

/**
 * The scopes for registering apps through a client of one's own. `VSCODE_CLIENT_ID:` is the provider's
 * way to name it.
 */
export function registrationScopes(clientId: string, tenantId?: string): readonly string[] {
  return [
    'https://graph.microsoft.com/Application.ReadWrite.All',
    `VSCODE_CLIENT_ID:${clientId}`,
    ...(tenantId === undefined ? [] : [`VSCODE_TENANT:${tenantId}`]),
  ];
}

function resourceOf(audience: Audience): string {
  switch (audience) {
    case 'management':
      return 'https://management.azure.com/.default';
    case 'storage':
      return 'https://storage.azure.com/.default';
    case 'graph':
      // VS Code's client is not pre-authorised for writing to Graph: AADSTS65002 (azure-facts 4.1).
      throw new SetupError({
        code: 'graph_needs_other_sign_in',
        source: 'user',
        message: t("VS Code's own sign-in cannot make app registrations."),
        remedy: t('Sign in with Azure CLI, or use an app registration that exists.'),
      });
  }
}
