import type { Clock } from '../ports.ts';
import type { ProjectSpec } from '../projectSpec.ts';
import type { UndoOptions } from '../undoApply.ts';
import type { UndoPlan } from '../undoPlan.ts';
import type { ReceiptLine, UndoReceipt } from '../undoReceipt.ts';

/** Which project is to be deleted, and through whose account. */
export interface UndoRequest {
  readonly accountId: string;
  readonly spec: ProjectSpec;
}

/** What deleting a project needs from the world besides Azure's own ports. */
export interface UndoDeps {
  readonly clock: Clock;
  /** What would go. Changes nothing. */
  look(
    request: UndoRequest & { readonly withoutServer: boolean },
    signal: AbortSignal,
  ): Promise<UndoPlan>;
  undo(
    request: UndoRequest & { readonly plan: UndoPlan; readonly withoutServer: boolean },
    options: UndoOptions,
  ): Promise<UndoReceipt>;
  /** Whether a set-up of the project goes on in this window. */
  isBeingSetUp(spec: ProjectSpec): boolean;
  /** Names of the folders of this window that use the project. */
  folders(spec: ProjectSpec): readonly string[];
  /**
   * Takes the project out of those folders: their files' entries, the binding and with it the
   * terminals' variables, and the project's secrets.
   */
  cleanFolders(
    spec: ProjectSpec,
  ): Promise<readonly { readonly path: string; readonly note: string }[]>;
  /** Something of the project has gone: whoever shows it looks again. */
  onChanged(spec: ProjectSpec, outcome: UndoReceipt['outcome']): void;
  /** Asks once more, because what is in the vault is lost for good. */
  confirmPurge(name: string): Promise<boolean>;
  purge(
    request: UndoRequest & { readonly plan: UndoPlan; readonly vault: ReceiptLine },
    signal: AbortSignal,
  ): Promise<void>;
  openDocument(text: string): Promise<void>;
  /** @returns whether it was saved: the person may close the dialog */
  saveDocument(text: string, fileName: string): Promise<boolean>;
}
