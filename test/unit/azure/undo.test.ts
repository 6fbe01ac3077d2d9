import { describe, expect, it } from 'vitest';
import { undoAzure } from '../../../src/azure/undo.ts';
import type { UndoAzure } from '../../../src/setup/undoPorts.ts';
import { fakeConnection, FakeTransport, type FakeAnswer } from './fakeTransport.ts';

const { signal } = new AbortController();
const AT = {
  tenantId: 'tenant',
  blobEndpoint: 'https://acc.blob.core.windows.net/',
  container: 'data',
  limit: 5,
};

function withAnswers(...answers: FakeAnswer[]): { transport: FakeTransport; undo: UndoAzure } {
  const transport = new FakeTransport(...answers);
  const preflight = {
    deletedVault: () => Promise.resolve(undefined),
    locks: () => Promise.resolve([]),
  };
  return { transport, undo: undoAzure(fakeConnection(transport), preflight) };
}

const xml = (status: number, body: string, headers: Record<string, string> = {}): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/xml', ...headers },
  body: `<?xml version="1.0" encoding="utf-8"?>${body}`,
});
const refused = (status: number, code: string): FakeAnswer =>
  xml(status, `<Error><Code>${code}</Code><Message>No.</Message></Error>`, {
    'x-ms-error-code': code,
  });
const LISTED = xml(
  200,
  '<EnumerationResults ContainerName="data"><Blobs><Blob><Name>a</Name><Properties/></Blob></Blobs><NextMarker/></EnumerationResults>',
);

describe('the blobs of a container', () => {
  it('are asked for with their old versions and snapshots', async () => {
    const { transport, undo } = withAnswers(LISTED);
    expect(await undo.blobs(AT, signal)).toEqual(['a']);
    const [sent] = transport.sent;
    expect(new URL(sent?.url ?? '').searchParams.get('include')).toBe('snapshots,versions');
  });

  it.each([
    [400, 'InvalidQueryParameterValue'],
    [409, 'FeatureNotSupportedForHierarchicalNamespaceAccount'],
    [400, 'VersionsNotSupportedForHierarchicalNamespaceAccounts'],
  ])('are listed without versions where these are refused with %i %s', async (status, code) => {
    const { transport, undo } = withAnswers(refused(status, code), LISTED);
    expect(await undo.blobs(AT, signal)).toEqual(['a']);
    const includes = transport.sent.map(({ url }) => new URL(url).searchParams.get('include'));
    expect(includes).toEqual(['snapshots,versions', null]);
  });

  it.each([
    [403, 'AuthorizationPermissionMismatch'],
    [400, 'InvalidHeaderValue'],
    [503, 'ServerBusy'],
  ])('are not taken for a part of them after %i %s', async (status, code) => {
    const { transport, undo } = withAnswers(refused(status, code));
    await expect(undo.blobs(AT, signal)).rejects.toMatchObject({ azure: { status, code } });
    expect(transport.sent).toHaveLength(1);
  });
});
