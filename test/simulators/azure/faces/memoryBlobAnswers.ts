import type { SimRequest } from '../core/http.ts';
import { conditionsOfRead, conditionsOfWrite } from './blobConditions.ts';
import type { StoredBlob, StoredContainer } from './memoryBlobStore.ts';

/** What an operation answers before the headers that all answers have. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A refusal, worded later. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Delete Blob, if its conditions are met. */
export function deleteBlob(
  request: SimRequest,
  container: StoredContainer,
  current: StoredBlob | undefined,
): Answer | Refused {
  if (current === undefined) return blobNotFound;
  const conditions = conditionsOfWrite(request.headers, current, 'DELETE');
  if (conditions !== 'met') return conditions;
  container.blobs.delete(current.name);
  return { status: 202, headers: { 'x-ms-delete-type-permanent': 'true' } };
}

/** Get Blob and Get Blob Properties, whole or a range. */
export function readBlob(request: SimRequest, blob: StoredBlob | undefined): Answer | Refused {
  if (blob === undefined) return blobNotFound;
  const conditions = conditionsOfRead(request.headers, blob);
  if (conditions !== 'met') return conditions;
  const headers = { ...versionHeaders(blob), ...contentHeaders(blob), ...unleased };
  const length = String(blob.content.byteLength);
  if (request.method === 'HEAD') {
    return { status: 200, headers: { ...headers, 'Content-Length': length } };
  }
  const range = rangeOf(request.headers, blob.content.byteLength);
  if (range === undefined) {
    return { status: 200, headers: { ...headers, 'Content-Length': length }, body: blob.content };
  }
  if (range === 'unsatisfiable') return invalidRange;
  const body = blob.content.subarray(range.first, range.last + 1);
  const { 'Content-MD5': whole, ...others } = headers;
  const partly = {
    'Content-Range': `bytes ${range.first}-${range.last}/${length}`,
    'Content-Length': String(body.byteLength),
    'x-ms-blob-content-md5': whole,
  };
  return { status: 206, headers: { ...others, ...partly }, body };
}

function rangeOf(
  headers: SimRequest['headers'],
  length: number,
): { first: number; last: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(headers['x-ms-range'] ?? headers['range'] ?? '');
  if (match === null) return undefined;
  const first = Number(match[1]);
  if (first >= length) return 'unsatisfiable';
  return { first, last: Math.min(match[2] ? Number(match[2]) : length - 1, length - 1) };
}

function contentHeaders(blob: StoredBlob) {
  const metadata = Object.entries(blob.metadata).map(([name, value]) => [
    `x-ms-meta-${name}`,
    value,
  ]);
  return {
    'Content-Type': blob.contentType,
    'Content-MD5': blob.contentMd5,
    'Accept-Ranges': 'bytes',
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-server-encrypted': 'true',
    'x-ms-creation-time': new Date(blob.createdAt).toUTCString(),
    ...(Object.fromEntries(metadata) as Record<string, string>),
  };
}

/** What tells one version of a blob or container from another. */
export function versionHeaders(thing: { readonly etag: string; readonly modifiedAt: number }) {
  return { ETag: thing.etag, 'Last-Modified': new Date(thing.modifiedAt).toUTCString() };
}

export const unleased = { 'x-ms-lease-status': 'unlocked', 'x-ms-lease-state': 'available' };

const blobNotFound: Refused = {
  status: 404,
  code: 'BlobNotFound',
  message: 'The specified blob does not exist.',
};
const invalidRange: Refused = {
  status: 416,
  code: 'InvalidRange',
  message: 'The range specified is invalid for the current size of the resource.',
};
