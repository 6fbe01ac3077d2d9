import { t } from '@vscode/l10n';
import { SetupError } from './errors.ts';
import type { Caller } from './ports.ts';
import type { ProjectSpec } from './projectSpec.ts';
import { isWithin, nameOf } from './armId.ts';
import { projectContext } from './resources/projectContext.ts';
import { sameId } from './resource.ts';
import { accountItems, adoptedAccountItems } from './undoAccount.ts';
import { appItems } from './undoApp.ts';
import { readUndoFacts, type UndoFacts } from './undoFacts.ts';
import { groupItems } from './undoGroup.ts';
import { lockNotes, withLocks } from './undoLocks.ts';
import { memberItems } from './undoMembers.ts';
import { STAGE, type UndoItem, type UndoPlan } from './undoPlan.ts';
import type { ListedMachine, UndoPorts } from './undoPorts.ts';
import { groupIdOf, isOtherAttempt } from './undoProof.ts';
import { roleItems } from './undoRoles.ts';

/**
 * What an undo of the project would do, object by object. Changes nothing.
 * @param spec which project: as its tags, the journal or the person say it. The record is read here
 *   and believed only where it names nothing but this project's own things
 * @throws SetupError if the project's objects can't be read
 */
export async function planUndo(
  spec: ProjectSpec,
  caller: Caller,
  ports: UndoPorts,
  signal: AbortSignal,
): Promise<UndoPlan> {
  const project = projectContext(spec, caller);
  const facts = await readUndoFacts(project, ports, signal);
  const account = accountItems(facts);
  const members = memberItems(facts);
  const before = [
    ...serverItems(ports),
    ...roleItems(facts, account),
    ...members,
    ...appItems(facts),
    ...adoptedAccountItems(facts),
    ...account,
  ];
  const all = [...before, ...groupItems(facts, before), ...refusedItems(facts, before)];
  const items = withLocks(all, facts.locks);
  return {
    project,
    items: [...items].sort((a, b) => a.stage - b.stage),
    blockers: [
      ...(facts.newerRecord === undefined ? [] : [facts.newerRecord]),
      ...blockersIn(facts),
    ],
    notes: [
      ...lockNotes(items, facts.locks),
      ...facts.notes,
      ...unbelieved(facts),
      ...otherAttempts(facts),
    ],
    foreign: facts.objects
      .filter(({ id }) => !items.some((item) => sameId(item.id, id)))
      .map(({ name }) => name),
    origins: facts.origins,
  };
}

function serverItems({ server }: UndoPorts): readonly UndoItem[] {
  if (server === undefined) return [];
  const item: UndoItem = {
    key: 'server',
    kind: 'server',
    id: server.name,
    name: server.name,
    decision: 'remove',
    why: t('The server forgets the project and its credentials.'),
    proof: 'none',
    stage: STAGE.server,
    after: [],
  };
  return [item];
}

/**
 * VMs that dstack has started, fleets and runs: they would lose their network and cost money on.
 * Nothing is removed while there are any.
 */
export function blockersIn({
  project,
  machines,
  running,
}: Pick<UndoFacts, 'project' | 'machines' | 'running'>): readonly SetupError[] {
  const names = machines.filter((each) => isOfProject(project, each)).map(({ name }) => name);
  const server = running.known ? running.value : [];
  return [
    ...(names.length === 0 ? [] : [inUse(t('VMs of the project exist: {0}.', names.join(', ')))]),
    ...(server.length === 0
      ? []
      : [inUse(t('The server still has in use: {0}.', server.join(', ')))]),
    ...(running.known ? [] : [serverSilent(running.why)]),
  ];
}

function isOfProject({ spec }: UndoFacts['project'], machine: ListedMachine): boolean {
  const identity = `${spec.storageAccount.name}-runner-identity`;
  if (machine.identityIds.some((id) => sameId(nameOf(id), identity))) return true;
  // dstack's own tags on its VMs.
  const project = machine.tags['dstack_project'];
  return project === undefined
    ? machine.tags['owner'] === 'dstack'
    : project.toLowerCase() === spec.name.toLowerCase();
}

function inUse(message: string): SetupError {
  return new SetupError({
    code: 'project_in_use',
    source: 'user',
    message,
    remedy: t('Stop the runs and delete the fleets (dstack fleet delete), then try again.'),
  });
}

function serverSilent(why: string): SetupError {
  return new SetupError({
    code: 'server_unreachable',
    source: 'dstack',
    message: t('The dstack server does not say what is running: {0}', why),
    remedy: t('Start the server, or remove the project without it.'),
  });
}

/** What the record names and nobody proves: shown, so that it is seen, and never touched. */
function refusedItems(facts: UndoFacts, items: readonly UndoItem[]): readonly UndoItem[] {
  const entries = facts.record?.record.resources ?? [];
  return entries
    .filter(({ id }) => facts.foreignInRecord.some((foreign) => foreign === id))
    .filter(({ id }) => !items.some((item) => sameId(item.id, id)))
    .map(({ id }, index) => ({
      key: `refused/${index.toString()}`,
      kind: 'projectRecord' as const,
      id,
      name: nameOf(id),
      decision: 'keep' as const,
      why: isWithin(id, groupIdOf(facts.project))
        ? t('The record names it, but that is no id that the project can have.')
        : t('The record names it, but it lies outside of the project. Never touched.'),
      proof: 'none' as const,
      stage: STAGE.group,
      after: [],
    }));
}

/** Not ours by the letter, but the person who undoes is most likely who tried. */
function otherAttempts({ project, objects }: UndoFacts): readonly string[] {
  const names = objects.filter((each) => isOtherAttempt(project, each)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    t(
      'An attempt with another storage account has left {0}. Remove it with that account’s name.',
      names.join(', '),
    ),
  ];
}

function unbelieved({ foreignInRecord }: UndoFacts): readonly string[] {
  if (foreignInRecord.length === 0) return [];
  return [
    t(
      'The project record names things that are not the project’s ({0}), so none of it is believed.',
      foreignInRecord.join(', '),
    ),
  ];
}
