import { describe, expect, it } from 'vitest';
import { createBindings, type Binding, type StateStore } from '../../../src/host/binding.ts';

const alpha: Binding = {
  projectName: 'alpha',
  serverUrl: 'http://127.0.0.1:3000',
  tenantId: 'contoso',
  storageAccountId: '/subscriptions/s/alpha',
};
const beta: Binding = { ...alpha, projectName: 'beta' };

function memory(initial?: unknown): StateStore {
  let value = initial;
  return {
    get: () => value,
    update: (_, next) => {
      value = next;
      return Promise.resolve();
    },
  };
}

describe('The binding of a folder', () => {
  it('is remembered per folder', async () => {
    const bindings = createBindings(memory());
    await bindings.set('file:///a', alpha);
    await bindings.set('file:///b', beta);
    expect(bindings.of('file:///a')).toEqual(alpha);
    expect(bindings.of('file:///b')).toEqual(beta);
  });

  it('keeps the location, and does without it in what an earlier version remembered', async () => {
    const store = memory({ 'file:///a': alpha, 'file:///b': { ...alpha, location: 7 } });
    const bindings = createBindings(store);
    await bindings.set('file:///c', { ...alpha, location: 'westeurope' });
    expect(bindings.of('file:///a')).toEqual(alpha);
    expect(bindings.of('file:///b')).toEqual(alpha);
    expect(bindings.of('file:///c')?.location).toBe('westeurope');
  });

  it('is gone after it was removed, that of other folders is not', async () => {
    const bindings = createBindings(memory({ 'file:///a': alpha, 'file:///b': beta }));
    await bindings.remove('file:///a');
    expect(bindings.of('file:///a')).toBeUndefined();
    expect(bindings.of('file:///b')).toEqual(beta);
  });

  it('tells its listeners of changes until they leave, and of nothing else', async () => {
    const bindings = createBindings(memory());
    let heard = 0;
    const listening = bindings.onDidChange(() => (heard += 1));
    await bindings.remove('file:///unknown');
    expect(heard).toBe(0);
    await bindings.set('file:///a', alpha);
    await bindings.remove('file:///a');
    expect(heard).toBe(2);
    listening.dispose();
    await bindings.set('file:///a', alpha);
    expect(heard).toBe(2);
  });

  it.each([
    ['nothing', undefined],
    ['a list', [alpha]],
    ['text', 'alpha'],
    ['a binding without a server', { 'file:///a': { projectName: 'alpha' } }],
    ['a binding of other types', { 'file:///a': { ...alpha, serverUrl: 3000 } }],
  ])('is none when the workspace state holds %s', (_, state) => {
    expect(createBindings(memory(state)).of('file:///a')).toBeUndefined();
  });
});
