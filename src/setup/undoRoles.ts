import { t } from '@vscode/l10n';
import { isWithin, nameOf } from './armId.ts';
import { BUILT_IN_ROLES } from './builtInRoles.ts';
import { isMarkedOurs } from './plan.ts';
import { scopeOf } from './requiredActions.ts';
import { sameId, type Target } from './resource.ts';
import type { UndoFacts } from './undoFacts.ts';
import { foundObject } from './undoFound.ts';
import { STAGE, type UndoItem } from './undoPlan.ts';
import type { ListedAssignment } from './undoPorts.ts';
import { textAt } from './resources/path.ts';
import { storageAccountId } from './resources/storageAccount.ts';

/**
 * Our role assignments and custom roles. Rights of the app and of the runs go first; those of
 * people in the account last, because they are what lets us look into it.
 */
export function roleItems(facts: UndoFacts, account: readonly UndoItem[]): readonly UndoItem[] {
  const assignments = facts.assignments.map((each) => assignmentItem(facts, each, account));
  const definitions = facts.possible
    .filter(({ kind }) => kind === 'roleDefinition')
    .flatMap(({ key }) => {
      const found = foundObject(facts, key);
      if (found === undefined) return [];
      const { resource, observed, target } = found;
      const isOurs = isMarkedOurs(facts.project, resource, observed);
      const item: UndoItem = {
        key,
        kind: 'roleDefinition',
        id: observed.id,
        name: resource.name,
        decision: isOurs ? 'remove' : 'keep',
        why: isOurs ? t('Made for this project.') : t('Was not made by this project.'),
        proof: 'description',
        target,
        stage: STAGE.members,
        after: facts.assignments
          .filter(({ roleDefinitionId }) => sameId(nameOf(roleDefinitionId), nameOf(target.id)))
          .map(keyOfAssignment),
      };
      return [item];
    });
  return [...assignments, ...definitions];
}

/** The key of an item for a role assignment. */
export function keyOfAssignment({ id }: Pick<ListedAssignment, 'id'>): string {
  return `assignment/${nameOf(id).toLowerCase()}`;
}

function assignmentItem(
  facts: UndoFacts,
  assignment: ListedAssignment,
  account: readonly UndoItem[],
): UndoItem {
  const isPeoples = isRightOfPeople(facts, assignment);
  return {
    key: keyOfAssignment(assignment),
    kind: 'roleAssignment',
    id: assignment.id,
    name: roleName(facts, assignment),
    decision: 'remove',
    why: isPeoples
      ? t('Given by this project. Goes last: by it we look into the account.')
      : t('Given by this project.'),
    proof: 'description',
    target: assignmentTarget(facts, assignment.id),
    stage: isPeoples ? STAGE.people : STAGE.roles,
    // While an account of ours stays for its data, people go on reaching what is in it.
    after: isPeoples ? account.map(({ key }) => key).filter((key) => key === 'storageAccount') : [],
  };
}

function isRightOfPeople(
  { project }: UndoFacts,
  { id, principalId, principalType }: ListedAssignment,
): boolean {
  const isInAccount = isWithin(scopeOf({ id }), storageAccountId(project.spec));
  const isPerson = principalType === 'User' || sameId(principalId, project.caller.principalId);
  return isInAccount && isPerson;
}

function roleName(
  { project, observed }: UndoFacts,
  { id, roleDefinitionId }: ListedAssignment,
): string {
  const guid = nameOf(roleDefinitionId);
  const builtIn = BUILT_IN_ROLES.find((role) => sameId(role.id, guid));
  const custom = [...observed.values()].find((each) => sameId(nameOf(each.id), guid));
  const given = custom && textAt(custom.body, 'properties.roleName');
  const scope = scopeOf({ id });
  const where = sameId(nameOf(scope), project.spec.subscriptionId)
    ? t('the subscription')
    : nameOf(scope);
  return t('{0} on {1}', builtIn?.name ?? given ?? guid, where);
}

/** The call that removes a role assignment. */
export function assignmentTarget({ project }: Pick<UndoFacts, 'project'>, id: string): Target {
  const { tenantId, subscriptionId } = project.spec;
  return {
    kind: 'roleAssignment',
    id,
    tenantId,
    subscriptionId,
    apiVersion: '2022-04-01',
    body: {},
  };
}
