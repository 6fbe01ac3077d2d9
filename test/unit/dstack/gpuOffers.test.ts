import { describe, expect, it } from 'vitest';
import { offerParameters, offersFailure, parseOffers } from '../../../src/dstack/gpuOffers.ts';
import { offerText, resourcesLine } from '../../../src/setup/gpuOffer.ts';

/** An offer as dstack 0.21.5 prints it. */
function printed(changes: {
  readonly name?: string;
  readonly gpus?: number;
  readonly spot?: boolean;
  readonly price?: number;
  readonly availability?: string;
}) {
  const { name = 'Standard_NC4as_T4_v3', gpus = 1, spot = false, price = 0.605 } = changes;
  const gpu = { name: 'T4', memory_mib: 16384, vendor: 'nvidia' };
  return {
    backend: 'azure',
    instance: {
      name,
      resources: {
        ...{ cpus: 4, memory_mib: 28672, spot, cpu_arch: null, description: '' },
        gpus: Array.from({ length: gpus }, () => gpu),
        disk: { size_mib: 102400 },
      },
    },
    ...{ region: 'westeurope', price, backend_data: {} },
    availability: changes.availability ?? 'unknown',
  };
}

function output(...offers: object[]): string {
  const requirements = { resources: {}, max_price: null };
  return JSON.stringify({ project: 'gpu', user: 'admin', requirements, offers, total_offers: 9 });
}

const t4 = {
  ...{ size: 'Standard_NC4as_T4_v3', gpu: 'T4', gpuCount: 1, gpuMemoryGb: 16 },
  ...{ vcpus: 4, memoryGb: 28, pricePerHour: 0.605, isSpot: false, availability: 'open' as const },
};

describe('The offers that dstack prints', () => {
  it('are asked for GPUs in one location of Azure, whatever profile the folder has', () => {
    const words = offerParameters('westeurope').join(' ');
    expect(words).toContain('--backend azure --region westeurope --gpu 1.. --no-profile --json');
  });

  it('are read with what a person compares', () => {
    expect(parseOffers(output(printed({})))).toEqual([t4]);
  });

  it('are read though a warning stands before them', () => {
    expect(parseOffers(`A new version of dstack is there.\n${output(printed({}))}\n`)).toEqual([
      t4,
    ]);
  });

  it('begin with the cheapest that can be rented, and end with what can not', () => {
    const offers = parseOffers(
      output(
        printed({ name: 'closed', price: 0.1, availability: 'no_quota' }),
        printed({ name: 'dear', price: 2 }),
        printed({ name: 'busy', price: 0.1, availability: 'not_available' }),
        printed({ name: 'cheap', price: 1, availability: 'available' }),
      ),
    );
    expect(offers.map(({ size }) => size)).toEqual(['cheap', 'dear', 'busy', 'closed']);
  });

  it('leave out a machine without a GPU', () => {
    expect(parseOffers(output(printed({ gpus: 0 })))).toEqual([]);
  });

  it.each(['', 'Traceback', '{"offers": [{}]}', '{"project": "gpu"}'])(
    'are refused when it prints something else (%j)',
    (text) => {
      expect(() => parseOffers(text)).toThrow('something else than offers');
    },
  );
});

describe('What dstack says instead of offers', () => {
  const question = { url: 'http://127.0.0.1:3000', project: 'gpu', token: 'canary-token' };

  it.each([
    ['\nFailed to connect to dstack server http://127.0.0.1:3000', 'server_unreachable'],
    ['Access to http://x/api is denied. Please \ncheck your access token', 'server_token_invalid'],
    ['Status code 404 when requesting http://x', 'server_project_unknown'],
  ])('is understood: %j', (said, code) => {
    expect(offersFailure(said, question)).toMatchObject({ code, source: 'dstack' });
  });

  it('is shown by its last line, without the token', () => {
    const error = offersFailure('Traceback\n  one\nNo luck with canary-token\n', question);
    expect(error).toMatchObject({ code: 'offers_failed' });
    expect(error.message).toMatch(/^dstack could not list offers: No luck with /);
    expect(error.message).not.toContain('canary');
  });

  it('is cut where it is endless', () => {
    expect(offersFailure('x'.repeat(5000), question).message.length).toBeLessThan(400);
  });
});

describe('An offer in the list', () => {
  it('starts with the GPU, then the price, then the machine', () => {
    expect(offerText(t4)).toEqual({
      label: '1 × T4 16 GB',
      description: '$0.605 per hour · on demand',
      detail: 'Standard_NC4as_T4_v3 · 4 vCPUs · 28 GB memory',
    });
  });

  it.each([
    [{ isSpot: true }, '$0.605 per hour · spot'],
    [{ pricePerHour: 32.77 }, '$32.77 per hour · on demand'],
    [
      { availability: 'closed' as const },
      '$0.605 per hour · on demand · not available to this subscription',
    ],
    [{ availability: 'busy' as const }, '$0.605 per hour · on demand · not available now'],
  ])('says what differs: %j', (changes, description) => {
    expect(offerText({ ...t4, ...changes }).description).toBe(description);
  });

  it('becomes the line that asks for it', () => {
    expect(resourcesLine({ ...t4, gpuCount: 2 })).toBe('gpu: T4:16GB:2');
  });
});
