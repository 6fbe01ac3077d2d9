/** ARM ids as data. Azure changes their case at will: compare with `sameId`, never with `===`. */

/** `/subscriptions/{s}/resourceGroups/{g}` */
export function resourceGroupId(subscriptionId: string, group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

/** The id of a top-level resource of a group. */
export function resourceId(
  subscriptionId: string,
  group: string,
  type: string,
  name: string,
): string {
  return `${resourceGroupId(subscriptionId, group)}/providers/${type}/${name}`;
}

/** The id of a blob container, which is also the scope of its roles. */
export function containerId(accountId: string, container: string): string {
  return `${accountId}/blobServices/default/containers/${container}`;
}

/** A built-in role's id, in the form that role assignments ask for (azure-facts 5). */
export function roleDefinitionId(subscriptionId: string, roleId: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

/** Whether `id` names `parent` or something inside it. */
export function isWithin(id: string, parent: string): boolean {
  const [inner, outer] = [id.toLowerCase(), parent.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** The last segment of an id: the object's name. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The resource group in an id, or undefined if it is in none. */
export function groupOf(id: string): string | undefined {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1];
}
