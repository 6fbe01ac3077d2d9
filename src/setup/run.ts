import type { Outcome } from './buildRecord.ts';
import type { Report } from './events.ts';
import type { JournalBase } from './journal.ts';
import type { ProjectPlan } from './planProject.ts';
import type { SetupPorts } from './ports.ts';
import type { OutputsByKey } from './resource.ts';

/** Everything that a run hands around. */
export interface Run {
  readonly runId: string;
  readonly plan: ProjectPlan;
  readonly ports: SetupPorts;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Outcomes so far, by resource key. */
  readonly outcomes: Map<string, Outcome>;
  /** Keys of steps whose write is sent and of which Azure has not said that it is through. */
  readonly inAzure: Set<string>;
}

/** The outputs of every resource that exists by now. */
export function outputsSoFar(run: Run): OutputsByKey {
  return new Map([...run.outcomes].map(([key, outcome]) => [key, outcome.outputs]));
}

/** The head that every journal entry of the run shares. */
export function journalHead(run: Run): JournalBase {
  return {
    schema: 1,
    time: run.ports.clock.now(),
    projectId: run.plan.projectId,
    runId: run.runId,
  };
}
