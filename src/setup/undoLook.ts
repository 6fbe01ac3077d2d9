import { t } from '@vscode/l10n';
import { asSetupError } from './errors.ts';
import { desiredState } from './desiredState.ts';
import { containerKey } from './resources/blobContainer.ts';
import { blobsBesideRecord } from './undoData.ts';
import { STAGE } from './undoPlan.ts';
import { keyOfAssignment } from './undoRoles.ts';
import { retriedUndo, undoHead, type UndoRun } from './undoRun.ts';

/**
 * Blobs of one of our containers besides the record. A set-up that was stopped early has given
 * nobody the right to look; then the role that it would have given is given now, waited for, and
 * removed with the others.
 * @returns a few names; none if the container does not exist
 * @throws SetupError if nobody lets us look
 */
export async function lookInto(
  run: UndoRun,
  blobEndpoint: string | undefined,
  container: string,
): Promise<readonly string[]> {
  const { project } = run.plan;
  const desired = desiredState(project);
  const target = desired.find(({ key }) => key === containerKey(container))?.target(new Map());
  const about = { key: containerKey(container), kind: 'blobContainer' } as const;
  const exists =
    target && (await retriedUndo(run, about, () => run.ports.resources.read(target, run.signal)));
  if (exists === undefined) return [];
  const look = (): Promise<readonly string[]> =>
    blobsBesideRecord(project, blobEndpoint, container, run.ports, run.signal);
  try {
    return await retriedUndo(run, about, look);
  } catch (thrown) {
    if (asSetupError(thrown).azure?.code !== 'AuthorizationPermissionMismatch') throw thrown;
  }
  await allowLooking(run, container);
  // The kind of the record's step is the one whose retries outlast the spreading of a data role.
  return await retriedUndo(run, { key: about.key, kind: 'projectRecord' }, look);
}

/** Gives the caller the very role that the set-up gives; the same name, so it is found and removed. */
async function allowLooking(run: UndoRun, container: string): Promise<void> {
  const { project } = run.plan;
  const key = `role/caller/${container}`;
  const role = desiredState(project).find((each) => each.key === key);
  const target = role?.target(new Map());
  if (role === undefined || target === undefined) return;
  const about = { key, kind: 'roleAssignment' } as const;
  const has = await retriedUndo(run, about, () => run.ports.resources.read(target, run.signal));
  if (has !== undefined) return;
  await run.ports.journal.append({ ...undoHead(run), event: 'creating', key, target });
  await retriedUndo(run, about, () => run.ports.resources.write(target, run.signal));
  run.granted.push({
    key: keyOfAssignment(target),
    kind: 'roleAssignment',
    id: target.id,
    name: t('{0} on {1}', role.name, container),
    decision: 'remove',
    why: t('Given by this undo, to look into the container.'),
    proof: 'description',
    target,
    stage: STAGE.people,
    after: [],
  });
}
