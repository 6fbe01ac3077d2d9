import { t } from '@vscode/l10n';
import type { DesiredResource } from '../resource.ts';
import { textAt } from './path.ts';

/** Registers a resource provider; registering is a right on the subscription (azure-facts 6). */
export function providerRegistration(at: {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly namespace: string;
  readonly purpose: string;
}): DesiredResource {
  return {
    key: providerKey(at.namespace),
    kind: 'providerRegistration',
    name: at.namespace,
    purpose: at.purpose,
    ownership: 'shared',
    mode: 'make',
    dependsOn: [],
    target: () => ({
      kind: 'providerRegistration',
      id: `/subscriptions/${at.subscriptionId}/providers/${at.namespace}`,
      tenantId: at.tenantId,
      subscriptionId: at.subscriptionId,
      apiVersion: '2021-04-01',
      body: {},
    }),
    difference: (observed) =>
      textAt(observed.body, 'registrationState') === 'Registered'
        ? undefined
        : t('Not registered in this subscription yet.'),
    outputs: () => ({}),
  };
}

/** The key under which others depend on a provider. */
export function providerKey(namespace: string): string {
  return `provider/${namespace}`;
}
