import { describe, expect, it } from 'vitest';
import { azureBackendOf } from '../../../src/dstack/backendConfig.ts';
import {
  clearLocalServerProject,
  editLocalServerConfig,
  isListedInLocalServerConfig,
  otherProjectIn,
} from '../../../src/dstack/localServerConfig.ts';
import { record } from './projectRecords.ts';

const backend = azureBackendOf(record, { type: 'default' });
const written = editLocalServerConfig(undefined, 'gpu', backend).text;

describe("the local server's config.yml", () => {
  it('is written whole where there is none', () => {
    expect(written).toBe(
      [
        '# The local dstack server reads this file when it starts. Made by dstack for Azure.',
        'projects:',
        '- name: gpu',
        '  backends:',
        '  - type: azure',
        '    tenant_id: "11111111-1111-1111-1111-111111111111"',
        '    subscription_id: "22222222-2222-2222-2222-222222222222"',
        '    resource_group: dstack-gpu',
        '    regions: [westeurope]',
        '    subnet_ids:',
        '      westeurope: dstack-gpu/dstackgpu-default-network/dstackgpu-default-subnet',
        '    vm_managed_identity: dstack-gpu/dstackgpu-runner-identity',
        '    creds:',
        '      type: default',
        '',
      ].join('\n'),
    );
  });

  it('stays as it is when the same backend is written again', () => {
    expect(editLocalServerConfig(written, 'gpu', backend)).toEqual({
      text: written,
      changed: false,
    });
  });

  it('gets a second project behind the first, comments kept', () => {
    const before = `# mine\n${written}# end\n`;
    const { text } = editLocalServerConfig(before, 'other', backend);
    const inserted = text.slice(0, -'# end\n'.length).slice(before.length - '# end\n'.length);
    expect(text.startsWith(before.slice(0, -'# end\n'.length))).toBe(true);
    expect(inserted.startsWith('- name: other\n  backends:\n  - type: azure\n')).toBe(true);
  });

  it('keeps what the user added to the backend, other backends and the encryption keys', () => {
    const before = `${written}    public_ips: false # mine\n  - {type: runpod, creds: {api_key: k}}\nencryption: {keys: []}\n`;
    const moved = { ...backend, resource_group: 'moved' };
    const { text } = editLocalServerConfig(before, 'gpu', moved);
    expect(text).toBe(before.replace('resource_group: dstack-gpu', 'resource_group: moved'));
  });

  it('unsets what the record no longer has', () => {
    const bare = azureBackendOf({ ...record, resources: [] }, { type: 'default' });
    const { text } = editLocalServerConfig(written, 'gpu', bare);
    expect(text).toContain('    vm_managed_identity: null\n');
    expect(text).toContain('    subnet_ids: null\n    vm_managed_identity');
  });

  it('replaces a secret that somebody wrote into it by default credentials', () => {
    const before = written.replace(
      'creds:\n      type: default\n',
      'creds:\n      type: client\n      client_id: a\n      client_secret: CANARY\n',
    );
    const { text } = editLocalServerConfig(before, 'gpu', backend);
    expect(text).toBe(written.replace('creds:\n      type: default', 'creds: {type: "default"}'));
  });

  it('adds the backend to a project that has none yet', () => {
    for (const none of ['', '  backends:\n', '  backends: []\n', '  backends: null\n']) {
      const { text } = editLocalServerConfig(`projects:\n- name: gpu\n${none}`, 'gpu', backend);
      expect(editLocalServerConfig(text, 'gpu', backend).changed).toBe(false);
    }
  });

  it('loses the backends of a removed project, which stays listed so that the server drops them', () => {
    const { text } = clearLocalServerProject(written, 'gpu');
    expect(text).toMatch(/^- name: gpu\n {2}backends: \[\]\n$/m);
    expect(isListedInLocalServerConfig(text, 'gpu')).toBe(true);
    expect(clearLocalServerProject(text, 'gpu').changed).toBe(false);
  });

  it('has one project under a name in whatever letters, as the server sees it', () => {
    const { text } = editLocalServerConfig(written, 'GPU', backend);
    expect(text).toBe(written.replace('name: gpu', 'name: GPU'));
    expect(clearLocalServerProject(written, 'GPU').text).toContain('backends: []');
    const twice = `${written}- name: GPU\n`;
    expect(() => editLocalServerConfig(twice, 'gpu', backend)).toThrow(/second entry/);
  });

  it('tells a project from another one of its name by where that is in Azure', () => {
    const { spec } = record;
    const group = { name: spec.resourceGroup.name.toUpperCase(), create: false };
    const ours = [spec, { ...spec, name: 'free' }, { ...spec, resourceGroup: group }];
    for (const each of ours) expect(otherProjectIn(written, each)).toBeUndefined();
    const others = [
      { ...spec, subscriptionId: '99999999-9999-9999-9999-999999999999' },
      { ...spec, resourceGroup: { name: 'elsewhere', create: true } },
      { ...spec, name: 'GPU', resourceGroup: { name: 'elsewhere', create: true } },
    ];
    for (const each of others) {
      expect(otherProjectIn(written, each)).toEqual({ resourceGroup: 'dstack-gpu' });
    }
    const emptied = clearLocalServerProject(written, 'gpu').text;
    for (const each of others) expect(otherProjectIn(emptied, each)).toBeUndefined();
  });

  it('is refused with the line when it has errors', () => {
    expect(() => editLocalServerConfig('projects: 1\n', 'gpu', backend)).toThrow(/line 1/);
    expect(() => editLocalServerConfig('a: [\n', 'gpu', backend)).toThrow(/line 2/);
  });
});
