import { describe, expect, it } from 'vitest';
import { askedSpecSchema } from '../../../src/setup/askedSpec.ts';
import { specSchema } from '../../../src/setup/projectSpec.ts';
import { sampleSpec } from './sampleSpec.ts';

describe('a spec that is asked to be set up', () => {
  it('is taken as it is', () => {
    expect(askedSpecSchema.safeParse(sampleSpec()).error).toBeUndefined();
  });

  it.each(['WestEurope', 'West Europe', ' westeurope '])(
    'has its location %j under the name that Azure answers with',
    (location) => {
      expect(askedSpecSchema.parse({ ...sampleSpec(), location }).location).toBe('westeurope');
    },
  );

  it('has a location', () => {
    expect(specSchema.safeParse({ ...sampleSpec(), location: '  ' }).success).toBe(false);
  });

  it.each([
    [
      { location: 'norwayeast' },
      'location',
      /^dstack does not run in norwayeast\. It runs in centralus/,
    ],
    [{ resourceGroup: { name: 'ends.', create: true } }, 'resourceGroup.name', /ends in no dot/],
    [{ storageAccount: { name: 'Too-Fancy', create: true } }, 'storageAccount.name', /lower-case/],
  ])('%j is refused on its field, before Azure is asked', (change, field, sentence) => {
    const issues = askedSpecSchema.safeParse(sampleSpec(change)).error?.issues ?? [];
    expect(issues.map(({ path }) => path.join('.'))).toEqual([field]);
    expect(issues[0]?.message).toMatch(sentence);
  });
});
