import type { Binding } from './binding.ts';
import type { Secrets } from './secrets.ts';

/** The part of VS Code's `EnvironmentVariableCollection` that is used. */
export interface Variables {
  replace(name: string, value: string): void;
  delete(name: string): void;
}

export const TERMINAL_VARIABLES = ['DSTACK_SERVER_URL', 'DSTACK_PROJECT', 'DSTACK_TOKEN'] as const;

/**
 * Gives a folder's terminals what `dstack` needs. All three variables or none: with a URL but
 * without a token the CLI would refuse to start (dstack-facts D).
 */
export async function applyTo(
  variables: Variables,
  binding: Binding | undefined,
  secrets: Pick<Secrets, 'token'>,
): Promise<void> {
  const token = binding === undefined ? undefined : await secrets.token(binding);
  if (binding === undefined || token === undefined) {
    for (const name of TERMINAL_VARIABLES) variables.delete(name);
    return;
  }
  variables.replace('DSTACK_SERVER_URL', binding.serverUrl);
  variables.replace('DSTACK_PROJECT', binding.projectName);
  variables.replace('DSTACK_TOKEN', token);
}
