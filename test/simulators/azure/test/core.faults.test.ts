import { expect, it } from 'vitest';
import { SINGLE } from '../core/worlds/single.ts';
import { Bench, codeOf } from './core.harness.ts';

const GROUP = `/subscriptions/${SINGLE.subscriptionId}/resourceGroups/one?api-version=2021-04-01`;
const put = (bench: Bench) => bench.ask('PUT', GROUP, { body: { location: 'eastus' } });
const get = (bench: Bench) => bench.ask('GET', GROUP);

it('a fault before the effect keeps the request from Azure', async () => {
  const bench = new Bench();
  bench.azure.faults.add({
    method: 'PUT',
    path: 'resourceGroups/one',
    when: 'before',
    status: 503,
    headers: { 'Retry-After': '7' },
    body: { error: { code: 'ServerBusy', message: '' } },
  });
  const answer = await put(bench);
  expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([
    503,
    'ServerBusy',
    '7',
  ]);
  expect((await get(bench)).status).toBe(404);
});

it('a fault after the effect hides an answer whose work was done', async () => {
  const bench = new Bench();
  bench.azure.faults.add({ method: 'PUT', when: 'after', cut: true });
  const token = bench.userToken();
  const response = await bench.azure.handle({
    method: 'PUT',
    url: new URL(`https://management.azure.com${GROUP}`),
    headers: { authorization: `Bearer ${token}` },
    body: new TextEncoder().encode(JSON.stringify({ location: 'eastus' })),
  });
  expect(response.cutConnection).toBe(true);
  expect((await get(bench)).status).toBe(200);
});

it('strikes only the nth time, or so many times, and counts', async () => {
  const bench = new Bench();
  bench.azure.faults.add({ method: 'GET', when: 'before', status: 500, nth: 2 });
  bench.azure.faults.add({ method: 'PUT', when: 'before', status: 500, times: 2 });
  expect([(await get(bench)).status, (await get(bench)).status, (await get(bench)).status]).toEqual(
    [404, 500, 404],
  );
  expect([(await put(bench)).status, (await put(bench)).status, (await put(bench)).status]).toEqual(
    [500, 500, 201],
  );
  expect(bench.azure.faults.hits()).toEqual([1, 2]);
  bench.azure.faults.clear();
  expect(bench.azure.faults.hits()).toEqual([]);
});

it('by seed strikes about as often as asked, the same requests each time', async () => {
  const run = async (seed: number): Promise<boolean[]> => {
    const bench = new Bench();
    bench.azure.faults.add({ when: 'before', status: 500, chance: 0.3, seed });
    const struck: boolean[] = [];
    for (let index = 0; index < 200; index += 1) struck.push((await get(bench)).status === 500);
    return struck;
  };
  const first = await run(3);
  expect(first.filter(Boolean).length).toBeGreaterThan(35);
  expect(first.filter(Boolean).length).toBeLessThan(85);
  expect(await run(3)).toEqual(first);
  expect(await run(4)).not.toEqual(first);
});

it('can only hold an answer back', async () => {
  const bench = new Bench();
  bench.azure.faults.add({ when: 'after', delayMs: 5000 });
  const response = await bench.azure.handle({
    method: 'GET',
    url: new URL('https://management.azure.com/tenants?api-version=2022-12-01'),
    headers: { authorization: `Bearer ${bench.userToken()}` },
    body: new Uint8Array(),
  });
  expect([response.status, response.delayMs]).toEqual([200, 5000]);
});
