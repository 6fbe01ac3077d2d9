import type { StepResult } from './applyStep.ts';
import type { Change } from './plan.ts';

interface GraphWork {
  /** Runs one step whose dependencies are all done. Never rejects. */
  readonly run: (change: Change) => Promise<StepResult>;
  /** A dependency did not finish: `because` is its key. */
  readonly skip: (change: Change, because: string) => StepResult;
  /** Called once when every step that is not optional has ended. */
  readonly onEssentialsDone: (allDone: boolean) => void;
}

/**
 * Runs changes as early as their dependencies allow. Steps that share a lock run one after the
 * other, in plan order.
 * @returns how each ended, by resource key
 */
export async function runGraph(
  changes: readonly Change[],
  work: GraphWork,
): Promise<ReadonlyMap<string, StepResult>> {
  const ends = new Map<string, Promise<StepResult>>();
  const locks = new Map<string, Promise<unknown>>();
  for (const change of changes) {
    const dependencies = change.resource.dependsOn.flatMap((key) => {
      const end = ends.get(key);
      return end === undefined ? [] : [{ key, end }];
    });
    const end = afterAll(dependencies).then((unfinished) =>
      unfinished === undefined
        ? withLock(change.resource.lock, locks, () => work.run(change))
        : work.skip(change, unfinished),
    );
    ends.set(change.resource.key, end);
  }
  const essentials = Promise.all(
    changes.flatMap(({ resource }) => {
      const end = ends.get(resource.key);
      return resource.optional === true || end === undefined ? [] : [end];
    }),
  ).then((all) => work.onEssentialsDone(all.every(({ status }) => status === 'done')));
  const results = new Map<string, StepResult>();
  for (const [key, end] of ends) results.set(key, await end);
  await essentials;
  return results;
}

/** The key of the first dependency that did not finish, or undefined if all are done. */
async function afterAll(
  dependencies: readonly { key: string; end: Promise<StepResult> }[],
): Promise<string | undefined> {
  const results = await Promise.all(
    dependencies.map(async ({ key, end }) => ({ key, status: (await end).status })),
  );
  return results.find(({ status }) => status !== 'done')?.key;
}

async function withLock(
  lock: string | undefined,
  locks: Map<string, Promise<unknown>>,
  step: () => Promise<StepResult>,
): Promise<StepResult> {
  if (lock === undefined) return await step();
  const turn = (locks.get(lock) ?? Promise.resolve()).then(step);
  locks.set(lock, turn);
  return await turn;
}
