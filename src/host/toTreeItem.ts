import * as vscode from 'vscode';
import { abilitiesOf } from '../projects/abilities.ts';
import { textOf } from '../projects/nodeText.ts';
import { canOpen, type ProjectNode } from '../projects/projectNode.ts';

/** How VS Code shows a node. The context value is its abilities: menus ask for those. */
export function toTreeItem(node: ProjectNode): vscode.TreeItem {
  const text = textOf(node);
  const item = new vscode.TreeItem(text.label, collapsibleState(node));
  item.id = node.id;
  item.contextValue = abilitiesOf(node).join(' ');
  item.iconPath = iconOf(node);
  item.accessibilityInformation = { label: text.accessible };
  if (text.description !== undefined) item.description = text.description;
  if (text.tooltip !== undefined) item.tooltip = text.tooltip;
  const command = commandOf(node);
  if (command !== undefined) item.command = command;
  return item;
}

function collapsibleState(node: ProjectNode): vscode.TreeItemCollapsibleState {
  // All that a location has below it: opened with it, so that it takes one click.
  if (node.kind === 'gpuQuota') return vscode.TreeItemCollapsibleState.Expanded;
  return canOpen(node)
    ? vscode.TreeItemCollapsibleState.Collapsed
    : vscode.TreeItemCollapsibleState.None;
}

function iconOf(node: ProjectNode): vscode.ThemeIcon {
  switch (node.kind) {
    case 'project':
      return node.usedHere
        ? new vscode.ThemeIcon('layers-active', new vscode.ThemeColor('charts.green'))
        : new vscode.ThemeIcon('layers');
    case 'location':
      return new vscode.ThemeIcon('location');
    case 'gpuQuota':
      return new vscode.ThemeIcon('dashboard');
    case 'gpuFamily':
      return new vscode.ThemeIcon(node.family.gpus > 0 ? 'pass' : 'circle-slash');
    case 'storageAccount':
      return new vscode.ThemeIcon('database');
    case 'resources':
      return new vscode.ThemeIcon('list-tree');
    case 'resource':
      return new vscode.ThemeIcon(resourceIcon(node.resourceKind));
    case 'configuration':
      return new vscode.ThemeIcon('settings-gear');
    case 'folder':
      return new vscode.ThemeIcon(node.use.used ? 'folder-active' : 'folder');
    case 'file':
      return vscode.ThemeIcon.File;
    case 'note':
      return new vscode.ThemeIcon('info');
    case 'error':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'signIn':
      return new vscode.ThemeIcon('lock');
  }
}

function resourceIcon(kind: string): string {
  const icons: Readonly<Record<string, string>> = {
    resourceGroup: 'folder-library',
    storageAccount: 'database',
    blobContainer: 'package',
    userAssignedIdentity: 'account',
    networkSecurityGroup: 'shield',
    virtualNetwork: 'type-hierarchy',
    roleAssignment: 'key',
    roleDefinition: 'key',
    tags: 'tag',
    providerRegistration: 'extensions',
    projectRecord: 'notebook',
  };
  return icons[kind] ?? 'circle-outline';
}

/** What a click on a node does, besides opening it. */
function commandOf(node: ProjectNode): vscode.Command | undefined {
  switch (node.kind) {
    case 'file':
      return {
        command: 'vscode.open',
        title: vscode.l10n.t('Open'),
        arguments: [vscode.Uri.parse(node.uri, true)],
      };
    case 'signIn':
      return {
        command: 'dstackAzure.signInAgain',
        title: vscode.l10n.t('Sign In Here'),
        arguments: [node],
      };
    case 'project':
    case 'location':
    case 'gpuQuota':
    case 'gpuFamily':
    case 'storageAccount':
    case 'resources':
    case 'resource':
    case 'configuration':
    case 'folder':
    case 'note':
    case 'error':
      return undefined;
  }
}
