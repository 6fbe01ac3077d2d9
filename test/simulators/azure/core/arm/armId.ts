/** Azure compares ids without regard to case: this is the form in which they are compared here. */
export function idKey(id: string): string {
  return id.toLowerCase();
}

/** Whether `id` is `scope` or lies below it. `/` is above everything. */
export function isWithin(id: string, scope: string): boolean {
  const child = idKey(id);
  const parent = idKey(scope);
  return parent === '/' || child === parent || child.startsWith(`${parent}/`);
}

/** `/subscriptions/{s}` of an id, or undefined for what lies outside of subscriptions. */
export function subscriptionIdOf(id: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
}

/** The name of the resource group in an id, as written there. */
export function groupNameOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)/i.exec(id)?.[1];
}

/** The id of the resource group in an id, in the given spelling. */
export function groupIdOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(id)?.[0];
}

/** `Microsoft.Storage/storageAccounts/blobServices/containers` of a resource id. */
export function typeOf(id: string): string {
  const tail = id.slice(id.toLowerCase().lastIndexOf('/providers/') + '/providers/'.length);
  const [namespace = '', ...rest] = tail.split('/');
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}

/** The last segment of an id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** `Microsoft.Storage/storageAccounts/foo` of a resource id: how ARM names it in messages. */
export function shortNameOf(id: string): string {
  const at = id.toLowerCase().lastIndexOf('/providers/');
  const [namespace = '', ...rest] = id.slice(at + '/providers/'.length).split('/');
  const types = rest.filter((_, index) => index % 2 === 0);
  const names = rest.filter((_, index) => index % 2 === 1);
  return [namespace, ...types, ...names].join('/');
}

export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
