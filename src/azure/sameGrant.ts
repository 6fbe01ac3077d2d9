import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { isWithin, nameOf } from '../setup/armId.ts';
import { sameId, type Target } from '../setup/resource.ts';
import { textAt } from '../setup/resources/path.ts';
import { toSetupError } from './azureErrors.ts';
import { NO_CREDENTIAL, type Connection } from './pipeline.ts';

const PROVIDER = '/providers/microsoft.authorization/roleassignments/';

/**
 * The id of a role assignment of the same role to the same principal at exactly the same scope.
 * Azure lists what is above and below as well (azure-facts 6); which role it is, is told by the last
 * part alone: its id may begin with the subscription or not.
 * @throws SetupError if Azure refuses the listing
 */
export async function idOfSameGrant(
  connection: Connection,
  target: Target,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = connection.clientOptions(target.tenantId);
  const client = new AuthorizationManagementClient(NO_CREDENTIAL, target.subscriptionId, options);
  const scope = target.id.slice(0, target.id.toLowerCase().lastIndexOf(PROVIDER));
  const principalId = textAt(target.body, 'properties.principalId') ?? '';
  const role = nameOf(textAt(target.body, 'properties.roleDefinitionId') ?? '');
  // The client puts a slash before a scope itself.
  const listed = client.roleAssignments.listForScope(scope.replace(/^\//, ''), {
    filter: `principalId eq '${principalId}'`,
    abortSignal: signal,
  });
  try {
    for await (const { id, scope: at, roleDefinitionId } of listed) {
      const isSame = sameId(at ?? '', scope) && sameId(nameOf(roleDefinitionId ?? ''), role);
      if (id !== undefined && isSame && isWithin(id, scope)) return id;
    }
    return undefined;
  } catch (error) {
    throw toSetupError(error, { object: nameOf(target.id) });
  }
}
