import { t } from '@vscode/l10n';
import { nameOf, resourceGroupId } from '../setup/armId.ts';
import { asSetupError, isCancellation } from '../setup/errors.ts';
import type { RecordStore } from '../setup/ports.ts';
import { isRecordPending } from '../setup/recordPending.ts';
import { discover, type Discovery, type DiscoverySources } from './discovery.ts';
import type {
  FolderUse,
  GpuQuotaItem,
  ListedProject,
  ProjectItem,
  ProjectNode,
  RecordState,
  ResourceItem,
} from './projectNode.ts';

/** What the tree needs from the world. */
export interface ProjectSources extends DiscoverySources {
  recordsFor(accountId: string): Promise<RecordStore>;
  /** What each workspace folder knows of the project. */
  folderUses(project: ListedProject): Promise<readonly FolderUse[]>;
  /** Whether a folder of this window uses the project of this storage account. */
  isUsedHere(storageAccountId: string): boolean;
  /** What `discover` answered at the last listing of the roots, for the view's state. */
  onDiscovered(discovery: Discovery): void;
}

/** What a sign-in cures. */
const SIGN_IN_CODES: readonly string[] = ['sign_in_needed', 'sign_in_ended', 'step_up_required'];

/**
 * What is below a node (below nothing: the roots). Asks Azure only for the node that is opened.
 * A failure becomes a node where it happened; only cancellation is thrown.
 */
export async function childrenOf(
  node: ProjectNode | undefined,
  sources: ProjectSources,
  signal: AbortSignal,
): Promise<readonly ProjectNode[]> {
  try {
    return node === undefined ? await roots(sources, signal) : await below(node, sources, signal);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const of = node === undefined ? {} : { of: node };
    const id = `error/${node?.id ?? 'roots'}`;
    return [{ kind: 'error', id, error: asSetupError(error), subject: subjectOf(node), ...of }];
  }
}

function subjectOf(node: ProjectNode | undefined): string {
  return node !== undefined && 'project' in node ? node.project.name : t('Projects');
}

async function roots(
  sources: ProjectSources,
  signal: AbortSignal,
): Promise<readonly ProjectNode[]> {
  const discovery = await discover(sources, signal);
  sources.onDiscovered(discovery);
  const projects = discovery.projects.map((project) => projectItem(project, sources));
  const failures = discovery.failures.map(({ account, tenant, error }): ProjectNode => {
    const place = `${account.id}/${tenant?.tenantId ?? ''}`;
    if (SIGN_IN_CODES.includes(error.code)) {
      const id = `signIn/${place}`;
      return { kind: 'signIn', id, account, ...(tenant === undefined ? {} : { tenant }) };
    }
    const subject = tenant?.displayName ?? tenant?.tenantId ?? account.label;
    return { kind: 'error', id: `error/${place}`, error, subject };
  });
  return [...projects, ...failures];
}

function projectItem(project: ListedProject, sources: ProjectSources): ProjectItem {
  return {
    kind: 'project',
    id: idOf(project),
    project,
    usedHere: sources.isUsedHere(project.storageAccount.id),
  };
}

function idOf(project: ListedProject): string {
  return `project${project.storageAccount.id.toLowerCase()}`;
}

async function below(
  node: ProjectNode,
  sources: ProjectSources,
  signal: AbortSignal,
): Promise<readonly ProjectNode[]> {
  switch (node.kind) {
    case 'project':
      return projectParts(node, await readRecord(node.project, sources, signal));
    case 'location':
      return [{ kind: 'gpuQuota', id: `${node.id}/gpuQuota`, project: node.project }];
    case 'gpuQuota':
      return gpuQuota(node, sources, signal);
    case 'resources':
      return resourcesOf(node.project, node.record, node);
    case 'configuration':
      return folders(node.project, await sources.folderUses(node.project), node.id);
    case 'folder':
      return node.use.files.map((file) => ({
        kind: 'file',
        id: `${node.id}/${file.path}`,
        ...file,
      }));
    case 'gpuFamily':
    case 'storageAccount':
    case 'resource':
    case 'file':
    case 'note':
    case 'error':
    case 'signIn':
      return [];
  }
}

/** Reads the record; whatever goes wrong with it never hides the project. */
async function readRecord(
  project: ListedProject,
  sources: ProjectSources,
  signal: AbortSignal,
): Promise<RecordState> {
  const { blobEndpoint } = project.storageAccount;
  if (blobEndpoint === undefined) {
    return { kind: 'pending', reason: t('The storage account has no blob endpoint yet.') };
  }
  try {
    const records = await sources.recordsFor(project.accountId);
    const at = { tenantId: project.tenantId, blobEndpoint, projectName: project.name };
    const found = await records.read(at, signal);
    return found === undefined
      ? { kind: 'pending', reason: t('It has not been written yet.') }
      : { kind: 'read', record: found.record };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = asSetupError(error);
    return isRecordPending(failure)
      ? { kind: 'pending', reason: failure.message }
      : { kind: 'failed', error: failure };
  }
}

function projectParts({ id, project }: ProjectItem, record: RecordState): readonly ProjectNode[] {
  return [
    { kind: 'location', id: `${id}/location`, project },
    { kind: 'storageAccount', id: `${id}/storageAccount`, project },
    { kind: 'resources', id: `${id}/resources`, project, record },
    { kind: 'configuration', id: `${id}/configuration`, project },
  ];
}

async function gpuQuota(
  { id, project }: GpuQuotaItem,
  sources: ProjectSources,
  signal: AbortSignal,
): Promise<readonly ProjectNode[]> {
  const { tenantId, subscriptionId, storageAccount } = project;
  const { location } = storageAccount;
  const catalog = await sources.catalogFor(project.accountId);
  const capacity = await catalog.computeCapacity(tenantId, subscriptionId, location, signal);
  // Loaded here: no start needs it.
  const { gpuFamilies } = await import('../setup/gpuQuota.ts');
  const families = gpuFamilies(capacity);
  if (families.length === 0) {
    const detail = t('Azure has none in {0} that dstack can rent.', location);
    return [{ kind: 'note', id: `${id}/none`, text: t('No GPUs'), detail }];
  }
  return families.map((family) => ({
    kind: 'gpuFamily',
    id: `${id}/${family.family}`,
    tenantId,
    family,
  }));
}

function resourcesOf(
  project: ListedProject,
  state: RecordState,
  of: ProjectNode,
): readonly ProjectNode[] {
  switch (state.kind) {
    case 'read':
      return state.record.resources.map((resource) => ({
        kind: 'resource',
        id: `${of.id}/${resource.kind}${resource.id.toLowerCase()}`,
        resourceKind: resource.kind,
        resourceId: resource.id,
        name: nameOf(resource.id),
        tenantId: project.tenantId,
        origin: resource.origin,
        ...(resource.outputs['roleName'] === undefined
          ? {}
          : { roleName: resource.outputs['roleName'] }),
      }));
    case 'pending':
      return [
        {
          kind: 'note',
          id: `${of.id}/pending`,
          text: t('Record pending'),
          detail: state.reason,
        },
        ...fromTags(project, of.id),
      ];
    case 'failed':
      return [
        {
          kind: 'error',
          id: `${of.id}/failed`,
          error: state.error,
          subject: project.name,
          // The record is read when the project opens; its parts only carry what it said.
          of: { kind: 'project', id: idOf(project), project, usedHere: false },
        },
        ...fromTags(project, of.id),
      ];
  }
}

/** What the tags alone prove: the account, and the group that it is in. */
function fromTags(project: ListedProject, parentId: string): readonly ResourceItem[] {
  const { storageAccount, tenantId, subscriptionId } = project;
  const group = resourceGroupId(subscriptionId, storageAccount.resourceGroup);
  const item = (resourceKind: string, resourceId: string): ResourceItem => ({
    kind: 'resource',
    id: `${parentId}/${resourceKind}${resourceId.toLowerCase()}`,
    resourceKind,
    resourceId,
    name: nameOf(resourceId),
    tenantId,
  });
  return [item('resourceGroup', group), item('storageAccount', storageAccount.id)];
}

function folders(
  project: ListedProject,
  uses: readonly FolderUse[],
  parentId: string,
): readonly ProjectNode[] {
  if (uses.length === 0) {
    return [{ kind: 'note', id: `${parentId}/none`, text: t('No folder is open') }];
  }
  return uses.map((use) => ({
    kind: 'folder',
    id: `${parentId}/${use.folderUri}`,
    project,
    use,
  }));
}
