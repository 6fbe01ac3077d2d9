import type { AppManagementPolicySpec, TenantSpec } from '../world.ts';
import type { JsonDraft } from '../json.ts';

export interface Person {
  readonly objectId: string;
  readonly username: string;
  readonly displayName: string;
  readonly guest: boolean;
  readonly applicationAdministrator: boolean;
}

export interface Secret {
  readonly keyId: string;
  readonly value: string;
  readonly displayName: string | undefined;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Seen by readers, and usable for signing in, from then on. Unix ms. */
  readonly readableFrom: number;
  readonly usableFrom: number;
}

export interface Application {
  readonly id: string;
  readonly appId: string;
  displayName: string;
  uniqueName: string | undefined;
  signInAudience: string;
  readonly owners: Set<string>;
  secrets: Secret[];
  readonly createdAt: number;
  readonly readableFrom: number;
  readonly backsFrom: number;
  readonly graphPermissions: readonly string[];
  /** What was sent and is only kept: tags, notes, web and so on. */
  more: JsonDraft;
}

export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly kind: 'Application' | 'ManagedIdentity';
  readonly createdAt: number;
  /** Role assignments without principalType find it from then on. Unix ms. */
  readonly knownFrom: number;
}

export interface SecurityGroup {
  readonly objectId: string;
  readonly displayName: string;
  readonly members: ReadonlySet<string>;
}

export interface Tenant {
  readonly id: string;
  readonly spec: TenantSpec;
  readonly policy: AppManagementPolicySpec;
  readonly people: Map<string, Person>;
  readonly applications: Map<string, Application>;
  /** Restorable for 30 days; they keep their unique names. */
  readonly deletedApplications: Map<string, Application>;
  readonly servicePrincipals: Map<string, ServicePrincipal>;
  readonly groups: Map<string, SecurityGroup>;
}

/** All tenants: who there is to sign in and to be granted rights. */
export class Directory {
  readonly tenants = new Map<string, Tenant>();

  /** By id or by default domain. */
  tenant(idOrDomain: string): Tenant | undefined {
    const wanted = idOrDomain.toLowerCase();
    const byId = this.tenants.get(wanted);
    if (byId !== undefined) return byId;
    return [...this.tenants.values()].find(
      (tenant) => tenant.spec.defaultDomain?.toLowerCase() === wanted,
    );
  }

  /** The object id itself and the groups that it is a member of. */
  principalIds(tenantId: string, objectId: string): ReadonlySet<string> {
    const groups = [...(this.tenants.get(tenantId)?.groups.values() ?? [])]
      .filter((group) => group.members.has(objectId))
      .map((group) => group.objectId);
    return new Set([objectId, ...groups]);
  }

  /** What kind of principal that is, or undefined when the tenant has never heard of it. */
  principalType(
    tenantId: string,
    objectId: string,
  ): 'User' | 'Group' | 'ServicePrincipal' | undefined {
    const tenant = this.tenants.get(tenantId);
    if (tenant === undefined) return undefined;
    if (tenant.people.has(objectId)) return 'User';
    if (tenant.groups.has(objectId)) return 'Group';
    return tenant.servicePrincipals.has(objectId) ? 'ServicePrincipal' : undefined;
  }
}
