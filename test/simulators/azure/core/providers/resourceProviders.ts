import { refuseAtGateway, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { param, type Call, type Operation } from '../operation.ts';
import type { Subscription } from '../state.ts';
import { page } from '../arm/paging.ts';
import { ALWAYS_REGISTERED, registrationState } from '../arm/registration.ts';
import { LOCATIONS } from '../data/locations.ts';
import { NAMESPACES, namespaceNamed, type Namespace } from '../data/namespaces.ts';

/** Resource providers of a subscription and their registration. */
export const resourceProviderOperations: readonly Operation[] = [
  {
    name: 'Providers: list',
    method: 'GET',
    path: '/subscriptions/{subscription}/providers',
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: subscriptionScope,
    mutating: false,
    grade: 'documented',
    rests: 'provider-register-200.json (shape); facts 6',
    handle: (call) =>
      page(
        call,
        NAMESPACES.map((each) => render(call, each)),
      ),
  },
  {
    name: 'Provider: get',
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/{namespace}',
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: subscriptionScope,
    mutating: false,
    grade: 'documented',
    rests: 'provider-register-200.json (shape); facts 1.1, 6',
    handle: (call) => ({ status: 200, json: render(call, namespaceOf(call)) }),
  },
  {
    name: 'Provider: register',
    method: 'POST',
    path: '/subscriptions/{subscription}/providers/{namespace}/register',
    action: (call) => `${param(call, 'namespace')}/register/action`,
    scope: subscriptionScope,
    mutating: true,
    grade: 'recorded',
    rests: 'provider-register-200.json; facts 1.1, 1.2b',
    handle: register,
  },
];

function subscriptionScope(call: Call): string {
  return `/subscriptions/${param(call, 'subscription')}`;
}

function namespaceOf(call: Call): Namespace {
  const name = param(call, 'namespace');
  const found = namespaceNamed(name);
  if (found !== undefined) return found;
  throw refuseAtGateway(
    404,
    'InvalidResourceNamespace',
    `The resource namespace '${name}' is invalid.`,
  );
}

function subscriptionOf(call: Call): Subscription {
  const found = call.core.state.subscriptions.get(param(call, 'subscription').toLowerCase());
  if (found === undefined) throw new Error('The gateway lets only known subscriptions pass.');
  return found;
}

function register(call: Call): Reply {
  const namespace = namespaceOf(call);
  const subscription = subscriptionOf(call);
  const key = namespace.name.toLowerCase();
  if (registrationState(subscription, key, call.now) === 'NotRegistered') {
    const time = call.core.durations.of('providerRegistration', `${subscription.id}|${key}`);
    subscription.providers.set(key, {
      registeringFrom: call.now,
      registeredFrom: call.now + time,
    });
  }
  return { status: 200, json: render(call, namespace) };
}

const PLACES = LOCATIONS.filter((each) => each.physical).map((each) => each.displayName);
const types = new Map<string, Json>();

/** Always the same, and long: whoever waits for a registration asks for it hundreds of times. */
function typesOf(namespace: Namespace): Json {
  const known = types.get(namespace.name);
  if (known !== undefined) return known;
  const made = namespace.types.map((resourceType) => ({
    resourceType,
    locations: namespace.name === 'Microsoft.Authorization' ? [] : PLACES,
    apiVersions: namespace.apiVersions,
    capabilities: 'CrossResourceGroupResourceMove, SupportsTags, SupportsLocation',
  }));
  types.set(namespace.name, made);
  return made;
}

function render(call: Call, namespace: Namespace): Json {
  const subscription = subscriptionOf(call);
  return {
    id: `${subscription.id}/providers/${namespace.name}`,
    namespace: namespace.name,
    authorizations: [],
    resourceTypes: typesOf(namespace),
    registrationState: registrationState(subscription, namespace.name, call.now),
    registrationPolicy: ALWAYS_REGISTERED.has(namespace.name.toLowerCase())
      ? 'RegistrationFree'
      : 'RegistrationRequired',
  };
}
