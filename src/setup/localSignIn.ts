import { t } from '@vscode/l10n';
import type { ProjectSpec } from './projectSpec.ts';

/** How the local server signs in to Azure: one process has one environment, for all its projects. */
export interface LocalSignIn {
  /** The app, and the project that it was made or given for; undefined: what the machine has. */
  readonly app: { readonly projectId: string; readonly clientId: string } | undefined;
  /** Names of the projects that the server's file has. */
  readonly projects: readonly string[];
}

/**
 * What goes wrong when a project joins a local server that signs in for others.
 * @param isNew whether the project is being made: then its app becomes the server's
 * @returns undefined where nothing does
 */
export function signInWarning(
  project: { readonly spec: ProjectSpec; readonly projectId: string },
  { app, projects }: LocalSignIn,
  isNew: boolean,
): string | undefined {
  const { name, credentials, server } = project.spec;
  if (server.kind !== 'local' || app?.projectId === project.projectId) return undefined;
  if (credentials.kind === 'default') return app && joinsApp(name, app.clientId);
  const { clientId } = credentials;
  if (clientId !== undefined && clientId === app?.clientId.toLowerCase()) return undefined;
  const others = projects.filter((other) => other !== name);
  if (!isNew) return signsInOtherwise(name);
  return others.length === 0 ? undefined : takesOver(others);
}

function joinsApp(name: string, clientId: string): string {
  return t(
    'The local dstack server signs in to Azure as the app {0} of another project, not with what this machine has: runs of “{1}” fail unless that app has its roles too. A server elsewhere has no such limit.',
    clientId,
    name,
  );
}

function takesOver(others: readonly string[]): string {
  return t(
    'One local dstack server signs in to Azure once, for all its projects: from now on as the app of this project. Runs of {0} then fail unless that app has their roles too. Use the same app for all of them, or a server elsewhere.',
    others.join(', '),
  );
}

function signsInOtherwise(name: string): string {
  return t(
    'The local dstack server does not sign in to Azure as the app of “{0}” now, but once for all its projects: runs of “{0}” fail until it does.',
    name,
  );
}
