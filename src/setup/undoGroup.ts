import { t } from '@vscode/l10n';
import { isWithin } from './armId.ts';
import { sameId } from './resource.ts';
import type { UndoFacts } from './undoFacts.ts';
import { foundObject } from './undoFound.ts';
import { STAGE, type UndoItem } from './undoPlan.ts';
import { isOtherAttempt, isTaggedOurs, ourTags } from './undoProof.ts';
import { untagTarget } from './undoTags.ts';

/**
 * The group: removed only if we made it and nothing else is in it.
 * @param items what happens to everything else
 */
export function groupItems(facts: UndoFacts, items: readonly UndoItem[]): readonly UndoItem[] {
  const { project, objects } = facts;
  const found = foundObject(facts, 'resourceGroup');
  if (found === undefined) return [];
  const { observed: group, target } = found;
  const isMade = isTaggedOurs(project, group);
  const staying = objects.filter(({ id }) => !items.some((item) => mayGo(item, id)));
  const { name } = project.spec.resourceGroup;
  const base = { kind: 'resourceGroup', id: group.id, name, stage: STAGE.group } as const;
  // The account is what a later undo finds the project by: while it stays, so do the marks.
  // A role of ours on the group outlives it, and nobody finds it there any more.
  const after = items
    .filter(
      ({ key, kind, decision }) =>
        key === 'storageAccount' || (kind === 'roleDefinition' && decision === 'remove'),
    )
    .map(({ key }) => key);
  if (isMade && staying.length === 0) {
    const why = t('Made by this project; goes if nothing else is in it.');
    const key = 'resourceGroup';
    return [{ ...base, key, decision: 'remove', why, proof: 'tag', target, after }];
  }
  if (isMade && staying.some((object) => isOtherAttempt(project, object))) {
    const why = t('The project goes on in it with another storage account.');
    return [{ ...base, key: 'resourceGroup', decision: 'keep', why, proof: 'tag', after }];
  }
  const tags = ourTags(project, group);
  if (Object.keys(tags).length === 0) return [];
  return [
    {
      ...base,
      key: 'tags/resourceGroup',
      decision: 'untag',
      why: isMade
        ? t('Other things are in it: {0}. It stays and loses the project’s tags.', listed(staying))
        : t('Was there before. It stays and loses the project’s tag.'),
      proof: 'none',
      target: untagTarget(project, group.id, tags),
      after,
    },
  ];
}

function mayGo(item: UndoItem, id: string): boolean {
  const goes = item.decision === 'remove' || item.decision === 'ask';
  return goes && (sameId(item.id, id) || isWithin(id, item.id));
}

/** A few names; a group can hold hundreds of objects. */
function listed(objects: readonly { readonly name: string }[]): string {
  const names = objects.slice(0, 5).map(({ name }) => name);
  return [...names, ...(objects.length > 5 ? ['…'] : [])].join(', ');
}
