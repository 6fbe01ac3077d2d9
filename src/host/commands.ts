import * as vscode from 'vscode';
import type { ProjectNode } from '../projects/projectNode.ts';
import { COMMAND_IDS, type CommandId } from './commandIds.ts';
import type { ErrorReport } from './errorReport.ts';

/** What a command does; the node is the tree item that it was called on, if it was on one. */
export type CommandHandler = (node: ProjectNode | undefined) => Promise<void> | void;

export type CommandTable = Readonly<Record<CommandId, CommandHandler>>;

/** Registers every command behind the one funnel: whatever a handler throws is reported there. */
export function registerCommands(table: CommandTable, errors: ErrorReport): vscode.Disposable {
  return vscode.Disposable.from(
    ...COMMAND_IDS.map((id) =>
      vscode.commands.registerCommand(id, async (node?: ProjectNode) => {
        try {
          await table[id](node);
        } catch (error) {
          errors.report(error);
        }
      }),
    ),
  );
}
