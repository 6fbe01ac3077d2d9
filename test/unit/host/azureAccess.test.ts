import { describe, expect, it } from 'vitest';
import { createAzureAccess, type AzureConnection } from '../../../src/host/azureAccess.ts';

describe('Azure as an account sees it', () => {
  let clientId: string | undefined;
  const made: (string | undefined)[] = [];
  const tokens = { name: 'tokens' };
  const access = createAzureAccess(
    () =>
      Promise.resolve(({ graphTokens }) => {
        made.push((graphTokens as unknown as { clientId: string } | undefined)?.clientId);
        return { made: made.length } as unknown as AzureConnection;
      }),
    {
      tokensOf: () => tokens as never,
      organisationClient: () => clientId,
      organisationTokens: () => (clientId === undefined ? undefined : ({ clientId } as never)),
    },
  );

  it('is connected with once, and once more for what may ask the person', async () => {
    const first = await access.quiet('ada');
    expect(await access.quiet('ada')).toBe(first);
    const connect = await access.asking();
    expect(connect('ada')).not.toBe(first);
    expect(connect('ada')).toBe(connect('ada'));
    expect(made).toEqual([undefined, undefined]);
  });

  it('is connected with anew when an organisation’s client comes, changes or goes', async () => {
    const connect = await access.asking();
    const before = connect('ada');
    made.length = 0;
    clientId = 'one';
    expect(connect('ada')).not.toBe(before);
    clientId = 'two';
    connect('ada');
    expect(made).toEqual(['one', 'two']);
    clientId = undefined;
    expect(connect('ada')).toBe(before);
  });
});
