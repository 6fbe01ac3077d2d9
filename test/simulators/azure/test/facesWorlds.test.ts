import { describe, expect, it } from 'vitest';
import { worldNamed, worldNames } from '../core/worlds.ts';
import { startSimulator } from '../faces/startSimulator.ts';

describe('the simulator over https', () => {
  it.each(worldNames())('starts with the world %s', async (name) => {
    const simulator = await startSimulator({ world: name });
    await simulator.close();
    expect(simulator.sample.tenantId).not.toBe('');
  });

  it('starts with a world in which nobody but a person can sign in', async () => {
    const simulator = await startSimulator({ world: { ...worldNamed('single'), apps: [] } });
    await simulator.close();
    expect(simulator.sample).toMatchObject({ clientId: '', clientSecret: '' });
    expect(simulator.sample.subscriptionId).not.toBe('');
  });
});
