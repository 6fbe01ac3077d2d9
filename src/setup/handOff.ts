import { t } from '@vscode/l10n';
import { nameOf } from './armId.ts';
import { BUILT_IN_ROLES } from './builtInRoles.ts';
import { handOffMarkdown } from './handOffMarkdown.ts';
import type { JsonObject } from './json.ts';
import { roleAssignmentName } from './names.ts';
import { serverPrincipal, serverRoles } from './handOffServer.ts';
import type { Plan } from './plan.ts';
import type { ActionCheck, Preflight } from './preflight.ts';
import { isWritten, scopeOf } from './requiredActions.ts';
import type { DesiredResource, OutputsByKey, Target } from './resource.ts';
import { textAt } from './resources/path.ts';
import { shellCommand } from './shellCommand.ts';

/** What an administrator needs to do for us what we may not do. Holds no secret. */
export interface HandOffBundle {
  /** In the order in which they have to run. */
  readonly commands: readonly HandOffCommand[];
  /** Custom roles as Azure's portal and its API take them, for whoever does not use the commands. */
  readonly roles: readonly CustomRoleFile[];
  /** Names of steps whose command can't be written yet: they need what the run has still to make. */
  readonly notYet: readonly string[];
  /** All of it to read, to send and to paste. */
  readonly markdown: string;
}

export interface HandOffCommand {
  /** What it is for, in plain words. */
  readonly purpose: string;
  /** One Bash command of Azure CLI; running it again is harmless. */
  readonly command: string;
}

export interface CustomRoleFile {
  readonly file: string;
  readonly json: JsonObject;
}

/**
 * Writes down what an administrator has to do. The names are those that the plan looks for, so that
 * the next run finds it done.
 * @param outputs of the steps that are done by now: the identity's principal id is among them
 */
export function handOff(
  plan: Plan,
  preflight: Pick<Preflight, 'handedOff' | 'checks'>,
  outputs: OutputsByKey = new Map(),
): HandOffBundle {
  const known = new Map([...observedOutputs(plan), ...outputs]);
  const steps = plan.changes
    .filter((change) => preflight.handedOff.has(change.resource.key) && isWritten(change))
    .map((change) => ({ change, target: change.resource.target(known) }));
  const forServer = serverRoles(plan).flatMap((resource) => {
    const target = resource.target(known);
    return target === undefined ? [] : [{ resource, target }];
  });
  const commands = [
    ...missingRoles(preflight).map((grant) => grantToCaller(plan, grant)),
    ...steps.flatMap(({ change: { resource }, target }) =>
      target === undefined ? [] : [commandFor(resource, target)],
    ),
    ...forServer.map(({ resource, target }) => commandFor(resource, target)),
  ];
  const own = steps.map(({ change: { resource }, target }) => ({ resource, target }));
  const roles = [...own, ...forServer].flatMap(({ resource, target }) =>
    target?.kind === 'roleDefinition'
      ? [{ file: `${fileName(resource.name)}.json`, json: target.body }]
      : [],
  );
  const notYet = steps
    .filter(({ target }) => target === undefined)
    .map(({ change }) => `${change.resource.name} (${change.resource.purpose})`);
  return { commands, roles, notYet, markdown: handOffMarkdown(plan, { commands, roles, notYet }) };
}

function observedOutputs(plan: Plan): OutputsByKey {
  return new Map(
    plan.changes.flatMap(({ resource, observed }) =>
      observed === undefined ? [] : [[resource.key, resource.outputs(observed)] as const],
    ),
  );
}

function commandFor({ purpose }: DesiredResource, target: Target): HandOffCommand {
  if (target.kind === 'providerRegistration') {
    return { purpose, command: shellCommand(registerWords(target)) };
  }
  return target.kind === 'roleAssignment'
    ? { purpose, command: shellCommand(assignWords(target)) }
    : { purpose, command: shellCommand(putWords(target)) };
}

function registerWords({ id, subscriptionId }: Target): readonly string[] {
  const namespace = ['--namespace', nameOf(id)];
  return ['az', 'provider', 'register', ...namespace, '--subscription', subscriptionId, '--wait'];
}

/** Name and description are ours: by them the next run knows its own assignment, and undo too. */
function assignWords(target: Target): readonly string[] {
  const property = (name: string): string => textAt(target.body, `properties.${name}`) ?? '';
  const principalId = property('principalId');
  return [
    ...['az', 'role', 'assignment', 'create'],
    // The name follows from the principal: for one that is not known Azure CLI draws it.
    ...(principalId === serverPrincipal() ? [] : ['--name', nameOf(target.id)]),
    ...['--assignee-object-id', principalId],
    ...['--assignee-principal-type', property('principalType')],
    ...['--role', property('roleDefinitionId')],
    ...['--scope', scopeOf(target)],
    ...['--description', property('description')],
  ];
}

/**
 * The API's own PUT: `az role definition create` draws a GUID of its own, which the next run would
 * not find. Without a host the URL goes to the cloud that Azure CLI is set to.
 */
function putWords({ id, apiVersion, body }: Target): readonly string[] {
  const url = `${id}?api-version=${apiVersion}`;
  return ['az', 'rest', '--method', 'put', '--url', url, '--body', JSON.stringify(body)];
}

interface Grant {
  readonly roleId: string;
  readonly roleName: string;
  readonly scope: string;
}

/** For what no command can do in our place: the role that lets the person do it. */
function missingRoles({ checks, handedOff }: Pick<Preflight, 'handedOff' | 'checks'>): Grant[] {
  const missing = checks.filter(
    ({ verdict, obstacle, steps }) =>
      verdict === 'mayNot' && obstacle === 'role' && steps.some((step) => !handedOff.has(step)),
  );
  const scopes = [...new Set(missing.map(({ grantAt }) => grantAt))];
  return scopes.flatMap((scope) => {
    const here = missing.filter(({ grantAt }) => grantAt === scope);
    const role = BUILT_IN_ROLES.find(({ name }) => here.every((check) => grants(check, name)));
    return role === undefined ? [] : [{ roleId: role.id, roleName: role.name, scope }];
  });
}

function grants({ roles }: ActionCheck, name: string): boolean {
  return roles.includes(name);
}

function grantToCaller(plan: Plan, { roleId, roleName, scope }: Grant): HandOffCommand {
  const { principalId, principalType, name } = plan.caller;
  return {
    purpose: t('Lets {0} set the project up: the role {1}.', name, roleName),
    command: shellCommand([
      ...['az', 'role', 'assignment', 'create'],
      ...['--name', roleAssignmentName(scope, principalId, roleId)],
      ...['--assignee-object-id', principalId],
      ...['--assignee-principal-type', principalType],
      ...['--role', roleId],
      ...['--scope', scope],
    ]),
  };
}

/** A role's name as a file's name on every system. */
function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-|-$/g, '');
}
