import { describe, expect, it } from 'vitest';
import { leftOnServer } from '../../../src/setup/leftOnServer.ts';
import { sampleSpec } from './sampleSpec.ts';

const url = 'https://dstack.example';
const app = { kind: 'newApp' } as const;

describe('What a server keeps of a project that is removed without it', () => {
  it.each([
    [
      'a remote one that had an app’s secret',
      { server: { kind: 'remote', url }, credentials: app },
      /dstack\.example.*“vision”.*client secret/,
    ],
    [
      'one that nobody could name',
      { server: { kind: 'remote' }, credentials: app },
      /not known which dstack server has the project “vision”/,
    ],
    [
      'the local one',
      { server: { kind: 'local' }, credentials: app },
      /its file keeps the project “vision”/,
    ],
  ] as const)('is named: %s', (_, change, sentence) => {
    expect(leftOnServer(sampleSpec(change))).toMatch(sentence);
  });

  it('is no secret where the server signed in with what its machine has', () => {
    const change = { server: { kind: 'remote', url }, credentials: { kind: 'default' } } as const;
    expect(leftOnServer(sampleSpec(change))).not.toMatch(/secret/);
  });

  it('is nothing where no server was told', () => {
    expect(leftOnServer(sampleSpec({ server: { kind: 'none' } }))).toBeUndefined();
  });
});
