import * as vscode from 'vscode';
import { MicrosoftProvider, type SignInMood } from './microsoftProvider.ts';
import { SignInPage, type Person } from './signInPage.ts';

/**
 * Takes the id `microsoft` before VS Code's own provider is asked for it. Nothing is declared in the
 * manifest: a second declaration of the id only makes VS Code complain.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const controlUrl = process.env['DSTACK_TEST_CONTROL_URL'];
  if (controlUrl === undefined) return;
  const people = JSON.parse(process.env['DSTACK_TEST_ACCOUNTS'] ?? '[]') as Person[];
  const provider = new MicrosoftProvider(people, new SignInPage(controlUrl), context.globalState);
  // Test mode refuses the modal by which a person signs in: there they are from the beginning.
  const signedIn = process.env['DSTACK_TEST_SIGNED_IN'];
  if (signedIn !== undefined) await provider.pretendSignedIn(JSON.parse(signedIn) as string[]);
  const options = { supportsMultipleAccounts: true, supportsChallenges: true };
  context.subscriptions.push(
    provider,
    vscode.authentication.registerAuthenticationProvider(
      'microsoft',
      'Microsoft',
      provider,
      options,
    ),
    // For tests, through the driver: change how sign-ins go, and read what was asked.
    vscode.commands.registerCommand('dstackAzureTest.signIn.mood', (mood: SignInMood) => {
      provider.mood = mood;
    }),
    vscode.commands.registerCommand('dstackAzureTest.signIn.people', (usernames: string[]) =>
      provider.pretendSignedIn(usernames),
    ),
    vscode.commands.registerCommand('dstackAzureTest.signIn.calls', () => provider.calls),
  );
}
