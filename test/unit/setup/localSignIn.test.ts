import { describe, expect, it } from 'vitest';
import { signInWarning, type LocalSignIn } from '../../../src/setup/localSignIn.ts';
import { sampleSpec } from './sampleSpec.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const local = { server: { kind: 'local' } } as const;
const theirs = { projectId: 'other', clientId: ID.toUpperCase() };
const machine: LocalSignIn = { app: undefined, projects: ['vision', 'robots'] };
const ofOther: LocalSignIn = { app: theirs, projects: ['robots'] };

const warned = (change: Parameters<typeof sampleSpec>[0], now: LocalSignIn, isNew = true) =>
  signInWarning({ spec: sampleSpec({ ...local, ...change }), projectId: 'mine' }, now, isNew);

describe('One sign-in of the local server for all its projects', () => {
  it('is named with the projects that a new one’s app would be forced upon', () => {
    const newApp = { credentials: { kind: 'newApp' } } as const;
    expect(warned(newApp, machine)).toMatch(/from now on as the app of this project.*robots/);
    expect(warned(newApp, machine)).not.toContain('vision');
    expect(warned(newApp, ofOther)).toContain('robots');
  });

  it('is named to a project that counts on what the machine has, while an app signs in', () => {
    const warning = warned({ credentials: { kind: 'default' } }, ofOther);
    expect(warning).toContain(theirs.clientId);
    expect(warning).toContain('“vision”');
  });

  it('is named where an existing project is used that the server does not sign in for', () => {
    const newApp = { credentials: { kind: 'newApp' } } as const;
    const alone: LocalSignIn = { app: undefined, projects: [] };
    expect(warned(newApp, alone, false)).toMatch(
      /does not sign in to Azure as the app of “vision”/,
    );
  });

  it.each([
    ['nobody else uses the server', { kind: 'newApp' }, { app: theirs, projects: ['vision'] }],
    ['it is the same app', { kind: 'existingApp', clientId: ID }, ofOther],
    [
      'the app is the project’s own',
      { kind: 'newApp' },
      { ...machine, app: { projectId: 'mine', clientId: ID } },
    ],
    ['all sign in with what the machine has', { kind: 'default' }, machine],
  ] as const)('is nobody’s concern where %s', (_, credentials, now) => {
    expect(warned({ credentials }, now)).toBeUndefined();
  });

  it('is nobody’s concern for a server elsewhere', () => {
    const server = { kind: 'remote', url: 'https://dstack.example' } as const;
    expect(warned({ server, credentials: { kind: 'newApp' } }, machine)).toBeUndefined();
  });
});
