import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimRequest, SimResponse, SimService } from '../core/http.ts';
import { certificateNames } from '../faces/azureHosts.ts';
import { makeCertificates, type Certificates } from '../faces/certificates.ts';
import { parseAuthority, startConnectProxy, type ConnectProxy } from '../faces/connectProxy.ts';
import { startHttpsFace, type HttpsFace } from '../faces/httpsFace.ts';
import { ScaledClock } from '../faces/scaledClock.ts';
import { staticSite } from '../faces/staticSite.ts';
import { ask, tunnel } from './throughProxy.ts';

const files = staticSite({ '/catalog.json': { contentType: 'application/json', body: '[1]' } });

class Recorder implements SimService {
  readonly seen: SimRequest[] = [];
  answer: SimResponse = { status: 200, headers: {} };

  handle(received: SimRequest): Promise<SimResponse> {
    this.seen.push(received);
    return Promise.resolve(this.answer);
  }
}

describe('the https face behind the proxy', () => {
  const core = new Recorder();
  const clock = new ScaledClock(10);
  let certificates: Certificates;
  let face: HttpsFace;
  let proxy: ConnectProxy;
  const door = () => ({ proxyUrl: proxy.url, ca: certificates.ca });
  const arm = 'https://management.azure.com';
  const known = new Set(['management.azure.com', 'graph.microsoft.com', 'files.example']);

  beforeAll(async () => {
    certificates = await makeCertificates([...certificateNames, 'files.example']);
    const services: Readonly<Record<string, SimService>> = {
      'management.azure.com': core,
      'files.example': files,
    };
    face = await startHttpsFace({
      certificates,
      clock,
      answerFor: (host) => {
        const service = services[host];
        return service === undefined ? undefined : { kind: 'service', service };
      },
    });
    proxy = await startConnectProxy({
      portFor: (host, port) => (port === 443 && known.has(host) ? face.port : undefined),
    });
  });
  afterAll(async () => {
    await proxy.close();
    await face.close();
    await certificates.remove();
  });

  it('hands the core the public URL, lower-case headers and the whole body, untouched', async () => {
    core.answer = { status: 201, headers: { ETag: '"1"' }, body: Buffer.from('{}') };
    const path = '/subscriptions/S/resourcegroups/A%2Fb?api-version=2021-04-01&t=1&c=%2B%2F=&s=x';
    const answer = await ask(door(), arm + path, {
      method: 'PUT',
      headers: { 'X-Ms-Test': 'yes' },
      body: Buffer.from([0, 255, 10]),
    });
    expect([answer.status, answer.headers['etag'], answer.body.toString()]).toEqual([
      201,
      '"1"',
      '{}',
    ]);
    const seen = core.seen.at(-1);
    expect(seen?.url.href).toBe(arm + path);
    expect(seen?.headers['x-ms-test']).toBe('yes');
    expect([...(seen?.body ?? [])]).toEqual([0, 255, 10]);
  });

  it('keeps a connection alive over many requests', async () => {
    core.answer = { status: 200, headers: {}, body: Buffer.from('x') };
    const socket = await tunnel(door(), 'management.azure.com');
    for (let i = 0; i < 5; i += 1) {
      expect((await ask(door(), arm, {}, socket)).status).toBe(200);
    }
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it('answers a hundred connections at once', async () => {
    core.answer = { status: 200, headers: {}, body: Buffer.from('x') };
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(door(), arm)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  });

  it('carries bodies of many megabytes both ways', async () => {
    const body = Buffer.alloc(16 * 1024 * 1024, 'azure');
    core.answer = { status: 200, headers: {}, body };
    const answer = await ask(door(), arm, { method: 'POST', body });
    expect(core.seen.at(-1)?.body.byteLength).toBe(body.byteLength);
    expect(answer.body.equals(body)).toBe(true);
  });

  it('sends no body and no length with 204 and to HEAD', async () => {
    core.answer = { status: 204, headers: {} };
    const gone = await ask(door(), arm, { method: 'DELETE' });
    expect([gone.status, gone.headers['content-length']]).toEqual([204, undefined]);
    core.answer = { status: 404, headers: {}, body: Buffer.from('{"error":{}}') };
    const head = await ask(door(), arm, { method: 'HEAD' });
    expect([head.status, head.body.byteLength]).toEqual([404, 0]);
  });

  it('breaks the connection when the core says so', async () => {
    core.answer = { status: 0, headers: {}, cutConnection: true };
    await expect(ask(door(), arm)).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it('holds an answer back by the simulated delay, in scaled time', async () => {
    core.answer = { status: 200, headers: {}, delayMs: 2000 };
    const before = performance.now();
    await ask(door(), arm);
    const tookMs = performance.now() - before;
    expect(tookMs).toBeGreaterThan(190);
    expect(tookMs).toBeLessThan(1500);
  });

  it.each([
    ['17', '2'],
    ['1', '1'],
    ['0', '1'],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])(
    'tells clients to wait their own seconds: Retry-After %s at ten times speed is %s',
    async (simulated, real) => {
      core.answer = { status: 202, headers: { 'Retry-After': simulated } };
      expect((await ask(door(), arm)).headers['retry-after']).toBe(real);
    },
  );

  it('plays other hosts from files', async () => {
    const found = await ask(door(), 'https://files.example/catalog.json');
    expect([found.body.toString(), found.headers['content-type']]).toEqual([
      '[1]',
      'application/json',
    ]);
    const missing = await ask(door(), 'https://files.example/toString');
    expect(missing.status).toBe(404);
    const posted = await ask(door(), 'https://files.example/catalog.json', { method: 'POST' });
    expect(posted.status).toBe(405);
  });

  it('answers 421 for a host that nobody plays', async () => {
    const socket = await tunnel(door(), 'graph.microsoft.com');
    const answer = await ask(door(), 'https://graph.microsoft.com/v1.0/me', {}, socket);
    socket.destroy();
    expect(answer.status).toBe(421);
    expect(answer.body.toString()).toContain('graph.microsoft.com');
  });

  it('survives a client that goes away in the middle of a request', async () => {
    const socket = await tunnel(door(), 'management.azure.com');
    socket.write(
      'PUT / HTTP/1.1\r\nHost: management.azure.com\r\nContent-Length: 1000\r\n\r\nhalf',
    );
    socket.destroy();
    core.answer = { status: 200, headers: {} };
    expect((await ask(door(), arm)).status).toBe(200);
  });

  it.each(['nowhere.example', '[::1]', '[2606:4700::1111]'])(
    'refuses %s with 502 and remembers it',
    async (host) => {
      await expect(tunnel(door(), host)).rejects.toThrow('The proxy answered 502.');
      expect(proxy.refused).toContain(`${host}:443`);
    },
  );

  it('refuses plain http and remembers it', async () => {
    const { hostname, port } = new URL(proxy.url);
    const plain = request({ hostname, port, path: 'http://example.com/x' });
    plain.end();
    const [response] = (await once(plain, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(502);
    expect(proxy.refused).toContain('example.com:80');
  });
});

describe('the CONNECT target', () => {
  it.each([
    ['management.azure.com:443', { host: 'management.azure.com', port: 443 }],
    ['Management.Azure.COM:443', { host: 'management.azure.com', port: 443 }],
    ['[::1]:443', { host: '::1', port: 443 }],
    ['[fe80::1%eth0]:8443', { host: 'fe80::1%eth0', port: 8443 }],
    ['::1:443', undefined],
    ['host', undefined],
    ['host:0', undefined],
    ['host:65536', undefined],
    ['user@host:443', undefined],
    ['', undefined],
  ])('%s is %o', (authority, expected) => {
    expect(parseAuthority(authority)).toEqual(expected);
  });
});

describe('the certificate authority', () => {
  it('leaves only its certificate on disk, and nothing after it is removed', async () => {
    const certificates = await makeCertificates(['localhost']);
    const text = await readFile(certificates.caFile, 'utf8');
    expect(text).toContain('BEGIN CERTIFICATE');
    expect(text).not.toContain('PRIVATE KEY');
    await certificates.remove();
    await expect(stat(certificates.caFile)).rejects.toThrow('ENOENT');
  });
});

describe('the proxy under clients that break off', () => {
  it('keeps answering the others', async () => {
    const core = new Recorder();
    core.answer = { status: 200, headers: {}, body: Buffer.alloc(200_000) };
    const certificates = await makeCertificates(certificateNames);
    const face = await startHttpsFace({
      certificates,
      clock: new ScaledClock(1),
      answerFor: () => ({ kind: 'service', service: core }),
    });
    const proxy = await startConnectProxy({ portFor: () => face.port });
    const door = { proxyUrl: proxy.url, ca: certificates.ca };
    const breakOff = async (afterMs: number) => {
      const socket = await tunnel(door, 'management.azure.com');
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: management.azure.com\r\n\r\n');
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      socket.destroy();
    };
    const stayed = Array.from({ length: 20 }, () => ask(door, 'https://management.azure.com/'));
    await Promise.all(Array.from({ length: 60 }, (_, index) => breakOff(index % 7)));
    expect((await Promise.all(stayed)).every(({ body }) => body.byteLength === 200_000)).toBe(true);
    await proxy.close();
    await face.close();
    await certificates.remove();
  });

  it('answers 502 while the face behind it does not listen', async () => {
    const proxy = await startConnectProxy({ portFor: () => 1 });
    const door = { proxyUrl: proxy.url, ca: '' };
    await expect(tunnel(door, 'management.azure.com')).rejects.toThrow('502');
    await proxy.close();
  });
});
