import { describe, expect, it } from 'vitest';
import { offerText, resourcesLine, type GpuOffer } from '../../../src/setup/gpuOffer.ts';

const offer: GpuOffer = {
  size: 'Standard_NC4as_T4_v3',
  gpu: 'T4',
  gpuCount: 1,
  gpuMemoryGb: 16,
  vcpus: 4,
  memoryGb: 28,
  pricePerHour: 0.526,
  isSpot: false,
  availability: 'open',
};

describe('an offer of a GPU machine', () => {
  it('names its GPUs first, then its price, then the machine', () => {
    expect(offerText(offer)).toEqual({
      label: '1 × T4 16 GB',
      description: '$0.526 per hour · on demand',
      detail: 'Standard_NC4as_T4_v3 · 4 vCPUs · 28 GB memory',
    });
  });

  it.each<[Partial<GpuOffer>, string]>([
    [{ isSpot: true }, '$0.526 per hour · spot'],
    [
      { availability: 'closed' },
      '$0.526 per hour · on demand · not available to this subscription',
    ],
    [{ availability: 'busy' }, '$0.526 per hour · on demand · not available now'],
    [{ pricePerHour: 9.9996 }, '$10.000 per hour · on demand'],
    [{ pricePerHour: 10 }, '$10.00 per hour · on demand'],
    [{ pricePerHour: 32.777 }, '$32.78 per hour · on demand'],
  ])('with %j says %j', (change, description) => {
    expect(offerText({ ...offer, ...change }).description).toBe(description);
  });

  it('is asked for by one line of a dstack file', () => {
    expect(resourcesLine({ ...offer, gpuCount: 2 })).toBe('gpu: T4:16GB:2');
  });
});
