import type { Reply } from '../failure.ts';
import { refuse } from '../failure.ts';
import { isObject, listAt, objectAt, textAt, textsAt, type Json } from '../json.ts';
import { bodyOf, param, type Call, type Operation } from '../operation.ts';
import type { PolicySpec } from '../world.ts';
import { isWithin } from '../arm/armId.ts';
import { policyAssignmentId, policyDefinitionId, violates } from '../arm/policy.ts';
import { isRegistered } from '../arm/registration.ts';
import { tagsIn } from '../arm/resources.ts';
import { locationNamed } from '../data/locations.ts';

const CHECK = 'providers/Microsoft.PolicyInsights/checkPolicyRestrictions';

/** What policies will say to a resource that is not there yet. */
export const policyOperations: readonly Operation[] = [
  `/subscriptions/{subscription}/resourceGroups/{group}/${CHECK}`,
  `/subscriptions/{subscription}/${CHECK}`,
].map((path, index) => ({
  name: `Policy: check restrictions in a ${index === 0 ? 'group' : 'subscription'}`,
  method: 'POST' as const,
  path,
  action: 'Microsoft.PolicyInsights/checkPolicyRestrictions/read',
  scope: above,
  mutating: false,
  grade: 'documented' as const,
  rests: 'policy-restrictions-200.json; facts 6',
  handle: check,
}));

function above(call: Call): string {
  return call.path.replace(/\/providers\/.*$/i, '');
}

function check(call: Call): Reply {
  const subscription = call.core.state.subscriptions.get(param(call, 'subscription').toLowerCase());
  if (
    subscription === undefined ||
    !isRegistered(subscription, 'Microsoft.PolicyInsights', call.now)
  ) {
    throw refuse(
      409,
      'MissingSubscriptionRegistration',
      "The subscription is not registered to use namespace 'Microsoft.PolicyInsights'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    );
  }
  const policies = call.core.state.policies.filter((policy) => isWithin(above(call), policy.scope));
  const content = objectAt(objectAt(bodyOf(call), 'resourceDetails'), 'resourceContent');
  const target = {
    type: textAt(content, 'type') ?? '',
    location: locationNamed(textAt(content, 'location') ?? '')?.name,
    tags: tagsIn(content),
    properties: objectAt(content, 'properties'),
  };
  const broken = policies.filter((policy) => violates(policy, target));
  return {
    status: 200,
    json: {
      fieldRestrictions: restrictions(call, policies),
      contentEvaluationResult: {
        policyEvaluations: broken.map((policy) => ({
          policyInfo: infoOf(policy),
          evaluationResult: 'NonCompliant',
        })),
      },
    },
  };
}

function infoOf(policy: PolicySpec): Json {
  return {
    policyDefinitionId: policyDefinitionId(policy),
    policyAssignmentId: policyAssignmentId(policy),
  };
}

/** One entry per field that the caller asked about and some policy restricts. */
function restrictions(call: Call, policies: readonly PolicySpec[]): Json[] {
  const asked = listAt(bodyOf(call), 'pendingFields').filter(isObject);
  return asked.flatMap((field): Json[] => {
    const name = textAt(field, 'field') ?? '';
    return policies.flatMap((policy) => restrictionOf(policy, name, textsAt(field, 'values')));
  });
}

function restrictionOf(policy: PolicySpec, field: string, values: readonly string[]): Json[] {
  if (policy.kind === 'allowedLocations' && field === 'location') {
    const denied = values.filter(
      (value) => !policy.locations.includes(value.replaceAll(' ', '').toLowerCase()),
    );
    if (denied.length === 0) return [];
    return [{ field, restrictions: [{ result: 'Deny', values: denied, policy: infoOf(policy) }] }];
  }
  if (policy.kind === 'requiredTag' && (field === 'tags' || field === `tags.${policy.tag}`)) {
    const { tag, defaultValue } = policy;
    const restriction = { result: 'Required', defaultValue, policy: infoOf(policy) };
    return [{ field: `tags.${tag}`, restrictions: [restriction] }];
  }
  if (policy.kind === 'addedTag' && (field === 'tags' || field === `tags.${policy.tag}`)) {
    const { tag, value } = policy;
    const restriction = {
      ...{ result: 'Required', defaultValue: value, values: [value] },
      policy: infoOf(policy),
    };
    return [{ field: `tags.${tag}`, restrictions: [restriction] }];
  }
  return [];
}
