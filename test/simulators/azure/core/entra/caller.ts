import type { Actor } from '../state.ts';

/** Who is calling, as the token says. */
export interface Caller {
  readonly tenantId: string;
  readonly objectId: string;
  readonly kind: 'user' | 'app';
  /** User name of a person, client id of an app. */
  readonly name: string;
  readonly audience: string;
  readonly issuedAt: number;
  /** This sign-in has proved a second factor. */
  readonly strong: boolean;
  /** Delegated (`scp`) or application (`roles`) permissions. */
  readonly permissions: readonly string[];
}

/** The caller as `createdBy` and `systemData` show it. */
export function actorOf(caller: Caller): Actor {
  return {
    objectId: caller.objectId,
    name: caller.name,
    type: caller.kind === 'user' ? 'User' : 'Application',
  };
}
