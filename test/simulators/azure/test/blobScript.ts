import type { BlobAnswer, BlobEndpoint } from './blobEndpoints.ts';
import type { Sent } from './throughProxy.ts';

/** One request of the script, with what the answers of two endpoints have to share. */
export interface ScriptStep {
  readonly name: string;
  readonly path: string;
  /** `previous` maps a step's name to its answer, e.g. for its ETag. */
  readonly sent: (previous: ReadonlyMap<string, BlobAnswer>) => Sent;
}

const version = { 'x-ms-version': '2024-11-04' };
const all = { ...version, authorization: 'Bearer all' };
const block = { ...all, 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/json' };

function etagOf(previous: ReadonlyMap<string, BlobAnswer>, step: string): string {
  const etag = previous.get(step)?.headers['etag'];
  if (etag === undefined) throw new Error(`The step "${step}" had no ETag.`);
  return etag;
}

const step = (name: string, path: string, sent: Sent): ScriptStep => ({
  name,
  path,
  sent: () => sent,
});

/** What the product, and then some, does to blobs; run against both endpoints. */
export const blobScript: readonly ScriptStep[] = [
  step('blob in a container that is missing', '/box/a.json', { headers: all }),
  step('container missing', '/box?restype=container', { headers: all }),
  step('list in a missing container', '/box?restype=container&comp=list', { headers: all }),
  step('create container', '/box?restype=container', { method: 'PUT', headers: all }),
  step('create container again', '/box?restype=container', { method: 'PUT', headers: all }),
  step('read container', '/box?restype=container', { headers: all }),
  step('head container', '/box?restype=container', { method: 'HEAD', headers: all }),
  step('read a container made by ARM', '/from-arm-first?restype=container', { headers: all }),
  step('read a missing blob', '/box/a.json', { headers: all }),
  step('head a missing blob', '/box/a.json', { method: 'HEAD', headers: all }),
  step('delete a missing blob', '/box/a.json', { method: 'DELETE', headers: all }),
  step('replace a missing blob', '/box/a.json', {
    method: 'PUT',
    headers: { ...block, 'if-match': '"0x8DFFFFFFFFFFFFF"' },
    body: '{}',
  }),
  step('create blob', '/box/projects/a.json', {
    method: 'PUT',
    headers: { ...block, 'if-none-match': '*', 'x-ms-meta-owner': 'me' },
    body: '{"schema":1}',
  }),
  step('create blob again', '/box/projects/a.json', {
    method: 'PUT',
    headers: { ...block, 'if-none-match': '*' },
    body: '{"schema":2}',
  }),
  step('read blob', '/box/projects/a.json', { headers: all }),
  step('head blob', '/box/projects/a.json', { method: 'HEAD', headers: all }),
  step('read the start of a blob', '/box/projects/a.json', {
    headers: { ...all, 'x-ms-range': 'bytes=0-3' },
  }),
  step('read beyond the end of a blob', '/box/projects/a.json', {
    headers: { ...all, 'x-ms-range': 'bytes=100-' },
  }),
  {
    name: 'read blob unless unchanged',
    path: '/box/projects/a.json',
    sent: (previous) => ({
      headers: { ...all, 'if-none-match': etagOf(previous, 'create blob') },
    }),
  },
  {
    name: 'replace the version that was read',
    path: '/box/projects/a.json',
    sent: (previous) => ({
      method: 'PUT',
      headers: { ...block, 'if-match': etagOf(previous, 'create blob') },
      body: '{"schema":1,"name":"ä"}',
    }),
  },
  {
    name: 'replace a version that is gone',
    path: '/box/projects/a.json',
    sent: (previous) => ({
      method: 'PUT',
      headers: { ...block, 'if-match': etagOf(previous, 'create blob') },
      body: '{}',
    }),
  },
  {
    name: 'read only the version that is gone',
    path: '/box/projects/a.json',
    sent: (previous) => ({ headers: { ...all, 'if-match': etagOf(previous, 'create blob') } }),
  },
  step('read the replaced blob', '/box/projects/a.json', { headers: all }),
  step('write a name that needs escaping', '/box/projects/b%20%26%20c.json', {
    method: 'PUT',
    headers: block,
    body: '',
  }),
  step('write without conditions', '/box/z', { method: 'PUT', headers: block, body: 'z' }),
  step('list', '/box?restype=container&comp=list', { headers: all }),
  step('list by prefix', '/box?restype=container&comp=list&prefix=projects%2F', { headers: all }),
  step('list by folder', '/box?restype=container&comp=list&delimiter=%2F', { headers: all }),
  step('list with metadata', '/box?restype=container&comp=list&include=metadata', { headers: all }),
  step('list containers', '/?comp=list', { headers: all }),
  {
    name: 'delete a version that is gone',
    path: '/box/projects/a.json',
    sent: (previous) => ({
      method: 'DELETE',
      headers: { ...all, 'if-match': etagOf(previous, 'create blob') },
    }),
  },
  step('delete blob', '/box/projects/a.json', { method: 'DELETE', headers: all }),
  step('read the deleted blob', '/box/projects/a.json', { headers: all }),
  step('no token', '/box/z', { headers: version }),
  step('no token, old version', '/box/z', {}),
  step('wrong token', '/box/z', { headers: { ...version, authorization: 'Bearer stale' } }),
  step('no right', '/box/z', { headers: { ...version, authorization: 'Bearer nothing' } }),
  step('no right, head', '/box/z', {
    method: 'HEAD',
    headers: { ...version, authorization: 'Bearer nothing' },
  }),
  step('account key', '/box/z', { headers: { ...version, authorization: 'SharedKey acct:AAAA' } }),
  step('signed url', '/box/z?sv=2024-11-04&sig=AAAA', { headers: version }),
  step('delete container', '/box?restype=container', { method: 'DELETE', headers: all }),
  step('create a container that is being deleted', '/box?restype=container', {
    method: 'PUT',
    headers: all,
  }),
  step('delete container again', '/box?restype=container', { method: 'DELETE', headers: all }),
];

/** Runs the script and returns every answer by its step's name, in order. */
export async function runBlobScript(endpoint: BlobEndpoint): Promise<Map<string, BlobAnswer>> {
  const answers = new Map<string, BlobAnswer>();
  for (const { name, path, sent } of blobScript) {
    answers.set(name, await endpoint.ask(path, sent(answers)));
  }
  return answers;
}
