import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { starterFile } from '../../../src/dstack/starterFiles.ts';

describe('The first files of a folder', () => {
  it('have a fleet that costs nothing while nothing runs, in Azure and in the location alone', () => {
    const { path, text } = starterFile('fleet', 'westeurope');
    expect(path).toBe('fleet.dstack.yml');
    expect(parse(text)).toEqual({
      ...{ type: 'fleet', name: 'azure-fleet', nodes: '0..2', idle_duration: '10m' },
      ...{ backends: ['azure'], regions: ['westeurope'] },
      resources: { cpu: '2..', memory: '8GB..', gpu: '0..1' },
    });
  });

  it('have a task that shows its GPU and can not run for long', () => {
    const { path, text } = starterFile('helloGpu', 'swedencentral');
    expect(path).toBe('hello-gpu.dstack.yml');
    expect(parse(text)).toEqual({
      ...{ type: 'task', name: 'hello-gpu', commands: ['nvidia-smi'], max_duration: '10m' },
      ...{ backends: ['azure'], regions: ['swedencentral'] },
      resources: { gpu: 1 },
    });
  });

  it.each(['fleet', 'helloGpu'] as const)('say in the %s file how it is applied', (kind) => {
    const { path, text } = starterFile(kind, 'westeurope');
    expect(text).toContain(`dstack apply -f ${path}\n`);
    expect(text.split('\n').filter((line) => line.length > 72)).toEqual([]);
  });

  it('take a location as text, whatever it looks like', () => {
    const { text } = starterFile('fleet', 'no]\nname: evil');
    expect(parse(text)).toMatchObject({ name: 'azure-fleet', regions: ['no]\nname: evil'] });
  });
});
