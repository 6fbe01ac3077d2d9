import { describe, expect, it } from 'vitest';
import { gpuFamilies, type ComputeUsage, type VmSize } from '../../../src/setup/gpuQuota.ts';
import { familyLabel, quotaHint, roomDetails, roomText } from '../../../src/setup/gpuQuotaText.ts';
import { gpuOf, seriesOf } from '../../../src/setup/gpuSeries.ts';

const A100 = 'StandardNCADSA100v4Family';
const T4 = 'Standard NCASv3_T4 Family';

function size(name: string, family: string, vcpus: number, more: Partial<VmSize> = {}): VmSize {
  return { name: `Standard_${name}`, family, vcpus, gpus: 1, isSpotCapable: true, ...more };
}

const nc24 = size('NC24ads_A100_v4', A100, 24);
const nc48 = size('NC48ads_A100_v4', A100, 48, { gpus: 2 });
const t4 = size('NC4as_T4_v3', T4, 4);

/** `cores` 100 and no spot, unless the rows say otherwise. */
function usages(rows: Readonly<Record<string, readonly [number, number]>>): ComputeUsage[] {
  const all = { cores: [0, 100] as const, lowPriorityCores: [0, 0] as const, ...rows };
  return Object.entries(all).map(([name, [used, limit]]) => ({ name, used, limit }));
}

function texts(sizes: readonly VmSize[], rows: Parameters<typeof usages>[0]): readonly string[] {
  return gpuFamilies({ sizes, usages: usages(rows) }).map((family) => roomText(family));
}

describe('The GPU series that dstack rents', () => {
  it.each([
    ['Standard_NC6s_v3', 'V100'],
    ['Standard_NC4as_T4_v3', 'T4'],
    ['Standard_ND40rs_v2', 'V100'],
    ['Standard_NV36adms_A10_v5', 'A10'],
    ['Standard_NC24ads_A100_v4', 'A100'],
    ['Standard_NC80adis_H100_v5', 'H100'],
    ['Standard_ND96asr_v4', 'A100'],
    ['Standard_ND96amsr_A100_v4', 'A100'],
    ['Standard_ND96isr_H200_v5', 'H200'],
  ])('have %s with a %s', (name, gpu) => {
    expect(gpuOf(name)).toBe(gpu);
  });

  it.each(['Standard_ND96isr_H100_v5', 'Standard_NC24rs_v3', 'Standard_NV6', 'Standard_D2s_v6'])(
    'do not have %s',
    (name) => {
      expect(gpuOf(name)).toBeUndefined();
    },
  );

  it('are called as people call them', () => {
    expect(seriesOf('Standard_NC24ads_A100_v4')).toBe('NCads A100 v4');
    expect(seriesOf('Standard_NC6s_v3')).toBe('NCs v3');
  });
});

describe('The GPU quota of a location', () => {
  it.each([
    {
      name: 'is what the family has left',
      sizes: [nc24, nc48],
      rows: { [A100]: [24, 72] as const },
      text: 'room for 48 vCPUs (2 × A100)',
    },
    {
      name: 'is no more than the location as a whole has left',
      sizes: [nc24, nc48],
      rows: { [A100]: [0, 96] as const, cores: [70, 100] as const },
      text: 'room for 30 vCPUs (1 × A100)',
    },
    {
      name: 'says when the location as a whole is full',
      sizes: [nc24],
      rows: { [A100]: [0, 96] as const, cores: [100, 100] as const },
      text: 'no room: all vCPUs of the location are in use',
    },
    {
      name: 'says when it is too small for the smallest size',
      sizes: [nc24, nc48],
      rows: { [A100]: [0, 23] as const },
      text: 'room for 23 vCPUs, the smallest size needs 24',
    },
    {
      name: 'says when it is used up, and over',
      sizes: [nc24],
      rows: { [A100]: [48, 24] as const },
      text: 'no room: 48 of 24 vCPUs are in use',
    },
    {
      name: 'says when there is none',
      sizes: [nc24],
      rows: { [A100]: [0, 0] as const },
      text: 'no quota',
    },
    {
      name: 'is none where Azure lists no row for the family',
      sizes: [nc24],
      rows: {},
      text: 'no quota',
    },
    {
      name: 'is found whatever spaces and case Azure writes the family with',
      sizes: [t4],
      rows: { standardNCASv3_T4Family: [0, 8] as const },
      text: 'room for 8 vCPUs (2 × T4)',
    },
    {
      name: 'is of no use where Azure does not rent the sizes to this subscription',
      sizes: [{ ...nc24, restriction: 'NotAvailableForSubscription' }],
      rows: { [A100]: [0, 96] as const },
      text: 'not available to this subscription',
    },
    {
      name: 'counts only the sizes that Azure rents to this subscription',
      sizes: [{ ...nc24, restriction: 'NotAvailableForSubscription' }, nc48],
      rows: { [A100]: [0, 24] as const },
      text: 'room for 24 vCPUs, the smallest size needs 48',
    },
  ])('$name', ({ sizes, rows, text }) => {
    expect(texts(sizes, rows)).toEqual([text]);
  });

  it('leaves out what dstack does not rent, and sizes without a GPU', () => {
    const sizes = [
      size('ND96isr_H100_v5', 'standardNDSH100v5Family', 96, { gpus: 8 }),
      size('D2s_v6', 'StandardDsv6Family', 2, { gpus: 0 }),
    ];
    expect(gpuFamilies({ sizes, usages: usages({}) })).toEqual([]);
  });

  it('begins with what a run can get now, and ends with what Azure does not rent', () => {
    const v100 = size('NC6s_v3', 'standardNCSv3Family', 6, { restriction: 'QuotaId' });
    const a10 = size('NV36ads_A10_v5', 'StandardNVADSA10v5Family', 36);
    const rows = { [T4]: [0, 4] as const, StandardNVADSA10v5Family: [0, 12] as const };
    const families = gpuFamilies({ sizes: [v100, nc24, a10, t4], usages: usages(rows) });
    expect(families.map(({ gpu }) => gpu)).toEqual(['T4', 'A10', 'A100', 'V100']);
  });

  it('is named by series, and by the GPU where the series leaves that out', () => {
    const v100 = size('NC6s_v3', 'standardNCSv3Family', 6);
    const labels = gpuFamilies({ sizes: [nc24, v100], usages: usages({}) }).map(familyLabel);
    expect(labels).toEqual(['NCads A100 v4', 'NCs v3 (V100)']);
  });

  it('tells of spot by the one quota that all families share', () => {
    const rows = { [A100]: [0, 0] as const, lowPriorityCores: [4, 64] as const };
    const [spot] = gpuFamilies({ sizes: [nc24], usages: usages(rows) });
    expect(spot && roomDetails(spot)).toContain('As spot: room for 60 vCPUs');
    const sizes = [{ ...nc24, isSpotCapable: false }];
    const [fixed] = gpuFamilies({ sizes, usages: usages(rows) });
    expect(fixed && roomDetails(fixed)).toContain('No room for spot machines.');
  });

  it('says what helps against a restriction, which is not a quota request', () => {
    const [closed] = gpuFamilies({
      sizes: [{ ...nc24, restriction: 'NotAvailableForSubscription' }],
      usages: usages({}),
    });
    expect(closed && roomDetails(closed)).toMatch(/NotAvailableForSubscription[^]*Azure support/);
    const [student] = gpuFamilies({
      sizes: [{ ...nc24, restriction: 'QuotaId' }],
      usages: usages({}),
    });
    expect(student && roomDetails(student)).toMatch(/kind of subscription/);
  });
});

describe('The line about GPUs in the form', () => {
  const hint = (sizes: readonly VmSize[], rows: Parameters<typeof usages>[0]) =>
    quotaHint(gpuFamilies({ sizes, usages: usages(rows) }));

  it('names each GPU once, with the most that one family gives', () => {
    const asr = size('ND96asr_v4', 'nd', 96, { gpus: 8 });
    const rows = { [A100]: [0, 24] as const, nd: [0, 96] as const, [T4]: [0, 8] as const };
    expect(hint([nc24, asr, t4], rows)).toBe('GPU quota here: 8 × A100, 2 × T4.');
  });

  it.each([
    ['no family', [], 'Azure has no GPU here that dstack can rent.'],
    [
      'no quota',
      [nc24],
      'No GPU quota here yet. The project can be made; ask Azure for quota before the first GPU run.',
    ],
    [
      'restricted families only',
      [{ ...nc24, restriction: 'QuotaId' }],
      'Azure rents no GPU here to this subscription.',
    ],
  ] as const)('says so where there is %s', (_, sizes, text) => {
    expect(hint(sizes, {})).toBe(text);
  });
});
