import { t } from '@vscode/l10n';
import { PROJECT_TAG } from './names.ts';
import { isMarkedOurs } from './plan.ts';
import type { ObservedResource } from './ports.ts';
import { sameId, type ResourceKind } from './resource.ts';
import { textAt } from './resources/path.ts';
import type { UndoFacts } from './undoFacts.ts';
import { foundObject, type FoundObject } from './undoFound.ts';
import { STAGE, type UndoDecision, type UndoItem } from './undoPlan.ts';
import { attachedName, attachedTo, isServerSecurityGroup } from './undoProof.ts';
import { keyOfAssignment } from './undoRoles.ts';

/** Kinds that lie in the group by themselves, with the stage in which they go. */
const STAGES: Partial<Readonly<Record<ResourceKind, number>>> = {
  userAssignedIdentity: STAGE.members,
  virtualNetwork: STAGE.members,
  keyVault: STAGE.members,
  dataCollectionRule: STAGE.members,
  networkSecurityGroup: STAGE.holders,
  dataCollectionEndpoint: STAGE.holders,
  logAnalyticsWorkspace: STAGE.holders,
};

/** Identity, network, vault, logs, and the server's own security groups. */
export function memberItems(facts: UndoFacts): readonly UndoItem[] {
  return [
    ...facts.possible.flatMap(({ key, kind }) => {
      const stage = STAGES[kind];
      const found = foundObject(facts, key);
      return stage === undefined || found === undefined ? [] : [memberItem(facts, found, stage)];
    }),
    ...tableItems(facts),
    ...serverSecurityGroups(facts),
  ];
}

type Verdict = { readonly decision: UndoDecision; readonly why: string };

function memberItem(
  facts: UndoFacts,
  { resource, observed, target }: FoundObject,
  stage: number,
): UndoItem {
  const { decision, why } = isMarkedOurs(facts.project, resource, observed)
    ? ofOurs(facts, resource.kind, observed)
    : ({ decision: 'keep', why: t('Was not made by this project.') } as const);
  return {
    key: resource.key,
    kind: resource.kind,
    id: observed.id,
    name: resource.name,
    decision,
    why,
    ...(decision === 'ask' ? { ticked: false } : {}),
    proof: 'tag',
    target,
    stage,
    after: afterOf(facts, resource.kind, observed),
  };
}

function ofOurs(facts: UndoFacts, kind: ResourceKind, observed: ObservedResource): Verdict {
  if (kind === 'keyVault') {
    return { decision: 'ask', why: t('May hold secrets. Azure keeps it for seven days more.') };
  }
  if (kind === 'logAnalyticsWorkspace') return ofWorkspace(facts);
  const attached = kind === 'virtualNetwork' ? attachedTo(observed).map(attachedName) : [];
  return attached.length === 0
    ? made()
    : { decision: 'keep', why: t('Still in use by {0}.', attached.join(', ')) };
}

function ofWorkspace({ hasLogs }: UndoFacts): Verdict {
  if (!hasLogs.known) {
    return {
      decision: 'ask',
      why: t('May hold logs: it can’t be looked into ({0}).', hasLogs.why),
    };
  }
  return hasLogs.value ? { decision: 'ask', why: t('Holds logs.') } : made();
}

function made(): Verdict {
  return { decision: 'remove', why: t('Made by this project.') };
}

/** Role assignments go before their principals, what refers before what it refers to. */
function afterOf(
  { assignments, observed }: UndoFacts,
  kind: ResourceKind,
  object: ObservedResource,
): readonly string[] {
  if (kind === 'networkSecurityGroup') return present(observed, ['virtualNetwork']);
  if (kind === 'dataCollectionEndpoint' || kind === 'logAnalyticsWorkspace') {
    return present(observed, ['dataCollectionRule']);
  }
  const principalId = textAt(object.body, 'properties.principalId');
  if (kind !== 'userAssignedIdentity' || principalId === undefined) return [];
  return assignments.filter((each) => sameId(each.principalId, principalId)).map(keyOfAssignment);
}

function present(
  observed: ReadonlyMap<string, ObservedResource>,
  keys: readonly string[],
): readonly string[] {
  return keys.filter((key) => observed.has(key));
}

/** A table goes with its workspace. In somebody else's workspace it stands alone and holds logs. */
function tableItems(facts: UndoFacts): readonly UndoItem[] {
  const [table, around] = [foundObject(facts, 'logsTable'), foundObject(facts, 'workspace')];
  if (table === undefined || around === undefined) return [];
  if (isMarkedOurs(facts.project, around.resource, around.observed)) return [];
  const { resource, observed, target } = table;
  const isOurs = facts.origins.get(observed.id.toLowerCase()) === 'created';
  const item: UndoItem = {
    key: resource.key,
    kind: 'workspaceTable',
    id: observed.id,
    name: resource.name,
    decision: isOurs ? 'ask' : 'keep',
    why: isOurs ? t('May hold logs.') : t('Nothing proves that this project made it.'),
    ...(isOurs ? { ticked: false } : {}),
    proof: 'record',
    target,
    stage: STAGE.holders,
    after: present(facts.observed, ['dataCollectionRule']),
  };
  return [item];
}

/** The two per region that the dstack server makes: they carry no mark, only their exact names. */
function serverSecurityGroups(facts: UndoFacts): readonly UndoItem[] {
  const { project, objects } = facts;
  const neighbours = otherProjects(facts);
  return objects
    .filter((object) => isServerSecurityGroup(project, object))
    .map((object) => {
      const isAlone = neighbours.length === 0;
      return {
        key: `serverSecurityGroup/${object.name}`,
        kind: 'networkSecurityGroup' as const,
        id: object.id,
        name: object.name,
        decision: isAlone ? ('remove' as const) : ('keep' as const),
        why: isAlone
          ? t('Made by the dstack server for this group.')
          : t('Made by the dstack server; also used in this group by {0}.', neighbours.join(', ')),
        proof: 'serverName' as const,
        target: {
          kind: 'networkSecurityGroup' as const,
          id: object.id,
          tenantId: project.spec.tenantId,
          subscriptionId: project.spec.subscriptionId,
          apiVersion: '2025-05-01',
          body: {},
        },
        stage: STAGE.holders,
        after: [],
      };
    });
}

/** Other dstack projects of the group, by their accounts: the server's groups serve them all. */
function otherProjects({ project, objects }: UndoFacts): readonly string[] {
  const names = objects
    .filter(({ type }) => type.toLowerCase() === 'microsoft.storage/storageaccounts')
    .flatMap(({ tags }) => tags[PROJECT_TAG] ?? [])
    .filter((name) => name.toLowerCase() !== project.spec.name.toLowerCase());
  return [...new Set(names)];
}
