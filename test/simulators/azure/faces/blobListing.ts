import { escapeXml } from './blobError.ts';
import { byName, type StoredBlob, type StoredContainer } from './memoryBlobStore.ts';

const largestPage = 5000;

/** List Blobs as XML: prefix, delimiter, marker and maxresults are honoured. */
export function listBlobs(
  host: string,
  container: StoredContainer,
  query: URLSearchParams,
): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const marker = query.get('marker') ?? '';
  const entries = entriesOf(container, prefix, delimiter).filter(({ name }) => name >= marker);
  const { page, next } = pageOf(entries, query);
  const withMetadata = (query.get('include') ?? '').split(',').includes('metadata');
  const items = page.map(({ name, blob }) =>
    blob === undefined
      ? `<BlobPrefix>${tag('Name', name)}</BlobPrefix>`
      : blobXml(blob, withMetadata),
  );
  return (
    `${xmlHead(host, container.name)}${tag('Prefix', prefix)}` +
    (marker === '' ? '' : tag('Marker', marker)) +
    (delimiter === '' ? '' : tag('Delimiter', delimiter)) +
    `<Blobs>${items.join('')}</Blobs>${tag('NextMarker', next)}</EnumerationResults>`
  );
}

/** List Containers as XML: prefix, marker and maxresults are honoured. */
export function listContainers(
  host: string,
  containers: readonly StoredContainer[],
  query: URLSearchParams,
): string {
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('marker') ?? '';
  const entries = containers.filter(({ name }) => name.startsWith(prefix) && name >= marker);
  const { page, next } = pageOf(entries, query);
  const items = page.map(
    ({ name, etag, modifiedAt }) =>
      `<Container>${tag('Name', name)}<Properties>` +
      tag('Last-Modified', new Date(modifiedAt).toUTCString()) +
      `${tag('Etag', etag)}</Properties></Container>`,
  );
  return (
    `${xmlHead(host)}${tag('Prefix', prefix)}<Containers>${items.join('')}</Containers>` +
    `${tag('NextMarker', next)}</EnumerationResults>`
  );
}

interface Entry {
  readonly name: string;
  readonly blob?: StoredBlob;
}

function entriesOf(container: StoredContainer, prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const blob of container.blobs.values()) {
    if (!blob.name.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : blob.name.indexOf(delimiter, prefix.length);
    const folder = end === -1 ? undefined : blob.name.slice(0, end + delimiter.length);
    entries.set(
      folder ?? blob.name,
      folder === undefined ? { name: blob.name, blob } : { name: folder },
    );
  }
  return [...entries.values()].sort(byName);
}

function pageOf<T extends { readonly name: string }>(
  entries: readonly T[],
  query: URLSearchParams,
): { page: readonly T[]; next: string } {
  const asked = Number(query.get('maxresults') ?? largestPage);
  const size = Math.min(Math.max(1, asked), largestPage);
  return { page: entries.slice(0, size), next: entries[size]?.name ?? '' };
}

function blobXml(blob: StoredBlob, withMetadata: boolean): string {
  const metadata = Object.entries(blob.metadata).map(([name, value]) => tag(name, value));
  return (
    `<Blob>${tag('Name', blob.name)}<Properties>` +
    tag('Creation-Time', new Date(blob.createdAt).toUTCString()) +
    tag('Last-Modified', new Date(blob.modifiedAt).toUTCString()) +
    // Without the quotes that the header has.
    tag('Etag', blob.etag.replaceAll('"', '')) +
    tag('Content-Length', String(blob.content.byteLength)) +
    tag('Content-Type', blob.contentType) +
    tag('Content-MD5', blob.contentMd5) +
    tag('BlobType', 'BlockBlob') +
    '</Properties>' +
    (withMetadata ? `<Metadata>${metadata.join('')}</Metadata>` : '') +
    '</Blob>'
  );
}

function xmlHead(host: string, container?: string): string {
  const where = container === undefined ? '' : ` ContainerName="${escapeXml(container)}"`;
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="https://${escapeXml(host)}/"${where}>`
  );
}

function tag(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
