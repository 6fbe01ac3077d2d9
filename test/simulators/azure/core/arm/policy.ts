import { AzureFailure } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import type { Call } from '../operation.ts';
import type { PolicySpec } from '../world.ts';
import { isWithin, nameOf } from './armId.ts';

/** A resource as policies look at it. */
export interface PolicyTarget {
  readonly type: string;
  readonly location: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly properties: JsonObject;
}

export function policyAssignmentId(policy: PolicySpec): string {
  return `${policy.scope}/providers/Microsoft.Authorization/policyAssignments/${policy.name}`;
}

export function policyDefinitionId(policy: PolicySpec): string {
  return `/providers/Microsoft.Authorization/policyDefinitions/${policy.kind}`;
}

/** Whether the policy denies this resource. */
export function violates(policy: PolicySpec, target: PolicyTarget): boolean {
  const storage = target.type.toLowerCase() === 'microsoft.storage/storageaccounts';
  switch (policy.kind) {
    case 'allowedLocations':
      return target.location !== undefined && !policy.locations.includes(target.location);
    case 'requiredTag':
      return target.location !== undefined && target.tags?.[policy.tag] === undefined;
    case 'addedTag':
      return false;
    case 'denySharedKey':
      return storage && target.properties['allowSharedKeyAccess'] !== false;
    case 'denyPublicNetworkAccess':
      return storage && target.properties['publicNetworkAccess'] !== 'Disabled';
  }
}

/**
 * The tags with those that policies add of their own accord, which they do before any of them denies
 * (azure-docs, governance/policy/concepts/effects: order of evaluation).
 */
export function withAddedTags(
  call: Call,
  id: string,
  tags: PolicyTarget['tags'],
): PolicyTarget['tags'] {
  let all = tags;
  for (const policy of call.core.state.policies) {
    if (policy.kind !== 'addedTag' || !isWithin(id, policy.scope)) continue;
    all = { [policy.tag]: policy.value, ...all };
  }
  return all;
}

/** Throws RequestDisallowedByPolicy for the policies that deny this resource. */
export function checkPolicies(call: Call, id: string, target: PolicyTarget): void {
  const broken = call.core.state.policies.filter(
    (policy) => isWithin(id, policy.scope) && violates(policy, target),
  );
  if (broken.length === 0) return;
  const name = nameOf(id);
  const identifiers = broken.map((policy) => ({
    policyAssignment: { name: policy.name, id: policyAssignmentId(policy) },
    policyDefinition: { name: policy.kind, id: policyDefinitionId(policy) },
  }));
  const message = `Resource '${name}' was disallowed by policy. Policy identifiers: '${JSON.stringify(identifiers)}'.`;
  const additionalInfo = broken.map((policy) => ({
    type: 'PolicyViolation',
    info: {
      policyDefinitionDisplayName: policy.kind,
      policyDefinitionId: policyDefinitionId(policy),
      policyDefinitionName: policy.kind,
      policyDefinitionEffect: 'Deny',
      policyAssignmentId: policyAssignmentId(policy),
      policyAssignmentName: policy.name,
      policyAssignmentScope: policy.scope,
    },
  }));
  const json = {
    error: { code: 'RequestDisallowedByPolicy', target: name, message, additionalInfo },
  };
  throw new AzureFailure(
    { status: 403, headers: { 'x-ms-failure-cause': 'gateway' }, json },
    message,
  );
}
