import { t } from '@vscode/l10n';
import { appUniqueName } from '../names.ts';
import type { DesiredResource, OutputsByKey, Target } from '../resource.ts';
import { textAt } from './path.ts';
import type { ProjectContext } from './projectContext.ts';

/** Keys of the steps that register an app for the server. */
export const APPLICATION = 'application';
export const SERVICE_PRINCIPAL = 'servicePrincipal';
export const CLIENT_SECRET = 'clientSecret';

/** How long a new secret lives if nobody chooses otherwise, in days (design.md). */
export const DEFAULT_SECRET_DAYS = 90;

/** Only people and apps of the project's own tenant: Graph's default is everybody (azure-facts 4). */
const AUDIENCE = 'AzureADMyOrg';

/** The app registration that the dstack server signs in as, if the spec asks for a new one. */
export function appRegistration(project: ProjectContext): readonly DesiredResource[] {
  if (project.spec.credentials.kind !== 'newApp') return [];
  return [application(project), servicePrincipal(project), clientSecret(project)];
}

function application(project: ProjectContext): DesiredResource {
  const displayName = displayNameOf(project);
  return {
    key: APPLICATION,
    kind: 'application',
    name: displayName,
    purpose: t('What the dstack server signs in as.'),
    ownership: 'app',
    mode: 'make',
    mustBeOurs: true,
    dependsOn: [],
    target: () => applicationTarget(project),
    difference: ({ body }) =>
      textAt(body, 'signInAudience') === AUDIENCE
        ? undefined
        : t('Accounts of other tenants may sign in to it.'),
    updateBody: ({ body }, wanted) => ({
      ...wanted,
      displayName: textAt(body, 'displayName') ?? displayName,
      // Tags that somebody has added stay.
      tags: body['tags'] ?? [],
    }),
    outputs: ({ id, body }) => ({
      id,
      objectId: textAt(body, 'id') ?? '',
      clientId: textAt(body, 'appId') ?? '',
    }),
  };
}

/** The call that finds or makes the app, by the name that no two apps of a tenant share. */
export function applicationTarget(project: ProjectContext): Target {
  const id = `/applications(uniqueName='${appUniqueName(project.projectId)}')`;
  return graphTarget(project, 'application', id, {
    displayName: displayNameOf(project),
    signInAudience: AUDIENCE,
    // The proof of ownership in tenants that know no unique names.
    tags: [project.createdBy],
  });
}

function displayNameOf({ spec }: ProjectContext): string {
  return t('dstack {0}', spec.name);
}

function servicePrincipal(project: ProjectContext): DesiredResource {
  return {
    key: SERVICE_PRINCIPAL,
    kind: 'servicePrincipal',
    name: t('dstack {0}', project.spec.name),
    purpose: t('The app in this tenant: what roles are given to.'),
    ownership: 'app',
    mode: 'make',
    dependsOn: [APPLICATION],
    target: (outputs) => {
      const appId = clientIdIn(outputs);
      return appId === undefined
        ? undefined
        : graphTarget(project, 'servicePrincipal', `/servicePrincipals(appId='${appId}')`, {
            appId,
          });
    },
    difference: () => undefined,
    outputs: ({ id, body }) => ({
      id,
      principalId: textAt(body, 'id') ?? '',
      clientId: textAt(body, 'appId') ?? '',
    }),
  };
}

/** Its state is in the application's JSON; what is to be done about it, `secretChange` decides. */
function clientSecret(project: ProjectContext): DesiredResource {
  return {
    key: CLIENT_SECRET,
    kind: 'clientSecret',
    name: t('Client secret'),
    purpose: t('What the dstack server proves itself with.'),
    ownership: 'app',
    mode: 'make',
    // Made when all else of the app is there, so that an interrupted run has rarely made one.
    dependsOn: [APPLICATION, SERVICE_PRINCIPAL],
    readsFrom: APPLICATION,
    target: (outputs) => {
      const appId = clientIdIn(outputs);
      return appId === undefined
        ? undefined
        : graphTarget(project, 'clientSecret', `/applications(appId='${appId}')/addPassword`, {});
    },
    difference: () => undefined,
    outputs: () => ({}),
  };
}

function clientIdIn(outputs: OutputsByKey): string | undefined {
  const clientId = outputs.get(APPLICATION)?.['clientId'];
  return clientId === '' ? undefined : clientId;
}

function graphTarget(
  { spec }: ProjectContext,
  kind: Target['kind'],
  id: string,
  body: Target['body'],
): Target {
  const { tenantId, subscriptionId } = spec;
  return { kind, id, tenantId, subscriptionId, apiVersion: 'v1.0', body };
}
