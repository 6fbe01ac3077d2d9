import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Log } from '../../../src/host/log.ts';
import { ProjectsTree } from '../../../src/host/projectsTree.ts';
import type { ProjectSources } from '../../../src/projects/childrenOf.ts';
import type { ProjectNode } from '../../../src/projects/projectNode.ts';
import { account, found, sourcesOf, world, type World } from '../projects/azureWorld.ts';

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly #listeners = new Set<(value: unknown) => void>();
    readonly event = (listener: (value: unknown) => void) => this.#listeners.add(listener);
    fire(value: unknown) {
      for (const listener of this.#listeners) listener(value);
    }
    dispose() {
      this.#listeners.clear();
    }
  },
  commands: { executeCommand: () => Promise.resolve() },
  workspace: { getConfiguration: () => ({ get: () => undefined }) },
}));

const alpha = account('alpha').id;

describe('The Projects view', () => {
  let of: World;
  let sources: ReturnType<typeof sourcesOf>;
  /** Lets go the listings that wait; each asks for the accounts once. */
  let waiting: (() => void)[];
  let isSlow: boolean;
  let tree: ProjectsTree;
  const fired: (ProjectNode | undefined)[] = [];

  beforeEach(() => {
    of = world({ projects: { contoso: [found('alpha')] } });
    sources = sourcesOf(of);
    waiting = [];
    isSlow = false;
    fired.length = 0;
    const slow: Pick<ProjectSources, 'accounts'> = {
      accounts: () =>
        isSlow
          ? new Promise((resolve) => waiting.push(() => resolve(of.accounts)))
          : Promise.resolve(of.accounts),
    };
    tree = new ProjectsTree({ ...sources, ...slow }, { error: () => undefined } as unknown as Log);
    tree.onDidChangeTreeData((node) => fired.push(node));
  });

  const names = (nodes: readonly ProjectNode[]) =>
    nodes.flatMap((node) => (node.kind === 'project' ? [node.project.name] : []));
  const listings = () => sources.asked.filter((each) => each.startsWith('tenants')).length;
  const letGo = () => {
    for (const go of waiting.splice(0)) go();
  };

  it('lists for two who ask at the same time once, and answers both', async () => {
    isSlow = true;
    const listing = tree.getChildren();
    const asked = tree.projectOf(alpha.toUpperCase());
    expect(waiting).toHaveLength(1);
    letGo();
    expect(names(await listing)).toEqual(['alpha']);
    expect((await asked)?.project.name).toBe('alpha');
  });

  it('answers everybody with the newest listing when it is refreshed in the middle of one', async () => {
    isSlow = true;
    const listing = tree.getChildren();
    const asked = tree.projectOf(alpha);
    tree.refresh();
    letGo();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    letGo();
    expect(names(await listing)).toEqual(['alpha']);
    expect((await asked)?.project.name).toBe('alpha');
    expect(listings()).toBe(1);
  });

  it('lists anew at each refresh, and nothing any more when it is disposed of', async () => {
    await tree.getChildren();
    tree.refresh();
    await tree.getChildren();
    expect(listings()).toBe(2);
    isSlow = true;
    const listing = tree.getChildren();
    tree.dispose();
    letGo();
    expect(await listing).toEqual([]);
    expect(waiting).toEqual([]);
  });

  it.each([
    { kind: 'project', listsAgain: 'project' },
    { kind: 'configuration', listsAgain: 'configuration' },
    // These two carry what is below them: it comes new with their parent only.
    { kind: 'resources', listsAgain: 'project' },
    { kind: 'folder', listsAgain: 'configuration' },
  ])('lists the $listsAgain again to refresh the $kind', async ({ kind, listsAgain }) => {
    of = world({
      projects: { contoso: [found('alpha')] },
      folders: [{ folderName: 'app', folderUri: 'file:///app', used: true, files: [] }],
    });
    sources = sourcesOf(of);
    tree = new ProjectsTree(sources, { error: () => undefined } as unknown as Log);
    tree.onDidChangeTreeData((node) => fired.push(node));
    const all: ProjectNode[] = [];
    for (const root of await tree.getChildren()) {
      all.push(root);
      for (const part of await tree.getChildren(root)) {
        all.push(part, ...(await tree.getChildren(part)));
      }
    }
    tree.refresh(all.find((node) => node.kind === kind));
    expect(fired.map((node) => node?.kind)).toEqual([listsAgain]);
  });
});
