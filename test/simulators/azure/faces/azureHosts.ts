/** The public Azure services that the simulator answers for. */
export type AzureService = 'resourceManager' | 'login' | 'graph' | 'blob' | 'vault';

/** Where the public cloud is, as clients have to name it. */
export const publicEndpoints = {
  resourceManager: 'https://management.azure.com',
  login: 'https://login.microsoftonline.com',
  graph: 'https://graph.microsoft.com',
} as const;

/** What follows an account's or a vault's name and service in its host name. */
export const publicSuffixes = { storage: 'core.windows.net', vault: 'vault.azure.net' } as const;

/** Every name that the face's certificate has to carry. */
export const certificateNames: readonly string[] = [
  '127.0.0.1',
  'localhost',
  'management.azure.com',
  'login.microsoftonline.com',
  'login.windows.net',
  'graph.microsoft.com',
  `*.blob.${publicSuffixes.storage}`,
  `*.${publicSuffixes.vault}`,
];

const fixedHosts: ReadonlyMap<string, AzureService> = new Map([
  ['management.azure.com', 'resourceManager'],
  ['login.microsoftonline.com', 'login'],
  // The older name of the same service, which the instance discovery still lists.
  ['login.windows.net', 'login'],
  ['graph.microsoft.com', 'graph'],
]);

/** The service behind a host name (no port), or undefined if it is none of Azure's. */
export function serviceOf(host: string): AzureService | undefined {
  const name = host.toLowerCase();
  const fixed = fixedHosts.get(name);
  if (fixed !== undefined) return fixed;
  if (accountOf(name) !== undefined) return 'blob';
  return firstLabelBefore(`.${publicSuffixes.vault}`, name) === undefined ? undefined : 'vault';
}

/** The storage account that a blob host name belongs to, or undefined for any other host. */
export function accountOf(host: string): string | undefined {
  return firstLabelBefore(`.blob.${publicSuffixes.storage}`, host.toLowerCase());
}

function firstLabelBefore(suffix: string, host: string): string | undefined {
  if (!host.endsWith(suffix)) return undefined;
  const label = host.slice(0, -suffix.length);
  return /^[a-z0-9-]+$/.test(label) ? label : undefined;
}
