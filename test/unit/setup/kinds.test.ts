import { describe, expect, it } from 'vitest';
import {
  asSetupError,
  cancellation,
  isCancellation,
  SetupError,
} from '../../../src/setup/errors.ts';
import { recordedKindLabel } from '../../../src/setup/resources/kinds.ts';

describe('a kind of object', () => {
  it.each([
    ['providerRegistration', 'Resource provider'],
    ['resourceGroup', 'Resource group'],
    ['storageAccount', 'Storage account'],
    ['blobContainer', 'Blob container'],
    ['userAssignedIdentity', 'Managed identity'],
    ['networkSecurityGroup', 'Network security group'],
    ['virtualNetwork', 'Virtual network'],
    ['keyVault', 'Key vault'],
    ['logAnalyticsWorkspace', 'Log Analytics workspace'],
    ['workspaceTable', 'Log table'],
    ['dataCollectionEndpoint', 'Data collection endpoint'],
    ['dataCollectionRule', 'Data collection rule'],
    ['roleDefinition', 'Custom role'],
    ['roleAssignment', 'Role assignment'],
    ['application', 'App registration'],
    ['servicePrincipal', 'Service principal'],
    ['clientSecret', 'Client secret'],
    ['tags', 'Tag'],
    ['projectRecord', 'Project record'],
    ['quantumComputer', 'quantumComputer'],
    ['toString', 'toString'],
  ])('%s is called %s', (kind, label) => {
    expect(recordedKindLabel(kind)).toBe(label);
  });
});

describe('anything that is thrown', () => {
  it('is a failure of ours unless we said what it is', () => {
    const ours = new SetupError({ code: 'c', source: 'user', message: 'M.', remedy: 'R.' });
    expect(asSetupError(ours)).toBe(ours);
    const bug = new TypeError('x is not a function');
    expect(asSetupError(bug)).toMatchObject({
      ...{ name: 'SetupError', code: 'unexpected', source: 'bug', cause: bug },
      message: 'x is not a function',
      remedy: 'Try again; if it stays, report it with the log (dstack: Show Log).',
    });
    expect(asSetupError('text').message).toBe('text');
    expect('cause' in ours).toBe(false);
  });

  it.each<[string, unknown, boolean]>([
    ['our own wish to stop', cancellation(), true],
    ['VS Code’s', Object.assign(new Error('x'), { name: 'Canceled' }), true],
    ['a signal’s', AbortSignal.abort().reason, true],
    ['a failure', new Error('AbortError'), false],
    ['a text', 'AbortError', false],
    ['a thing of that name', { name: 'AbortError' }, false],
  ])('%s is a cancellation: %s', (_what, thrown, expected) => {
    expect(isCancellation(thrown)).toBe(expected);
    expect(cancellation().message).toBe('Cancelled');
  });
});
