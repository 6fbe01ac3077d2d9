import type { World } from './world.ts';
import { enterpriseWorld, guestWorld } from './worlds/crowds.ts';
import { singleWorld } from './worlds/single.ts';
import { twoTenantsWorld } from './worlds/twoTenants.ts';
import {
  contributorOnlyWorld,
  disabledSubscriptionWorld,
  expiredSecretWorld,
  groupContributorWorld,
  hostileStringsWorld,
  lockedDownByPolicyWorld,
  mfaForWritesWorld,
  rbacAdminConditionWorld,
  softDeletedVaultWorld,
  strictDirectoryWorld,
  studentWorld,
} from './worlds/variations.ts';

const MAKERS: Readonly<Record<string, () => World>> = {
  single: singleWorld,
  'two-tenants': twoTenantsWorld,
  enterprise: enterpriseWorld,
  guest: guestWorld,
  'contributor-only': contributorOnlyWorld,
  'group-contributor': groupContributorWorld,
  'rbac-admin-condition': rbacAdminConditionWorld,
  'locked-down-by-policy': lockedDownByPolicyWorld,
  student: studentWorld,
  'soft-deleted-vault': softDeletedVaultWorld,
  'expired-secret': expiredSecretWorld,
  'mfa-for-writes': mfaForWritesWorld,
  'strict-directory': strictDirectoryWorld,
  'disabled-subscription': disabledSubscriptionWorld,
  'hostile-strings': hostileStringsWorld,
};

/** The names that `worldNamed` knows. */
export function worldNames(): readonly string[] {
  return Object.keys(MAKERS);
}

/** A fresh copy of the world of that name. Throws RangeError, naming the known ones, for another. */
export function worldNamed(name: string): World {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) {
    throw new RangeError(`There is no world "${name}". Worlds: ${worldNames().join(', ')}.`);
  }
  return make();
}
