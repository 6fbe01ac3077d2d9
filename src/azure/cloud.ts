import type { Audience } from '../setup/ports.ts';

/** Where a cloud's services are. URLs without a slash at the end (design.md, Pinned formats). */
export interface Cloud {
  readonly endpoints: {
    readonly resourceManager: string;
    readonly login: string;
    readonly graph: string;
  };
  readonly suffixes: { readonly storage: string; readonly vault: string };
  /** A proxy to go through instead of the one that the environment names. */
  readonly proxyUrl?: string;
}

export const PUBLIC_CLOUD: Cloud = {
  endpoints: {
    resourceManager: 'https://management.azure.com',
    login: 'https://login.microsoftonline.com',
    graph: 'https://graph.microsoft.com',
  },
  suffixes: { storage: 'core.windows.net', vault: 'vault.azure.net' },
};

/** The `.default` scope to ask a token for (azure-facts 9). */
export function scopeOf(cloud: Cloud, audience: Audience): string {
  switch (audience) {
    case 'management':
      return `${withoutSlash(cloud.endpoints.resourceManager)}/.default`;
    case 'graph':
      return `${withoutSlash(cloud.endpoints.graph)}/.default`;
    case 'storage':
      // The same in every cloud.
      return 'https://storage.azure.com/.default';
  }
}

/**
 * Whose token a URL may be given: that of the service whose host it names, or undefined if it is
 * no host of this cloud, or not https.
 */
export function audienceOf(cloud: Cloud, url: URL): Audience | undefined {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  if (isHostOf(url, cloud.endpoints.resourceManager)) return 'management';
  if (url.origin === new URL(cloud.endpoints.graph).origin) return 'graph';
  return isBlobHost(cloud, url.hostname) ? 'storage' : undefined;
}

/** Accounts with Azure DNS zone endpoints have a host of a second form, in the public cloud alone. */
function isBlobHost({ suffixes }: Cloud, hostname: string): boolean {
  const suffix = suffixes.storage.toLowerCase();
  if (hostname.endsWith(`.blob.${suffix}`)) return true;
  const isPublic = suffix === PUBLIC_CLOUD.suffixes.storage;
  return isPublic && /^[a-z0-9]+\.z\d\d\.blob\.storage\.azure\.net$/.test(hostname);
}

/** The host itself or one of its regions (`westeurope.management.azure.com`). */
function isHostOf(url: URL, endpoint: string): boolean {
  const { hostname, port } = new URL(endpoint);
  return url.port === port && (url.hostname === hostname || url.hostname.endsWith(`.${hostname}`));
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** A proxy's URL in the form that the SDKs take. */
export function proxySettings(proxyUrl: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(proxyUrl);
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: `${protocol}//${hostname}`, port: port === '' ? usual : Number(port) };
}
