import type { SetupError } from './errors.ts';
import type { AzureResources, Clock } from './ports.ts';
import type { ProjectRecord } from './projectRecord.ts';
import type { ProjectSpec } from './projectSpec.ts';
import type { UndoServer } from './undoPorts.ts';

/** How the dstack server signs in to Azure: with what its machine has, or as an app. */
export type ServerSignIn =
  | { readonly kind: 'default' }
  | { readonly kind: 'app'; readonly clientId: string; readonly clientSecret: string };

/** What the server has of a project now. */
export interface Registered {
  readonly project: 'created' | 'found';
  readonly backend: 'created' | 'updated' | 'unchanged';
  /** What to tell the user of the server's version, if anything. */
  readonly warning?: string;
  /**
   * Ids of the server's own security groups that are not in Azure: the server answers 200 even when
   * it could not make them, and runs then fail much later (dstack-facts B5).
   */
  readonly missingNetworks: readonly string[];
}

/** Told why we wait, once per attempt. */
export type WaitReport = (error: SetupError, waitMs: number) => void;

export interface RegisterOptions {
  /** Sends the backend even if the server has it so: only then does it make its networks again. */
  readonly again?: boolean;
  /** Fresh roles spread slowly. */
  readonly onWait?: WaitReport;
}

/** A dstack server that projects are registered with by its API. Every method throws `SetupError`s. */
export interface ProjectServer {
  /** Its URL as it is stored and compared. */
  readonly url: string;
  /**
   * What can be known before anything is written to Azure: the server is there, new enough, has
   * Azure, knows us, lets us make a project, and the name is free or ours.
   */
  check(spec: ProjectSpec, signal: AbortSignal): Promise<{ readonly warning?: string }>;
  /**
   * Makes the project, if it is not there, and its backend equal to the record. May be repeated after
   * any failure. Waits up to ten minutes for fresh roles to spread.
   */
  register(
    project: Pick<ProjectRecord, 'spec' | 'resources'>,
    signIn: ServerSignIn,
    signal: AbortSignal,
    options?: RegisterOptions,
  ): Promise<Registered>;
  /** The server as an undo of this project needs it. */
  forUndo(spec: ProjectSpec): UndoServer;
}

/** @throws SetupError `server_url_…`, `server_token_invalid` */
export type ConnectServer = (options: {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** To look for what the server should have made. */
  readonly resources: Pick<AzureResources, 'read'>;
  /** How long one ordinary call may take, in ms; 30,000 unless told. */
  readonly timeoutMs?: number;
}) => ProjectServer;
