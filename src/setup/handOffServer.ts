import { t } from '@vscode/l10n';
import { desiredState } from './desiredState.ts';
import type { Plan } from './plan.ts';
import type { DesiredResource } from './resource.ts';

/** What an administrator puts in its place: nobody here knows the server's identity. */
export function serverPrincipal(): string {
  return t('<object id of the server’s managed identity>');
}

/**
 * The roles that a server with default credentials needs and this plan can't give, because the
 * principal is not known here. A local server signs in as the person and needs none.
 */
export function serverRoles({ spec, project }: Plan): readonly DesiredResource[] {
  const { credentials, server } = spec;
  const isKnown = credentials.kind !== 'default' || credentials.principalId !== undefined;
  if (isKnown || server.kind !== 'remote') return [];
  const withServer = { ...spec, credentials: { ...credentials, principalId: serverPrincipal() } };
  return desiredState({ ...project, spec: withServer }).filter(
    ({ key, kind }) => kind === 'roleDefinition' || key.startsWith('role/app/'),
  );
}
