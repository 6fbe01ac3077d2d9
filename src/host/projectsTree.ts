import * as vscode from 'vscode';
import { childrenOf, type ProjectSources } from '../projects/childrenOf.ts';
import type { Discovery } from '../projects/discovery.ts';
import { comesWithParent, type ProjectItem, type ProjectNode } from '../projects/projectNode.ts';
import { cancellation, isCancellation } from '../setup/errors.ts';
import { isOtherCloud } from './cloud.ts';
import type { Log } from './log.ts';
import { toTreeItem } from './toTreeItem.ts';

/** What the view shows when it has no nodes; `list` when it has some. */
export type ProjectsState = 'loading' | 'signedOut' | 'otherCloud' | 'empty' | 'list';

export const PROJECTS_VIEW = 'dstackAzure.projects';

/** The Projects tree: nodes from `childrenOf`, shown by `toTreeItem`, refreshed one by one. */
export class ProjectsTree implements vscode.TreeDataProvider<ProjectNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ProjectNode | undefined>();
  readonly #sources: ProjectSources;
  /** The nodes that VS Code holds: it knows them by object, we by id. */
  readonly #nodes = new Map<string, ProjectNode>();
  readonly #parents = new Map<string, ProjectNode | undefined>();
  #roots = new AbortController();
  /** The listing of the roots that goes on: whoever wants them meanwhile waits for it too. */
  #listing: Promise<ProjectNode[]> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(sources: Omit<ProjectSources, 'onDiscovered'>, log: Log) {
    this.#sources = {
      ...sources,
      onDiscovered(discovery) {
        for (const { error } of discovery.failures) log.error(error);
        void setState(stateOf(discovery));
      },
    };
  }

  getTreeItem(node: ProjectNode): vscode.TreeItem {
    if (node.kind !== 'project') return toTreeItem(node);
    // Asked at each drawing: a folder may have begun to use it since it was listed.
    const usedHere = this.#sources.isUsedHere(node.project.storageAccount.id);
    return toTreeItem({ ...node, usedHere });
  }

  getParent(node: ProjectNode): ProjectNode | undefined {
    return this.#parents.get(node.id);
  }

  async getChildren(node?: ProjectNode): Promise<ProjectNode[]> {
    if (node === undefined) return this.#listRoots();
    const { signal } = this.#roots;
    return this.#remember(node, await quietly(childrenOf(node, this.#sources, signal)));
  }

  /** Lists again what is below a node, or everything. */
  refresh(node?: ProjectNode): void {
    const again = node && comesWithParent(node) ? this.#parents.get(node.id) : node;
    const known = again && this.#nodes.get(again.id);
    if (known === undefined) this.#endListing();
    this.#changed.fire(known);
  }

  /** Draws the projects again, which asks Azure for nothing that is not open. */
  redraw(): void {
    for (const node of this.#nodes.values()) if (node.kind === 'project') this.#changed.fire(node);
  }

  /** The project of a storage account, listed first if nothing has been listed yet. */
  async projectOf(storageAccountId: string): Promise<ProjectItem | undefined> {
    if (this.#nodes.size === 0) await this.#listRoots();
    for (const node of this.#nodes.values()) {
      if (node.kind === 'project' && isOf(node, storageAccountId)) return node;
    }
    return undefined;
  }

  dispose(): void {
    this.#roots.abort(cancellation());
    this.#changed.dispose();
  }

  /** Its answer would be older than what follows. */
  #endListing(): void {
    this.#roots.abort(cancellation());
    this.#roots = new AbortController();
    this.#listing = undefined;
  }

  #listRoots(): Promise<ProjectNode[]> {
    if (this.#listing !== undefined) return this.#listing;
    const listing = this.#rootNodes(this.#roots.signal).finally(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    this.#listing = listing;
    return listing;
  }

  async #rootNodes(signal: AbortSignal): Promise<ProjectNode[]> {
    if (isOtherCloud()) {
      await setState('otherCloud');
      return [];
    }
    const nodes = await quietly(childrenOf(undefined, this.#sources, signal));
    // Whoever waits gets what the listing finds that has taken the place of this one.
    if (signal.aborted) return signal === this.#roots.signal ? [] : this.#listRoots();
    this.#nodes.clear();
    this.#parents.clear();
    return this.#remember(undefined, nodes);
  }

  #remember(parent: ProjectNode | undefined, nodes: readonly ProjectNode[]): ProjectNode[] {
    for (const node of nodes) {
      this.#nodes.set(node.id, node);
      this.#parents.set(node.id, parent);
    }
    return [...nodes];
  }
}

function isOf(node: ProjectItem, storageAccountId: string): boolean {
  return node.project.storageAccount.id.toLowerCase() === storageAccountId.toLowerCase();
}

function stateOf({ accounts, projects, failures }: Discovery): ProjectsState {
  if (accounts.length === 0) return 'signedOut';
  return projects.length === 0 && failures.length === 0 ? 'empty' : 'list';
}

async function setState(state: ProjectsState): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'dstackAzure.projectsState', state);
}

/** A cancelled listing shows nothing: the one that replaced it does. */
async function quietly(listing: Promise<readonly ProjectNode[]>): Promise<readonly ProjectNode[]> {
  try {
    return await listing;
  } catch (error) {
    if (isCancellation(error)) return [];
    throw error;
  }
}
