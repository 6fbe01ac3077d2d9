const tenantMark = 'VSCODE_TENANT:';
const defaultMark = '/.default';

/**
 * What VS Code's Microsoft provider reads out of a list of scopes: the tenant from `VSCODE_TENANT:<id>`,
 * and the resource from the scope that ends in `/.default`. `undefined` tenant: the home tenant.
 */
export function readScopes(scopes: readonly string[]): { tenantId?: string; audience: string } {
  const marked = scopes.find((scope) => scope.startsWith(tenantMark))?.slice(tenantMark.length);
  const resource = scopes.find((scope) => scope.endsWith(defaultMark));
  const audience = resource?.slice(0, -defaultMark.length) ?? 'https://graph.microsoft.com';
  const homeWords = ['organizations', 'common', 'consumers', ''];
  return marked === undefined || homeWords.includes(marked)
    ? { audience }
    : { tenantId: marked, audience };
}
