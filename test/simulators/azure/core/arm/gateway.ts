import { claimsChallenge, unauthorized, type Authenticator } from '../entra/authenticate.ts';
import { AzureFailure, refuseAtGateway, type Reply } from '../failure.ts';
import type { Call, Core, Operation } from '../operation.ts';
import type { Subscription } from '../state.ts';
import { groupNameOf, idKey, isWithin, subscriptionIdOf } from './armId.ts';
import { respectLocks } from './locks.ts';
import { ALWAYS_REGISTERED, isRegistered } from './registration.ts';
import { demand } from './rights.ts';
import type { Kind, Throttle } from './throttle.ts';

/** ARM in front of the resource providers: everything that is refused before they see it. */
export class Gateway {
  readonly #core: Core;
  readonly #throttle: Throttle;
  readonly #authenticator: Authenticator;

  constructor(core: Core, throttle: Throttle, authenticator: Authenticator) {
    this.#core = core;
    this.#throttle = throttle;
    this.#authenticator = authenticator;
  }

  /** Runs the operation if ARM lets it through. Throws AzureFailure otherwise. */
  run(operation: Operation, call: Call): Reply {
    const subscription = this.#subscription(call);
    const limits = this.#take(operation, call, subscription);
    try {
      const reply = this.#admit(operation, call, subscription);
      return { ...reply, headers: { ...limits, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof AzureFailure)) throw error;
      const headers = { ...limits, ...error.reply.headers };
      throw new AzureFailure({ ...error.reply, headers }, error.message);
    }
  }

  #admit(operation: Operation, call: Call, subscription: Subscription | undefined): Reply {
    this.#checkSession(operation, call);
    checkApiVersion(call.url);
    if (operation.mutating && subscription?.spec.state === 'Disabled') {
      throw refuseAtGateway(
        409,
        'ReadOnlyDisabledSubscription',
        `The subscription '${subscription.id}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
      );
    }
    const target = operation.scope?.(call) ?? call.path;
    if (operation.action !== undefined) {
      const { action } = operation;
      demand(call, typeof action === 'string' ? action : action(call), target);
    }
    this.#checkPlace(operation, call, subscription);
    if (operation.mutating && !/authorization\/locks\//i.test(call.path)) {
      // A role is deleted as an object of its own: what is locked beside it does not hold it.
      const isDeletion = call.method === 'DELETE';
      respectLocks(this.#core, isDeletion ? call.path : target, isDeletion);
    }
    return operation.handle(call);
  }

  /** The subscription in the path; refuses unknown ones and tokens of another tenant. */
  #subscription(call: Call): Subscription | undefined {
    const id = subscriptionIdOf(call.path);
    if (id === undefined) return undefined;
    const subscription = this.#core.state.subscriptions.get(id.toLowerCase());
    if (subscription === undefined) {
      throw refuseAtGateway(
        404,
        'SubscriptionNotFound',
        `The subscription '${id}' could not be found.`,
      );
    }
    const { tenantId } = subscription.spec;
    if (tenantId === call.caller.tenantId) return subscription;
    throw unauthorized(
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer 'https://sts.windows.net/${call.caller.tenantId}/'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
      tenantId,
    );
  }

  /** A POST that changes something counts as a write, any other as a read (both recorded). */
  #take(
    operation: Operation,
    call: Call,
    subscription: Subscription | undefined,
  ): Record<string, string> {
    const changing: Kind = call.method === 'DELETE' ? 'deletes' : 'writes';
    const kind: Kind = operation.mutating ? changing : 'reads';
    const scope =
      subscription === undefined
        ? { kind: 'tenant' as const, id: call.caller.tenantId }
        : { kind: 'subscription' as const, id: subscription.spec.subscriptionId };
    return this.#throttle.take(scope, call.caller.objectId, kind, call.now);
  }

  /** Sessions that were revoked, and Azure's MFA duty for writes by people (azure-facts 2.1). */
  #checkSession(operation: Operation, call: Call): void {
    const revoked = this.#authenticator.revokedBefore(call.caller.objectId);
    if (revoked !== undefined && call.caller.issuedAt < revoked) {
      throw claimsChallenge(
        { access_token: { nbf: { essential: true, value: String(Math.floor(revoked / 1000)) } } },
        'Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
      );
    }
    const duty = this.#core.world.mfaForWrites === true && call.caller.kind === 'user';
    if (!duty || !operation.mutating || call.caller.strong) return;
    throw claimsChallenge(
      { access_token: { acrs: { essential: true, value: 'p1' } } },
      'The access token does not satisfy the multifactor authentication that this operation requires.',
    );
  }

  /** The resource group must exist and not be going; the provider must be registered. */
  #checkPlace(operation: Operation, call: Call, subscription: Subscription | undefined): void {
    const group = groupNameOf(call.path);
    if (
      group !== undefined &&
      !/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/i.test(call.path)
    ) {
      this.#checkGroup(operation, call, group);
    }
    if (subscription === undefined || call.method !== 'PUT') return;
    const namespace = providerOf(call.path);
    if (namespace === undefined || ALWAYS_REGISTERED.has(namespace.toLowerCase())) return;
    if (isRegistered(subscription, namespace, call.now)) return;
    throw refuseAtGateway(
      409,
      'MissingSubscriptionRegistration',
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    );
  }

  #checkGroup(operation: Operation, call: Call, name: string): void {
    const group = this.#core.state.group(call.path);
    if (group === undefined) {
      throw refuseAtGateway(
        404,
        'ResourceGroupNotFound',
        `Resource group '${name}' could not be found.`,
      );
    }
    if (!group.deleting || !operation.mutating || call.method === 'DELETE') return;
    if (!isWithin(idKey(call.path), group.id)) return;
    throw refuseAtGateway(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
    );
  }
}

function providerOf(path: string): string | undefined {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  return at < 0 ? undefined : path.slice(at + '/providers/'.length).split('/')[0];
}

function checkApiVersion(url: URL): void {
  const version = [...url.searchParams].find(([name]) => name.toLowerCase() === 'api-version')?.[1];
  if (version === undefined || version === '') {
    throw refuseAtGateway(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const match = /^(\d{4})-(\d{2})-(\d{2})(-[a-z]+)?$/i.exec(version);
  const time = match === null ? Number.NaN : Date.parse(`${match[1]}-${match[2]}-${match[3]}`);
  if (!Number.isNaN(time)) return;
  throw refuseAtGateway(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version}' is invalid. The supported versions are '2025-04-01,2024-11-01,2022-12-01,2021-04-01'.`,
  );
}
