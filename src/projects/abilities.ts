import { portalPathOf } from './portalPath.ts';
import type { ProjectNode } from './projectNode.ts';

/** What can be done with a node. The manifest's menus ask for these, never for a kind of node. */
export const ABILITIES = [
  'canUse',
  'canStopUsing',
  'canOpenInPortal',
  'canCopyId',
  'canOpenConfig',
  'canCreateFiles',
  'canOpenQuota',
  'canShowOffers',
  'canRefresh',
  'canRetry',
  'canSignIn',
  'canDelete',
] as const;

export type Ability = (typeof ABILITIES)[number];

/** The abilities of a node, in the order of `ABILITIES`. */
export function abilitiesOf(node: ProjectNode): readonly Ability[] {
  const can = new Set<Ability>(ownAbilities(node));
  if (portalPathOf(node) !== undefined) can.add('canOpenInPortal');
  return ABILITIES.filter((ability) => can.has(ability));
}

function ownAbilities(node: ProjectNode): readonly Ability[] {
  switch (node.kind) {
    case 'project':
      return ['canUse', 'canCopyId', 'canRefresh', 'canDelete', ...used(node.usedHere)];
    case 'folder':
      return node.use.used
        ? ['canStopUsing', 'canCreateFiles', 'canShowOffers', 'canRefresh']
        : ['canUse', 'canRefresh'];
    case 'storageAccount':
    case 'resource':
      return ['canCopyId'];
    case 'resources':
    case 'configuration':
      return ['canRefresh'];
    case 'file':
      return ['canOpenConfig'];
    case 'error':
      return ['canRetry'];
    case 'signIn':
      return ['canSignIn'];
    case 'location':
    case 'gpuFamily':
      return ['canOpenQuota'];
    case 'gpuQuota':
      return ['canOpenQuota', 'canRefresh'];
    case 'note':
      return [];
  }
}

function used(here: boolean): readonly Ability[] {
  return here ? ['canStopUsing', 'canShowOffers'] : [];
}
