import { BUILT_IN_ROLES } from '../../../src/setup/builtInRoles.ts';
import type { DenyAssignment, Lock, PermissionItem } from '../../../src/setup/permissions.ts';
import type {
  DeletedObject,
  NameCheck,
  PolicyDenial,
  PreflightAzure,
  PreflightPorts,
} from '../../../src/setup/preflightPorts.ts';
import type { AzureSubscription } from '../../../src/setup/ports.ts';
import type { Target } from '../../../src/setup/resource.ts';
import { azureError } from './fakeAzure.ts';
import { SUBSCRIPTION, TENANT } from './sampleSpec.ts';
import { VirtualClock } from './virtualClock.ts';

/** The permission item of a built-in role. */
export function roleItem(name: string): PermissionItem {
  const role = BUILT_IN_ROLES.find((each) => each.name === name);
  if (role === undefined) throw new Error(`no role ${name}`);
  return role.permissions;
}

/** What a test sets; everything else is as in a subscription where all is well. */
export class FakePreflight implements PreflightAzure {
  roles: (scope: string) => readonly string[] = () => ['Owner'];
  denials: readonly DenyAssignment[] = [];
  lockList: readonly Lock[] = [];
  state: string | undefined = 'Enabled';
  storageName: NameCheck = { available: true };
  vaultName: NameCheck = { available: true };
  vaultInBin: DeletedObject | undefined;
  workspaceInBin: DeletedObject | undefined;
  policies: (target: Target) => readonly PolicyDenial[] = () => [];
  /** Names of the questions that are refused. */
  readonly forbidden = new Set<string>();
  readonly asked: string[] = [];

  permissions(at: { scope: string }): Promise<readonly PermissionItem[]> {
    return this.#answer('permissions', at.scope, () => this.roles(at.scope).map(roleItem));
  }

  denyAssignments(at: { scope: string }): Promise<readonly DenyAssignment[]> {
    return this.#answer('denyAssignments', at.scope, () => this.denials);
  }

  locks(at: { scope: string }): Promise<readonly Lock[]> {
    return this.#answer('locks', at.scope, () => this.lockList);
  }

  subscription(): Promise<AzureSubscription | undefined> {
    return this.#answer('subscription', '', () =>
      this.state === undefined
        ? undefined
        : {
            subscriptionId: SUBSCRIPTION,
            tenantId: TENANT,
            displayName: 'Research',
            state: this.state,
          },
    );
  }

  checkStorageAccountName(at: { name: string }): Promise<NameCheck> {
    return this.#answer('storageName', at.name, () => this.storageName);
  }

  checkKeyVaultName(at: { name: string }): Promise<NameCheck> {
    return this.#answer('vaultName', at.name, () => this.vaultName);
  }

  deletedVault(at: { name: string }): Promise<DeletedObject | undefined> {
    return this.#answer('deletedVault', at.name, () => this.vaultInBin);
  }

  deletedWorkspace(at: { name: string }): Promise<DeletedObject | undefined> {
    return this.#answer('deletedWorkspace', at.name, () => this.workspaceInBin);
  }

  policyDenials(at: { target: Target; scope: string }): Promise<readonly PolicyDenial[]> {
    return this.#answer('policies', `${at.target.kind} at ${at.scope}`, () =>
      this.policies(at.target),
    );
  }

  async #answer<T>(question: string, about: string, answer: () => T): Promise<T> {
    await Promise.resolve();
    this.asked.push(`${question} ${about}`);
    if (this.forbidden.has(question)) {
      throw azureError({ status: 403, code: 'AuthorizationFailed' }, 'You may not read it.');
    }
    return answer();
  }
}

export interface FakePreflightPorts extends PreflightPorts {
  readonly azure: FakePreflight;
}

export function preflightPorts(): FakePreflightPorts {
  return { azure: new FakePreflight(), clock: new VirtualClock(), random: () => 0.5 };
}
