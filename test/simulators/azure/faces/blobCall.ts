import type { BlobAction } from '../core/blobAccess.ts';

/** A request to a blob endpoint, taken apart. */
export interface BlobCall {
  readonly container?: string;
  readonly blob?: string;
  /** What it takes; undefined: an operation that is not simulated. */
  readonly action?: BlobAction;
  /** What it does to a container, if it succeeds. */
  readonly effect?: 'createsContainer' | 'deletesContainer';
}

/**
 * Which operation a request is and what it takes, after Azure's table "Permissions for calling
 * data operations" (learn.microsoft.com, authorize-with-azure-active-directory). Tags, leases,
 * batches, queries and service properties are not among those that anybody here sends.
 */
export function blobCallOf(method: string, url: URL): BlobCall {
  const { container, blob } = splitPath(url.pathname);
  const comp = url.searchParams.get('comp') ?? '';
  if (container === undefined) return onService(method, comp);
  if (blob === undefined && url.searchParams.get('restype') === 'container') {
    return { container, ...onContainer(method, comp) };
  }
  const action = onBlob(method, comp);
  return {
    container,
    ...(blob !== undefined && { blob }),
    ...(action !== undefined && { action }),
  };
}

function splitPath(pathname: string): { container?: string; blob?: string } {
  const [, container, blob] = /^\/([^/]*)(?:\/(.*))?$/.exec(pathname) ?? [];
  return {
    ...(container && { container: decoded(container) }),
    ...(blob && { blob: decoded(blob) }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function onService(method: string, comp: string): BlobCall {
  if (method === 'POST' && comp === 'userdelegationkey') {
    return { action: 'generateUserDelegationKey/action' };
  }
  return method === 'GET' && comp === 'list' ? { action: 'containers/read' } : {};
}

function onContainer(method: string, comp: string): BlobCall {
  if (method === 'GET' && comp === 'list') return { action: 'containers/blobs/read' };
  if (comp === 'metadata' && method === 'PUT') return { action: 'containers/write' };
  if (comp !== '' && comp !== 'metadata') return {};
  switch (method) {
    case 'GET':
    case 'HEAD':
      return { action: 'containers/read' };
    case 'PUT':
      return { action: 'containers/write', effect: 'createsContainer' };
    case 'DELETE':
      return { action: 'containers/delete', effect: 'deletesContainer' };
    default:
      return {};
  }
}

const writes = new Set(['', 'block', 'blocklist', 'metadata', 'properties', 'appendblock', 'page']);
const reads = new Set(['', 'blocklist', 'metadata', 'pagelist']);

function onBlob(method: string, comp: string): BlobAction | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return reads.has(comp) ? 'containers/blobs/read' : undefined;
    case 'PUT':
      // A blob that doesn't exist yet could be written with add/action alone, but no built-in role
      // grants that without write.
      return writes.has(comp) ? 'containers/blobs/write' : undefined;
    case 'DELETE':
      return comp === '' ? 'containers/blobs/delete' : undefined;
    default:
      return undefined;
  }
}
