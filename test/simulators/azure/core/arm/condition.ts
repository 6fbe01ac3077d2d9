/** The role assignment that a caller wants to write or delete, as conditions look at it. */
export interface AssignmentRequest {
  readonly roleDefinitionGuid: string;
  readonly principalType: string;
}

const ROLE = /RoleDefinitionId\]\s*ForAnyOfAnyValues:GuidEquals\s*\{([^}]*)\}/i;
const PRINCIPAL_TYPE = /PrincipalType\]\s*ForAnyOfAnyValues:StringEqualsIgnoreCase\s*\{([^}]*)\}/i;

/** Conditions of other forms are not simulated: writing one is refused as such. */
export function isKnownCondition(condition: string): boolean {
  return ROLE.test(condition) || PRINCIPAL_TYPE.test(condition);
}

/**
 * Whether an assignment's condition lets this action through. Only the conditions that the portal
 * writes for delegated administrators are understood: role ids and principal types of
 * roleAssignments/write and /delete.
 */
export function conditionAllows(
  condition: string | undefined,
  action: string,
  request: AssignmentRequest | undefined,
): boolean {
  if (condition === undefined) return true;
  if (!/^microsoft\.authorization\/roleassignments\/(write|delete)$/i.test(action)) return true;
  if (request === undefined) return true;
  const roles = listIn(ROLE, condition);
  const types = listIn(PRINCIPAL_TYPE, condition);
  const roleKey = compact(request.roleDefinitionGuid);
  return (
    (roles === undefined || roles.some((role) => compact(role) === roleKey)) &&
    (types === undefined || types.includes(request.principalType.toLowerCase()))
  );
}

function listIn(pattern: RegExp, condition: string): readonly string[] | undefined {
  return pattern
    .exec(condition)?.[1]
    ?.split(',')
    .map((entry) => entry.trim().replaceAll("'", '').toLowerCase());
}

/** Conditions write GUIDs with and without dashes. */
function compact(guid: string): string {
  return guid.replaceAll('-', '').toLowerCase();
}
