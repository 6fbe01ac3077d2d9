import { z } from 'zod';
import { nameOf } from '../setup/armId.ts';
import type { PolicyDenial } from '../setup/preflightPorts.ts';
import type { Target } from '../setup/resource.ts';
import { armCall } from './armCalls.ts';
import type { Connection } from './pipeline.ts';

const policySchema = z.object({ policyAssignmentId: z.string() });
const answerSchema = z.object({
  fieldRestrictions: z
    .array(
      z.object({
        field: z.string(),
        restrictions: z.array(
          z.object({
            result: z.string(),
            /** What a policy of its own accord sets where nothing is sent. */
            defaultValue: z.string().nullish(),
            policy: policySchema,
            reason: z.string().nullish(),
          }),
        ),
      }),
    )
    .nullish(),
  contentEvaluationResult: z
    .object({
      policyEvaluations: z
        .array(z.object({ policyInfo: policySchema, evaluationResult: z.string() }))
        .nullish(),
    })
    .nullish(),
});

/**
 * What policies would say to an object as it would be sent. A hint: Azure does not promise that it
 * is complete (azure-facts 6). Which field a policy looks at is known only for the location and tags.
 */
export async function policyDenials(
  connection: Connection,
  { target, scope }: { readonly target: Target; readonly scope: string },
  signal: AbortSignal,
): Promise<readonly PolicyDenial[]> {
  const { tenantId, apiVersion, body } = target;
  const path = `${scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2022-03-01`;
  const resourceContent = { ...body, type: typeOf(target.id), name: nameOf(target.id) };
  const location = body['location'];
  const question = {
    resourceDetails: { resourceContent, apiVersion },
    pendingFields:
      typeof location === 'string'
        ? [{ field: 'location', values: [location] }, { field: 'tags' }]
        : [],
  };
  const answer = await armCall(
    connection,
    { tenantId, path, signal, body: question },
    answerSchema,
  );
  const restrictions = restrictionsIn(answer);
  const denials = new Map<string, PolicyDenial>();
  for (const { policyInfo, evaluationResult } of answer.contentEvaluationResult
    ?.policyEvaluations ?? []) {
    if (evaluationResult !== 'NonCompliant') continue;
    const [key, denial] = denialBy(policyInfo);
    denials.set(key, isMetByOthers(key, restrictions) ? { ...denial, mayBeMet: true } : denial);
  }
  for (const { field, result, policy, reason } of restrictions) {
    // Of tags we ask what is set, not whether some value of theirs would be denied.
    if (result !== 'Deny' || field.startsWith('tags')) continue;
    const [key, denial] = denialBy(policy);
    denials.set(key, {
      ...denial,
      field,
      ...(typeof reason !== 'string' ? {} : { message: reason }),
    });
  }
  return [...denials.values()];
}

type Restriction = NonNullable<
  z.infer<typeof answerSchema>['fieldRestrictions']
>[number]['restrictions'][number] & { readonly field: string };

function restrictionsIn({ fieldRestrictions }: z.infer<typeof answerSchema>): Restriction[] {
  return (fieldRestrictions ?? []).flatMap(({ field, restrictions }) =>
    restrictions.map((each) => ({ ...each, field })),
  );
}

/**
 * Whether another policy sets what this one requires: Azure lets policies change an object before
 * it lets them deny it, and this question judges it as it is sent.
 */
function isMetByOthers(denier: string, restrictions: readonly Restriction[]): boolean {
  const isDeniers = ({ policy }: Restriction): boolean => denialBy(policy)[0] === denier;
  const required = restrictions.filter((each) => isDeniers(each) && each.result === 'Required');
  return required.some(({ field }) =>
    restrictions.some(
      (each) =>
        !isDeniers(each) &&
        each.field.toLowerCase() === field.toLowerCase() &&
        typeof each.defaultValue === 'string',
    ),
  );
}

/** Both parts of the answer name the same policy: it is one denial. */
function denialBy({
  policyAssignmentId: id,
}: z.infer<typeof policySchema>): [string, PolicyDenial] {
  const end = id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/policyassignments/');
  const scope = id.slice(0, Math.max(0, end));
  return [id.toLowerCase(), { policy: nameOf(id), ...(scope === '' ? {} : { scope }) }];
}

/** `Microsoft.Storage/storageAccounts/blobServices/containers`: types and names take turns. */
function typeOf(id: string): string {
  const provider = /\/providers\/(?!.*\/providers\/)([^/]+)\/(.+)$/i.exec(id);
  if (provider === null) return 'Microsoft.Resources/subscriptions/resourceGroups';
  const [, namespace = '', rest = ''] = provider;
  return [namespace, ...rest.split('/').filter((_part, index) => index % 2 === 0)].join('/');
}
