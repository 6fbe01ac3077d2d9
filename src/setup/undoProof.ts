import { isWithin, nameOf, resourceGroupId } from './armId.ts';
import { isJsonObject, type Json } from './json.ts';
import {
  CREATED_BY_TAG,
  projectIdInTag,
  PROJECT_TAG,
  roleAssignmentName,
  customRole,
} from './names.ts';
import type { ObservedResource } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import { scopeOf } from './requiredActions.ts';
import { sameId } from './resource.ts';
import { textAt, valueAt } from './resources/path.ts';
import type { ProjectContext } from './resources/projectContext.ts';
import { storageAccountId } from './resources/storageAccount.ts';
import type { GroupObject, ListedAssignment } from './undoPorts.ts';

/** The id of the project's own group: outside of it nothing but roles can be ours. */
export function groupIdOf({ spec }: ProjectContext): string {
  return resourceGroupId(spec.subscriptionId, spec.resourceGroup.name);
}

/** Whether the object carries the tag of its creation by this project. */
export function isTaggedOurs(
  project: ProjectContext,
  { tags }: Pick<ObservedResource, 'tags'>,
): boolean {
  return projectIdInTag(tags[CREATED_BY_TAG]) === project.projectId;
}

/**
 * Our tags as they stand on an object now: the project's name only where it is this project's. On
 * what another project has made, even one of the same name, both are that one's.
 */
export function ourTags(
  project: ProjectContext,
  { tags }: Pick<ObservedResource, 'tags'>,
): Readonly<Record<string, string>> {
  const name = tags[PROJECT_TAG];
  const mark = tags[CREATED_BY_TAG];
  if (projectIdInTag(mark) !== undefined && !isTaggedOurs(project, { tags })) return {};
  return {
    ...(name?.toLowerCase() === project.spec.name.toLowerCase() ? { [PROJECT_TAG]: name } : {}),
    ...(mark !== undefined && isTaggedOurs(project, { tags }) ? { [CREATED_BY_TAG]: mark } : {}),
  };
}

/**
 * Whether a role assignment is ours: our mark as its description, in a place where we assign roles,
 * under the name that follows from its content. A copied description alone proves nothing.
 */
export function isAssignmentOurs(project: ProjectContext, assignment: ListedAssignment): boolean {
  const { id, principalId, roleDefinitionId, description } = assignment;
  const scope = scopeOf({ id });
  const isOurPlace =
    isWithin(scope, groupIdOf(project)) ||
    sameId(scope, `/subscriptions/${project.spec.subscriptionId}`);
  const roleId = nameOf(roleDefinitionId).toLowerCase();
  const isNamed = nameOf(id).toLowerCase() === roleAssignmentName(scope, principalId, roleId);
  // An administrator's hand-off may leave the name to Azure CLI; the role itself is ours alone.
  return isOurPlace && description === project.createdBy && (isNamed || isOwnRole(project, roleId));
}

/** Whether it was made for a project of the same name that has another storage account. */
export function isOtherAttempt(
  project: ProjectContext,
  { tags }: Pick<ObservedResource, 'tags'>,
): boolean {
  const isSameName = tags[PROJECT_TAG]?.toLowerCase() === project.spec.name.toLowerCase();
  const projectId = projectIdInTag(tags[CREATED_BY_TAG]);
  return isSameName && projectId !== undefined && projectId !== project.projectId;
}

function isOwnRole({ projectId, spec }: ProjectContext, roleId: string): boolean {
  const uses = ['run', 'read'] as const;
  return uses.some((use) => customRole(projectId, spec.resourceGroup.name, use).guid === roleId);
}

/** A role assignment as read by itself, in the form of the listing. */
export function assignmentOf({ id, body }: ObservedResource): ListedAssignment {
  const property = (name: string): string => textAt(body, `properties.${name}`) ?? '';
  const description = textAt(body, 'properties.description');
  return {
    id,
    principalId: property('principalId'),
    principalType: property('principalType'),
    roleDefinitionId: property('roleDefinitionId'),
    ...(description === undefined ? {} : { description }),
  };
}

/** Whether the group is one of the two that the dstack server makes per region (dstack-facts B5). */
export function isServerSecurityGroup(
  project: ProjectContext,
  { type, name, location }: GroupObject,
): boolean {
  if (type.toLowerCase() !== 'microsoft.network/networksecuritygroups') return false;
  if (location === undefined) return false;
  const place = `${project.spec.resourceGroup.name}-${location.replaceAll(' ', '')}`;
  return ['default', 'gateway'].some((use) => sameId(name, `${place}-${use}-security-group`));
}

/** Ids of what is attached to a network or a security group now; empty if it can go. */
export function attachedTo({ body }: ObservedResource): readonly string[] {
  const subnets = listAt(body['properties'], 'subnets');
  return [
    ...listAt(body['properties'], 'networkInterfaces'),
    // A security group refers to subnets by id alone; a network's own subnets show what is in them.
    ...subnets.filter((subnet) => listIsReference(subnet)),
    ...subnets.flatMap((subnet) =>
      isJsonObject(subnet) ? listAt(subnet['properties'], 'ipConfigurations') : [],
    ),
  ].map((each) => (isJsonObject(each) ? (textAt(each, 'id') ?? '?') : '?'));
}

function listIsReference(subnet: Json): boolean {
  return isJsonObject(subnet) && subnet['properties'] === undefined && subnet['name'] === undefined;
}

/** What is attached, as a person knows it: the interface in `.../networkInterfaces/nic/ipConfigurations/x`. */
export function attachedName(id: string): string {
  return /\/networkInterfaces\/([^/]+)/i.exec(id)?.[1] ?? nameOf(id);
}

function listAt(value: Json | undefined, name: string): readonly Json[] {
  const list = isJsonObject(value) ? valueAt(value, name) : undefined;
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

/**
 * What makes a record unbelievable: jobs and people can write to the account, so a record that
 * names anything but this project's own things proves nothing at all.
 * @returns the ids and facts that do not fit; empty if it can be believed
 */
export function foreignIn(project: ProjectContext, record: ProjectRecord): readonly string[] {
  const { spec } = project;
  const theirs = record.spec;
  const at = (of: typeof spec): string =>
    [of.subscriptionId, of.resourceGroup.name, of.storageAccount.name, of.name]
      .join('/')
      .toLowerCase();
  return [
    ...(record.projectId.toLowerCase() === project.projectId ? [] : [record.projectId]),
    ...(at(theirs) === at(spec) ? [] : [storageAccountId(theirs)]),
    ...record.resources.filter((entry) => !canBeOurs(project, entry)).map(({ id }) => id),
  ];
}

/** Objects of the directory have no ARM id. None is removed because a record names it. */
const IN_DIRECTORY = ['application', 'servicePrincipal', 'clientSecret'];

/** Whether an entry of a record is an object of the directory, which Graph's paths name. */
function isInDirectory({ kind, id }: ProjectRecord['resources'][number]): boolean {
  return IN_DIRECTORY.includes(kind) && !/\/(subscriptions|providers)\//i.test(id);
}

function canBeOurs(project: ProjectContext, entry: ProjectRecord['resources'][number]): boolean {
  if (isInDirectory(entry)) return true;
  if (isWithin(entry.id, groupIdOf(project))) return !/\/\.\.?(\/|$)|[?#%]/.test(entry.id);
  const subscription = `/subscriptions/${project.spec.subscriptionId}`;
  return (
    ['roleAssignment', 'roleDefinition'].includes(entry.kind) &&
    sameId(scopeOf(entry), subscription)
  );
}
