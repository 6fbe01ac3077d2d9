import { t } from '@vscode/l10n';
import { nameOf } from './armId.ts';
import { ARTIFACTS_CONTAINER, RECORD_CONTAINER } from './names.ts';
import { projectRecordStep, PROJECT_RECORD } from './resources/projectRecordStep.ts';
import { containerKey } from './resources/blobContainer.ts';
import type { UndoFacts } from './undoFacts.ts';
import { foundObject } from './undoFound.ts';
import { STAGE, type UndoDecision, type UndoItem } from './undoPlan.ts';
import { isTaggedOurs, ourTags } from './undoProof.ts';
import { untagTarget } from './undoTags.ts';

const CONTAINERS = [ARTIFACTS_CONTAINER, RECORD_CONTAINER];

/** The account: removed if we made it and it holds nothing but our record; its containers go with it. */
export function accountItems(facts: UndoFacts): readonly UndoItem[] {
  const { project } = facts;
  const found = foundObject(facts, 'storageAccount');
  if (found === undefined) return [];
  const { observed: account, target } = found;
  const { name } = project.spec.storageAccount;
  const base = { kind: 'storageAccount', id: account.id, name, stage: STAGE.account } as const;
  if (isTaggedOurs(project, account)) {
    const { decision, why } = ofOurAccount(facts);
    const ticked = decision === 'ask' ? { ticked: false as const } : {};
    const key = 'storageAccount';
    return [{ ...base, key, decision, why, ...ticked, proof: 'tag', target, after: [] }];
  }
  const tags = ourTags(project, account);
  if (Object.keys(tags).length === 0) return [];
  return [
    {
      ...base,
      key: 'tags/storageAccount',
      decision: 'untag',
      why: t('Was there before. It stays and loses the project’s tag.'),
      proof: 'none',
      target: untagTarget(project, account.id, tags),
      after: [],
    },
  ];
}

type Verdict = { readonly decision: UndoDecision; readonly why: string };

function ofOurAccount(facts: UndoFacts): Verdict {
  const { contents, blobs } = facts;
  if (!contents.known) {
    return { decision: 'ask', why: t('It can’t be looked into: {0}', contents.why) };
  }
  const others = [
    ...contents.value.containers
      .filter((name) => !CONTAINERS.includes(name))
      .map((name) => t('container {0}', name)),
    ...contents.value.others,
    ...[...blobs].flatMap(([container, found]) =>
      found.known ? found.value.map((name) => `${container}/${name}`) : [],
    ),
  ];
  if (others.length > 0) {
    return {
      decision: 'ask',
      why: t('Holds more than the project record: {0}.', others.join(', ')),
    };
  }
  const unseen = [...blobs.values()].some((found) => !found.known);
  return {
    decision: 'remove',
    why: unseen ? lookedInto() : t('Made by this project; nothing is in it but the record.'),
  };
}

/** What is ours in somebody else's account: containers and the record. */
export function adoptedAccountItems(facts: UndoFacts): readonly UndoItem[] {
  const account = facts.observed.get('storageAccount');
  if (account === undefined || isTaggedOurs(facts.project, account)) return [];
  return [...CONTAINERS.flatMap((name) => containerItems(facts, name)), ...recordItems(facts)];
}

function containerItems(facts: UndoFacts, name: string): readonly UndoItem[] {
  const key = containerKey(name);
  const found = foundObject(facts, key);
  if (found === undefined) return [];
  const { observed, target } = found;
  const { decision, why } = ofContainer(facts, name, observed.id);
  const item: UndoItem = {
    key,
    kind: 'blobContainer',
    id: observed.id,
    name: nameOf(observed.id),
    decision,
    why,
    ...(decision === 'ask' ? { ticked: false } : {}),
    proof: 'record',
    target,
    stage: STAGE.containers,
    after: [],
  };
  return [item];
}

function ofContainer(facts: UndoFacts, name: string, id: string): Verdict {
  const origin = facts.origins.get(id.toLowerCase());
  if (origin === 'adopted') return { decision: 'keep', why: t('Was there before.') };
  if (origin === undefined) {
    return { decision: 'keep', why: t('Nothing proves that this project made it.') };
  }
  const found = facts.blobs.get(name);
  if (found?.known === true && found.value.length > 0) {
    return { decision: 'ask', why: t('Holds data: {0}.', found.value.join(', ')) };
  }
  const why =
    found?.known === true ? t('Made by this project; empty but for the record.') : lookedInto();
  return { decision: 'remove', why };
}

function lookedInto(): string {
  return t('Made by this project. It is looked into first: what is in it but the record keeps it.');
}

/** The record itself, for a container that stays. With its container it is gone already. */
function recordItems(facts: UndoFacts): readonly UndoItem[] {
  const { project, record } = facts;
  const target = projectRecordStep(project, []).target(new Map());
  if (record === undefined || target === undefined) return [];
  if (record.record.projectId.toLowerCase() !== project.projectId) return [];
  const item: UndoItem = {
    key: PROJECT_RECORD,
    kind: 'projectRecord',
    id: target.id,
    name: nameOf(target.id),
    decision: 'remove',
    why: t('The record of this project.'),
    proof: 'none',
    target,
    stage: STAGE.record,
    after: [],
  };
  return [item];
}
