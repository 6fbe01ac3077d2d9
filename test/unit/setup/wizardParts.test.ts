import { describe, expect, it } from 'vitest';
import { cancellation } from '../../../src/setup/errors.ts';
import { specFromTags } from '../../../src/setup/foundSpec.ts';
import { gpuFamilies } from '../../../src/setup/gpuQuota.ts';
import { roomDetails, roomText } from '../../../src/setup/gpuQuotaText.ts';
import { gpuOf, seriesOf } from '../../../src/setup/gpuSeries.ts';
import { DSTACK_LOCATIONS, isDstackLocation } from '../../../src/setup/locations.ts';
import { defaultStorageAccountName } from '../../../src/setup/names.ts';
import { extraViews } from '../../../src/setup/wizard/extras.ts';
import { isGuid, readGuid } from '../../../src/setup/wizard/guid.ts';
import { createLoaded, keyOf } from '../../../src/setup/wizard/loaded.ts';
import { checkName } from '../../../src/setup/wizard/nameCheck.ts';
import { readServerUrl } from '../../../src/setup/wizard/serverUrlField.ts';
import { createSignIns } from '../../../src/setup/wizard/signIns.ts';
import { parseSnapshot } from '../../../src/setup/wizard/snapshot.ts';
import { offline } from './runStage.ts';
import { SUBSCRIPTION, TENANT } from './sampleSpec.ts';
import { CLIENT, sampleAccount, tick, WizardWorld } from './wizardWorld.ts';

interface Question {
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: (error: Error) => void;
}

describe('A list that is fetched for a key', () => {
  function begin() {
    const questions: Question[] = [];
    let changes = 0;
    const list = createLoaded<string>(() => (changes += 1));
    const fetch = (signal: AbortSignal) =>
      new Promise<string>((answer, fail) => questions.push({ signal, answer, fail }));
    const state = () => [list.value, list.loading, list.error?.code];
    return { list, fetch, questions, state, changes: () => changes };
  }

  it('is fetched once for each key, and told when it has come', async () => {
    const { list, fetch, questions, state, changes } = begin();
    expect(state()).toEqual([undefined, false, undefined]);
    list.follow('a', fetch);
    list.follow('a', fetch);
    expect(questions).toHaveLength(1);
    expect(state()).toEqual([undefined, true, undefined]);
    questions[0]?.answer('first');
    await tick();
    expect(state()).toEqual(['first', false, undefined]);
    expect(changes()).toBe(1);
  });

  it('is dropped with its key, and an answer to an earlier one is nobody’s', async () => {
    const { list, fetch, questions, state, changes } = begin();
    list.follow('a', fetch);
    list.follow('b', fetch);
    expect(questions.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    questions[0]?.answer('late');
    await tick();
    expect(state()).toEqual([undefined, true, undefined]);
    list.follow(undefined, fetch);
    questions[1]?.fail(offline);
    await tick();
    expect(state()).toEqual([undefined, false, undefined]);
    expect([questions.length, changes()]).toEqual([2, 0]);
    list.reload();
    expect(questions).toHaveLength(2);
  });

  it('stays while it is fetched again, and a failure takes its place', async () => {
    const { list, fetch, questions, state } = begin();
    list.follow('a', fetch);
    questions[0]?.answer('first');
    await tick();
    list.reload();
    expect(state()).toEqual(['first', true, undefined]);
    questions[1]?.fail(offline);
    await tick();
    expect(state()).toEqual([undefined, false, 'network']);
    list.reload();
    expect(state()).toEqual([undefined, true, undefined]);
    questions[2]?.fail(cancellation());
    await tick();
    expect(state()).toEqual([undefined, false, undefined]);
  });

  it('is fetched no more once it is disposed of', async () => {
    const { list, fetch, questions, state, changes } = begin();
    list.follow('a', fetch);
    list.dispose();
    expect(questions[0]?.signal.aborted).toBe(true);
    questions[0]?.answer('late');
    await tick();
    list.reload();
    expect(state()).toEqual([undefined, false, undefined]);
    expect([questions.length, changes()]).toEqual([1, 0]);
  });

  it('has one key for several values, or none if one is missing', () => {
    expect(keyOf('a', 'b')).toBe('a\nb');
    expect(keyOf('a', undefined, 'b')).toBeUndefined();
    expect(keyOf('a', '')).toBe('a\n');
  });
});

describe('Which tenants need another sign-in', () => {
  function begin() {
    const asked: { readonly id: string; readonly answer: (value: boolean) => void }[] = [];
    let changes = 0;
    const signIns = createSignIns(() => (changes += 1));
    const ask = (id: string) => new Promise<boolean>((answer) => asked.push({ id, answer }));
    const answer = async (index: number, value: boolean): Promise<void> => {
      asked[index]?.answer(value);
      await tick();
    };
    const ids = () => asked.map(({ id }) => id).join('');
    return {
      signIns,
      ask,
      answer,
      ids,
      needed: () => [...signIns.needed].join(''),
      changes: () => changes,
    };
  }

  it('is asked about three at a time, once, and told when something has changed', async () => {
    const { signIns, ask, answer, ids, needed, changes } = begin();
    signIns.follow('key', ['a', 'b', 'c', 'd', 'e'], ask);
    signIns.follow('key', ['x', 'y', 'z'], ask);
    expect(ids()).toBe('abc');
    await answer(0, false);
    await answer(1, true);
    await answer(2, false);
    expect(ids()).toBe('abcde');
    expect(needed()).toBe('ac');
    expect(changes()).toBe(2);
  });

  it('is asked again after a sign-in: what needed it, and what has not answered', async () => {
    const { signIns, ask, answer, ids, needed, changes } = begin();
    signIns.follow('key', ['a', 'b', 'c'], ask);
    await answer(0, false);
    await answer(1, true);
    signIns.recheck();
    expect(ids()).toBe('abcac');
    // An answer to the earlier question is nobody's.
    await answer(2, false);
    expect(needed()).toBe('a');
    await answer(3, true);
    expect(needed()).toBe('');
    await answer(4, false);
    expect(needed()).toBe('c');
    expect(changes()).toBe(3);
  });

  it('is forgotten with another account, and asked no more once it is disposed of', async () => {
    const { signIns, ask, answer, ids, needed, changes } = begin();
    signIns.follow('one', ['a'], ask);
    await answer(0, false);
    signIns.follow(undefined, ['b'], ask);
    expect([needed(), ids()]).toEqual(['', 'a']);
    signIns.follow('two', ['c'], ask);
    signIns.dispose();
    await answer(1, false);
    expect([needed(), ids(), changes()]).toEqual(['', 'ac', 1]);
  });

  it('takes one that can’t be asked about for open', async () => {
    const { signIns, needed } = begin();
    signIns.follow('key', ['a'], () => Promise.reject(new Error('offline')));
    await tick();
    expect(needed()).toBe('');
  });
});

describe('Whether the name of an account is free', () => {
  const names = [0, 1, 2, 3, 4].map((attempt) =>
    defaultStorageAccountName(SUBSCRIPTION, 'vision', attempt),
  );

  async function check(name: string, taken: readonly string[], more: object = {}) {
    const asked: string[] = [];
    const catalog = {
      ...new WizardWorld().deps.catalogFor('dev'),
      checkStorageAccountName: (_tenant: string, _subscription: string, each: string) => {
        asked.push(each);
        return Promise.resolve({ available: !taken.includes(each), ...more });
      },
    };
    const place = { tenantId: TENANT, subscriptionId: SUBSCRIPTION, projectName: 'vision' };
    const answer = await checkName({ catalog, ...place, name }, new AbortController().signal);
    return { answer, asked };
  }

  it('is what Azure says of it', async () => {
    expect(await check('mine', [])).toEqual({ answer: { available: true }, asked: ['mine'] });
    expect((await check('mine', ['mine'], { reason: 'Unchecked' })).answer).toEqual({
      available: true,
      unchecked: true,
    });
  });

  it('comes with the first of five others that is, and Azure’s sentence', async () => {
    const message = { message: 'It is taken.' };
    expect((await check('mine', ['mine'], message)).answer).toEqual({
      ...{ available: false, ...message },
      suggestion: names[0],
    });
    const [first = '', second = ''] = names;
    const other = await check(first, [first, second]);
    expect(other).toEqual({
      answer: { available: false, suggestion: names[2] },
      asked: [first, second, names[2]],
    });
    const none = await check('mine', ['mine', ...names]);
    expect(none).toEqual({ answer: { available: false }, asked: ['mine', ...names] });
  });
});

describe('What is typed or pasted', () => {
  it.each([`x${CLIENT}`, `${CLIENT}x`, CLIENT.slice(1), `${CLIENT}-${CLIENT.slice(0, 4)}`])(
    'is no ID: %j',
    (text) => {
      expect(isGuid(text)).toBe(false);
      expect(readGuid(text)).toBe(text);
    },
  );

  it.each([
    [` urn:uuid:${CLIENT}`, CLIENT],
    [`my urn:uuid:${CLIENT}`, `my urn:uuid:${CLIENT}`],
    [`${CLIENT.replaceAll('-', '')}0`, `${CLIENT.replaceAll('-', '')}0`],
    [`(${CLIENT})`, CLIENT],
    [`“${CLIENT}”`, CLIENT],
  ])('as an ID: %j is read as %j', (text, expected) => {
    expect(readGuid(text)).toBe(expected);
  });

  const noScheme = 'The server URL begins with https:// or http://.';
  const notHttp = 'The server URL is not an http or https address.';
  const secret = 'The server URL holds a user name or password.';
  const part = 'The server URL has a part after “?” or “#”.';

  it.each([
    ['dstack.example', noScheme, 'https://dstack.example'],
    ['LOCALHOST', noScheme, 'http://localhost'],
    ['::1', noScheme, 'http://[::1]'],
    ['[::1]:3000', noScheme, 'http://[::1]:3000'],
    ['my dstack.example', noScheme, undefined],
    ['a/b.c', noScheme, undefined],
    ['notlocalhost', noScheme, undefined],
    ['ftp://dstack.example', notHttp, undefined],
    ['https://', notHttp, undefined],
    ['x-y.z+1://dstack.example', notHttp, undefined],
    ['https://me@dstack.example/team/', secret, 'https://dstack.example/team'],
    ['https://:pw@dstack.example', secret, 'https://dstack.example'],
    ['https://dstack.example/?a', part, 'https://dstack.example'],
    ['https://dstack.example/#a', part, 'https://dstack.example'],
  ])('as a URL: %j is refused in its own words, and %j offered', (text, message, suggestion) => {
    const { error, suggestion: offered } = readServerUrl(text).finding;
    expect(error).toMatchObject({ message, remedy: 'Enter it like https://dstack.example.com.' });
    expect(offered).toBe(suggestion);
  });

  it.each([
    ['http://127.0.0.1:3000', false],
    ['http://[::1]:3000', false],
    ['http://localhost', false],
    ['http://dstack.localhost.example', true],
    ['http://10.0.0.1', true],
    ['https://dstack.example', false],
  ])('as a URL: whether %s can be read on the way is said: %j', (text, isOpen) => {
    expect(readServerUrl(text).finding.hint !== undefined).toBe(isOpen);
  });
});

describe('A snapshot of the wizard', () => {
  const form = { chosen: { account: 'dev' }, typed: { projectName: 'x' } };
  const whole = { schema: 1, form: { ...form, extras: ['gateways'], open: ['server'] } };

  it('is taken as it was stored', () => {
    expect(parseSnapshot(whole)).toEqual(whole);
    expect(parseSnapshot({ schema: 1, form })).toEqual({ schema: 1, form });
  });

  it.each([
    { ...whole, schema: 2 },
    { ...whole, more: 1 },
    { schema: 1 },
    { schema: 1, form: { ...form, extras: ['unknown'] } },
    { schema: 1, form: { ...form, open: ['unknown'] } },
    { schema: 1, form: { ...form, secrets: {} } },
    { schema: 1, form: { ...form, typed: { clientSecret: 'x' } } },
    { schema: 1, form, run: {} },
    { schema: 1, form, made: {} },
    { schema: 1, form, done: {} },
  ])('is none: %j', (value) => {
    expect(parseSnapshot(value)).toBeUndefined();
  });
});

describe('The extras', () => {
  it('are four ticks, each with what it means', () => {
    const views = extraViews(new Set(['classicPorts']));
    expect(views.map(({ name, label, checked }) => [name, label, checked])).toEqual([
      ['secretsAndLogs', 'Key vault and logs', false],
      ['gateways', 'Ports for gateways', false],
      ['classicPorts', 'Ports 3000 to 4000', true],
      ['classicVmRight', 'Let runs manage VMs', false],
    ]);
    expect(views.map(({ detail }) => detail.split('.')[0])).toEqual([
      'A vault for secrets and a place for logs, as the dstack Hub had them',
      'Opens 80 and 443, so that services can be published',
      'As the dstack Hub opened them',
      'Virtual Machine Contributor for the identity of runs, as the dstack Hub had it',
    ]);
    expect(views.map(({ warning }) => warning !== undefined)).toEqual([false, false, false, true]);
  });
});

describe('The GPU series that dstack rents', () => {
  const sizes = [
    'Standard_NC64as_T4_v3',
    'Standard_NC24s_v3',
    'Standard_ND40rs_v2',
    'Standard_NV36ads_A10_v5',
    'Standard_NV72adms_A10_v5',
    'Standard_NC24ads_A100_v4',
    'Standard_NC40ads_H100_v5',
    'standard_nc80adis_h100_v5',
    'Standard_ND96asr_v4',
    'Standard_ND96amsr_A100_v4',
    'Standard_ND96isr_H200_v5',
  ];

  it.each(sizes)('have %s, and nothing that only contains its name', (size) => {
    expect(gpuOf(size)).toBeDefined();
    expect(gpuOf(`x${size}`)).toBeUndefined();
    expect(gpuOf(`${size}x`)).toBeUndefined();
    expect(gpuOf(size.replace(/\d+/, ''))).toBeUndefined();
  });

  it('are called without number and underscore, as people call them', () => {
    expect(seriesOf('Standard_ND96amsr_A100_v4')).toBe('NDamsr A100 v4');
    expect(seriesOf('standard_nc24ads_A100_v4')).toBe('ncads A100 v4');
    expect(seriesOf('NC6_Standard_v3')).toBe('NC Standard v3');
  });
});

describe('What a subscription may rent of a family', () => {
  const family = { family: 'Standard NCADSA100v4 Family', gpus: 1, isSpotCapable: true };
  const small = { name: 'Standard_NC24ads_A100_v4', vcpus: 24, ...family };
  const big = { name: 'Standard_NC96ads_A100_v4', vcpus: 96, ...family, gpus: 4 };
  const quota = { name: 'StandardNCADSA100v4Family', used: 10, limit: 130 };

  it('is put together from its sizes and its quota', () => {
    const usages = [quota, { name: 'lowPriorityCores', used: 1, limit: 49 }];
    const [found] = gpuFamilies({ sizes: [big, small], usages });
    expect(found).toEqual({
      family: 'Standard NCADSA100v4 Family',
      quota,
      room: 120,
      series: 'NCads A100 v4',
      gpu: 'A100',
      gpus: 5,
      spotRoom: 48,
      smallest: 24,
    });
    expect(found && roomDetails(found)).toBe(
      'Standard NCADSA100v4 Family: 10 of 130 vCPUs are in use.\nAs spot: room for 48 vCPUs, for all families together.',
    );
  });

  it('is nothing of a family that is closed, whose smallest size says why', () => {
    const closed = { ...small, restriction: 'QuotaId' };
    const sizes = [{ ...big, restriction: 'Other' }, closed];
    const usages = [quota, { name: 'lowPriorityCores', used: 0, limit: 9 }];
    const [found] = gpuFamilies({ sizes, usages });
    expect(found).toMatchObject({ room: 0, gpus: 0, spotRoom: 0, restriction: 'QuotaId' });
    expect(found && roomDetails(found)).toBe(
      'Azure says QuotaId.\nThis kind of subscription (free, student, ...) gets no such sizes.',
    );
    const [none] = gpuFamilies({ sizes: [small], usages: [] });
    expect(none && roomDetails(none)).toBe(
      'Azure lists no quota for Standard NCADSA100v4 Family.\nNo room for spot machines.',
    );
    expect(none && roomText(none)).toBe('no quota');
  });

  it('stands in the order of what can be had, then of its name', () => {
    const named = (name: string, more: object = {}) => ({ ...small, name, family: name, ...more });
    const sizes = [
      named('Standard_ND96isr_H200_v5'),
      named('Standard_NC4as_T4_v3', { vcpus: 4 }),
      named('Standard_NC24ads_A100_v4'),
      named('Standard_NC6s_v3', { vcpus: 0 }),
    ];
    const limits = { Standard_NC24ads_A100_v4: 24, Standard_NC4as_T4_v3: 8, Standard_NC6s_v3: 6 };
    const usages = Object.entries(limits).map(([name, limit]) => ({ name, used: 0, limit }));
    expect(gpuFamilies({ sizes, usages }).map(({ gpu, gpus }) => [gpu, gpus])).toEqual([
      ['A100', 1],
      ['T4', 2],
      ['V100', 0],
      ['H200', 0],
    ]);
  });
});

it('dstack runs in sixteen locations, whatever case Azure writes them in', () => {
  expect(DSTACK_LOCATIONS).toHaveLength(16);
  expect(isDstackLocation('WestEurope')).toBe(true);
  expect(isDstackLocation('norwayeast')).toBe(false);
});

it('a project is found again by what the tags of its account say', () => {
  const storageAccount = { ...sampleAccount('one', 'eastus'), resourceGroup: 'theirs' };
  const place = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
  expect(specFromTags({ projectName: 'vision', storageAccount, ...place })).toEqual({
    schema: 1,
    name: 'vision',
    ...place,
    location: 'eastus',
    resourceGroup: { name: 'theirs', create: false },
    storageAccount: { name: 'one', create: false },
    credentials: { kind: 'default' },
    server: { kind: 'local' },
  });
});
