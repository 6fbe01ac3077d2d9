import { createdBy, projectIdOf } from '../names.ts';
import type { Caller } from '../ports.ts';
import type { ProjectSpec } from '../projectSpec.ts';

/** What every resource of a project is made from. */
export interface ProjectContext {
  readonly spec: ProjectSpec;
  readonly projectId: string;
  /** The mark that proves that an object is this project's. */
  readonly createdBy: string;
  /** Who sets the project up and so gets access to its containers. */
  readonly caller: Caller;
}

/** The context of a spec. The project id follows from the spec, so that any machine finds the same. */
export function projectContext(spec: ProjectSpec, caller: Caller): ProjectContext {
  const projectId = projectIdOf({
    subscriptionId: spec.subscriptionId,
    storageAccount: spec.storageAccount.name,
    projectName: spec.name,
  });
  return { spec, projectId, createdBy: createdBy(projectId), caller };
}
