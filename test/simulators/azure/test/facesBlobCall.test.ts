import { describe, expect, it } from 'vitest';
import { accountOf, serviceOf } from '../faces/azureHosts.ts';
import { blobCallOf } from '../faces/blobCall.ts';

describe('which right a blob request takes', () => {
  it.each([
    ['GET', '/?comp=list', 'containers/read'],
    ['POST', '/?restype=service&comp=userdelegationkey', 'generateUserDelegationKey/action'],
    ['GET', '/?restype=service&comp=properties', undefined],
    ['PUT', '/box?restype=container', 'containers/write'],
    ['PUT', '/box?restype=container&comp=metadata', 'containers/write'],
    ['HEAD', '/box?restype=container', 'containers/read'],
    ['DELETE', '/box?restype=container', 'containers/delete'],
    ['GET', '/box?restype=container&comp=list', 'containers/blobs/read'],
    ['PUT', '/box?restype=container&comp=acl', undefined],
    ['PUT', '/box?restype=container&comp=lease', undefined],
    ['GET', '/box/a/b.json', 'containers/blobs/read'],
    ['PUT', '/box/a/b.json', 'containers/blobs/write'],
    ['PUT', '/box/a/b.json?comp=block&blockid=AA', 'containers/blobs/write'],
    ['DELETE', '/box/a/b.json', 'containers/blobs/delete'],
    ['PUT', '/box/a/b.json?comp=tags', undefined],
    ['PATCH', '/box/a', undefined],
  ])('%s %s: %s', (method, path, action) => {
    expect(blobCallOf(method, new URL(`https://a.blob.core.windows.net${path}`)).action).toBe(
      action,
    );
  });

  it('takes names out of the path as they are meant', () => {
    const url = new URL('https://a.blob.core.windows.net/box/a%2Fb%20c/d');
    expect(blobCallOf('GET', url)).toMatchObject({ container: 'box', blob: 'a/b c/d' });
  });
});

describe('which service a host name is', () => {
  it.each([
    ['management.azure.com', 'resourceManager'],
    ['LOGIN.microsoftonline.com', 'login'],
    ['graph.microsoft.com', 'graph'],
    ['acct1.blob.core.windows.net', 'blob'],
    ['my-vault.vault.azure.net', 'vault'],
    ['blob.core.windows.net', undefined],
    ['a.b.blob.core.windows.net', undefined],
    ['management.azure.com.evil.example', undefined],
    ['evilmanagement.azure.com', undefined],
    ['acct1.blob.core.windows.net.evil.example', undefined],
    ['127.0.0.1', undefined],
  ])('%s: %s', (host, service) => {
    expect(serviceOf(host)).toBe(service);
  });

  it('finds the account', () => {
    expect(accountOf('Acct1.blob.core.windows.net')).toBe('acct1');
    expect(accountOf('acct1.queue.core.windows.net')).toBeUndefined();
  });
});
