import type { Subscription } from '../state.ts';

/** Namespaces that need no registration, in lower case. */
export const ALWAYS_REGISTERED: ReadonlySet<string> = new Set([
  'microsoft.resources',
  'microsoft.authorization',
  'microsoft.features',
  'microsoft.resourcegraph',
  'microsoft.management',
  'microsoft.subscription',
]);

export type RegistrationState = 'NotRegistered' | 'Registering' | 'Registered';

export function registrationState(
  subscription: Subscription,
  namespace: string,
  now: number,
): RegistrationState {
  if (ALWAYS_REGISTERED.has(namespace.toLowerCase())) return 'Registered';
  const entry = subscription.providers.get(namespace.toLowerCase());
  if (entry === undefined) return 'NotRegistered';
  return entry.registeredFrom <= now ? 'Registered' : 'Registering';
}

/** Already while it is Registering, regions that are done take resources; strict: only after. */
export function isRegistered(subscription: Subscription, namespace: string, now: number): boolean {
  return registrationState(subscription, namespace, now) === 'Registered';
}
