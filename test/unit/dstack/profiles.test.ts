import { describe, expect, it } from 'vitest';
import { editProfiles, removeProfile } from '../../../src/dstack/profiles.ts';

const entry = { name: 'gpu', location: 'westeurope' };
const ours = '- name: gpu\n  backends: [azure]\n  regions: [westeurope]\n';

describe('profiles.yml', () => {
  it('has our profile as the default where there was no file', () => {
    const edit = editProfiles(undefined, entry);
    expect(edit.text).toBe(`profiles:\n${ours}  default: true\n`);
  });

  it('has our profile, not as the default, where others wrote the file', () => {
    const theirs = 'profiles:\n# spot only\n- name: spot\n  default: true\n  spot_policy: spot\n';
    expect(editProfiles(theirs, entry).text).toBe(theirs + ours);
    expect(editProfiles('', entry).text).toBe(`profiles:\n${ours}`);
  });

  it('follows a changed location and keeps what the user added', () => {
    const before = `profiles:\n${ours}  max_price: 2 # mine\n`;
    const { text } = editProfiles(before, { ...entry, location: 'uksouth' });
    expect(text).toBe(before.replace('westeurope', 'uksouth'));
  });

  it.each([
    ['profiles:\n- name: gpu\n  regions:\n  - eastus\n  - eastus2\n  backends: [azure]\n'],
    ['profiles:\n- name: gpu\n  regions: # mine\n    - eastus\n  backends: [azure]'],
  ])('replaces a list over several lines (%#)', (before) => {
    const { text } = editProfiles(before, entry);
    expect(text).toBe(
      before.replace(/regions:( # mine)?\n(?: *- eastus2?\n)+/, 'regions: [westeurope]$1\n'),
    );
  });

  it('stays as it is when everything is right', () => {
    const before = `profiles:\n- {name: gpu, backends: ["azure"], regions: ['westeurope']}\n`;
    expect(editProfiles(before, entry)).toEqual({ text: before, changed: false });
  });

  it('is refused with the line when it has errors', () => {
    expect(() => editProfiles('profiles:\n- name: [\n', entry)).toThrow(/line 3/);
    expect(() => editProfiles('profiles:\n  a: b\n', entry)).toThrow(/line 2/);
    expect(() => editProfiles(`profiles:\n${ours}${ours}`, entry)).toThrow(/line 5/);
  });

  it('loses our profile and nothing else', () => {
    const theirs = '- name: spot\n  spot_policy: spot\n';
    expect(removeProfile(`profiles:\n${theirs}${ours}`, 'gpu').text).toBe(`profiles:\n${theirs}`);
    expect(removeProfile(`profiles:\n${ours}`, 'gpu').text).toBe('profiles: []\n');
  });

  it('keeps a profile of our name that somebody gave further fields', () => {
    const before = `profiles:\n${ours}  max_price: 2\n`;
    expect(removeProfile(before, 'gpu')).toEqual({ text: before, changed: false });
  });
});
