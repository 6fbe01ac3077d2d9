import type { SetupError } from './errors.ts';
import type { Lock } from './permissions.ts';
import type { Origin } from './plan.ts';
import type { ResourceKind, Target } from './resource.ts';
import type { ProjectContext } from './resources/projectContext.ts';

/** What will happen to one object. */
export type UndoDecision =
  /** Removed, after it was proved once more that it is ours. */
  | 'remove'
  /** Stays as it is. */
  | 'keep'
  /** Stays, and loses our tags. */
  | 'untag'
  /** Holds data: stays unless it is ticked. */
  | 'ask';

/** How it is proved in Azure, right before the delete, that an object is ours. */
export type Proof =
  /** The tag that only the PUT of our creation sends. */
  | 'tag'
  /** A role assignment's or definition's description and name. */
  | 'description'
  /** The app's unique name, or its tag with journal or record. */
  | 'uniqueName'
  /** Record and journal: the kind carries no mark. */
  | 'record'
  /** The exact name that the dstack server gives, with nothing attached. */
  | 'serverName'
  /** Nothing is deleted, or it proves itself. */
  | 'none';

/** One line of an undo plan. Plain data: it can be shown as it is. */
export interface UndoItem {
  readonly key: string;
  readonly kind: ResourceKind | 'server';
  readonly id: string;
  readonly name: string;
  readonly decision: UndoDecision;
  /** In plain words. */
  readonly why: string;
  /** With `ask`: whether it is ticked before anybody has ticked anything. Never. */
  readonly ticked?: false;
  readonly proof: Proof;
  /** The call that removes it; `tags` for `untag`. */
  readonly target?: Target;
  /** Objects of an earlier stage go first. */
  readonly stage: number;
  /** Keys of what must be gone before: if it stays, this stays. */
  readonly after: readonly string[];
  /** The locks that keep it, or what has to go before it, from going; its `why` names them. */
  readonly heldBy?: readonly Lock[];
}

/** The order of things: what refers to something goes before it. */
export const STAGE = {
  server: 0,
  roles: 1,
  members: 2,
  holders: 3,
  containers: 4,
  record: 5,
  account: 6,
  /** The rights of people: until here they are needed to look into the account. */
  people: 7,
  group: 8,
} as const;

/** What an undo would do. Nothing has been changed by making it. */
export interface UndoPlan {
  readonly project: ProjectContext;
  /** In the order in which they go. */
  readonly items: readonly UndoItem[];
  /** What stops the whole undo: VMs and fleets that are in use, with their names. */
  readonly blockers: readonly SetupError[];
  /** What could not be read, entries of the record that are not believed, and locks. */
  readonly notes: readonly string[];
  /** Names of objects of the group that are not the project's; never touched. */
  readonly foreign: readonly string[];
  /** Who made what, as far as record and journal can be believed, by lower-case id. */
  readonly origins: ReadonlyMap<string, Origin>;
}
