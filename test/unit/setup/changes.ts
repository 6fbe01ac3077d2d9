import type { PlanAction } from '../../../src/contract/wizardState.ts';
import type { Change } from '../../../src/setup/plan.ts';
import type { ProjectPlan } from '../../../src/setup/planProject.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import type { DesiredResource, ResourceKind } from '../../../src/setup/resource.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

/** An object that is named by its kind; a test states only what matters to it. */
export function sampleResource(
  kind: ResourceKind,
  more: Partial<DesiredResource> = {},
): DesiredResource {
  return {
    key: kind,
    kind,
    name: `the-${kind}`,
    purpose: 'Its purpose.',
    ownership: 'createdByTag',
    mode: 'make',
    dependsOn: [],
    target: () => undefined,
    difference: () => undefined,
    outputs: () => ({}),
    ...more,
  };
}

/** One change of such an object. */
export function sampleChange(
  kind: ResourceKind,
  action: PlanAction = 'create',
  more: Partial<DesiredResource> = {},
): Change {
  return {
    resource: sampleResource(kind, more),
    action,
    reason: 'Its reason.',
    origin: 'created',
  };
}

/** A plan of these changes and no others. */
export function planOfChanges(
  changes: readonly Change[],
  spec: ProjectSpec = sampleSpec(),
): ProjectPlan {
  const project = projectContext(spec, dev);
  return { planId: 'a-plan', project, projectId: 'a-project', spec, caller: dev, changes };
}
