import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/setup/errors.ts';
import { localUndoServer, type LocalUndoServerParts } from '../../../src/setup/localUndoServer.ts';
import { sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const refused = new SetupError({
  code: 'server_token_invalid',
  source: 'dstack',
  message: 'That token is not known.',
  remedy: 'r',
});

/** A server, and what was done to it in turn. */
function server(
  state: Awaited<ReturnType<LocalUndoServerParts['state']>>,
  answer: readonly string[] | Error = [],
  isListed = true,
  hasOther = false,
) {
  const done: string[] = [];
  const undo = localUndoServer(sampleSpec(), {
    url: 'http://127.0.0.1:3000',
    state: () => Promise.resolve(state),
    hasOther: () => Promise.resolve(hasOther),
    restart: () => Promise.resolve(void done.push('restart')),
    clearConfig: (name) => {
      done.push(`clear ${name}`);
      return Promise.resolve(isListed);
    },
    ask: () =>
      Promise.resolve({
        running: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
      }),
  });
  return { done, undo };
}

describe('The local server, when a project goes', () => {
  it('is told by its file alone where it does not run', async () => {
    const { done, undo } = server('stopped', new Error('nobody is there'));
    expect(await undo.running(never)).toEqual([]);
    await undo.unregister(never);
    expect(done).toEqual(['clear vision']);
  });

  it('reads its file again where it runs in this window', async () => {
    const { done, undo } = server('running');
    await undo.unregister(never);
    expect(done).toEqual(['clear vision', 'restart']);
  });

  it('is left running where its file says nothing of the project', async () => {
    const { done, undo } = server('running', [], false);
    await undo.unregister(never);
    expect(done).toEqual(['clear vision']);
  });

  it('says what it has in use', async () => {
    expect(await server('running', ['fleet-0']).undo.running(never)).toEqual(['fleet-0']);
  });

  it('is not restarted behind the back of another window: the person is asked to', async () => {
    const { done, undo } = server('elsewhere');
    await expect(undo.unregister(never)).rejects.toMatchObject({ code: 'local_server_elsewhere' });
    expect(done).toEqual([]);
  });

  it('is nobody of ours where it refuses our token', async () => {
    const { done, undo } = server('elsewhere', refused);
    expect(await undo.running(never)).toEqual([]);
    await undo.unregister(never);
    expect(done).toEqual(['clear vision']);
  });

  it.each(['running', 'elsewhere'] as const)(
    'is left alone where it has another project of that name, and its runs count for nothing (%s)',
    async (state) => {
      const { done, undo } = server(state, ['a run of the other one'], true, true);
      expect(await undo.running(never)).toEqual([]);
      await undo.unregister(never);
      expect(done).toEqual([]);
    },
  );

  it('stops the undo where it can’t say what is in use', async () => {
    await expect(server('running', new Error('broken')).undo.running(never)).rejects.toThrow();
  });
});
