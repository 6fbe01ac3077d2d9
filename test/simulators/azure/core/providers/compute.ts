import { refuse, type Reply } from '../failure.ts';
import type { Json } from '../json.ts';
import { param, type Call, type Operation } from '../operation.ts';
import { page } from '../arm/paging.ts';
import { SIZES, type Size } from '../data/computeSizes.ts';
import { locationNamed } from '../data/locations.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const scope = (call: Call): string => `/subscriptions/${param(call, 'subscription')}`;
const FILTER = /^location eq '([a-z0-9 ]+)'$/i;

/** What a subscription may use of compute. Machines themselves are not simulated. */
export const computeOperations: readonly Operation[] = [
  {
    name: 'Compute: usages of a location',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/Microsoft.Compute/locations/{location}/usages`,
    action: 'Microsoft.Compute/locations/usages/read',
    scope,
    mutating: false,
    grade: 'recorded',
    rests: 'compute-usages.json; facts 8',
    handle: usages,
  },
  {
    name: 'Compute: SKUs',
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/Microsoft.Compute/skus`,
    action: 'Microsoft.Compute/skus/read',
    scope,
    mutating: false,
    grade: 'documented',
    rests: 'facts 8; Resource SKUs REST reference, List',
    handle: skus,
  },
];

function usages(call: Call): Reply {
  const location = locationNamed(param(call, 'location'));
  if (location === undefined) {
    throw refuse(
      404,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location '${param(call, 'location')}'.`,
    );
  }
  const subscription = call.core.state.subscriptions.get(param(call, 'subscription').toLowerCase());
  const limits = subscription?.spec.vcpuLimits ?? {};
  const families = [...new Set(SIZES.map((size) => size.family))];
  const rows = [
    row('cores', 'Total Regional vCPUs', limits['cores'] ?? 100),
    row('lowPriorityCores', 'Total Regional Low-priority vCPUs', limits['lowPriorityCores'] ?? 100),
    ...families.map((family) => row(family, `${family} vCPUs`, limits[family] ?? 0)),
  ];
  return {
    status: 200,
    headers: {
      'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/GetSubscriptionInfo3Min;359',
    },
    json: { value: rows },
  };
}

function row(value: string, localizedValue: string, limit: number): Json {
  return { limit, unit: 'Count', currentValue: 0, name: { value, localizedValue } };
}

function skus(call: Call): Reply {
  const filter = call.url.searchParams.get('$filter');
  const location = filter === null ? undefined : FILTER.exec(filter.trim())?.[1];
  if (filter !== null && location === undefined) {
    throw refuse(400, 'InvalidFilter', `The filter '${filter}' is not supported.`);
  }
  const subscription = call.core.state.subscriptions.get(param(call, 'subscription').toLowerCase());
  const closed = subscription?.spec.openLocations !== undefined;
  const name = location?.replaceAll(' ', '').toLowerCase() ?? 'eastus';
  return page(
    call,
    SIZES.map((size) => render(size, name, closed && size.gpus > 0)),
  );
}

function render(size: Size, location: string, restricted: boolean): Json {
  const capability = (name: string, value: number | string): Json => ({
    name,
    value: String(value),
  });
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.replace('Standard_', ''),
    family: size.family,
    locations: [location],
    locationInfo: [{ location, zones: ['1', '2', '3'], zoneDetails: [] }],
    capabilities: [
      capability('vCPUs', size.vcpus),
      capability('MemoryGB', size.memory),
      ...(size.gpus > 0 ? [capability('GPUs', size.gpus)] : []),
      capability('LowPriorityCapable', 'True'),
    ],
    restrictions: restricted
      ? [
          {
            type: 'Location',
            values: [location],
            restrictionInfo: { locations: [location] },
            reasonCode: 'NotAvailableForSubscription',
          },
        ]
      : [],
  };
}
