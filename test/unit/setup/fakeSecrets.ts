import type { ObservedResource } from '../../../src/setup/ports.ts';
import type {
  AppKey,
  AppSecrets,
  HeldKey,
  SecretHolder,
  SecretPorts,
} from '../../../src/setup/secretPorts.ts';
import { fakePorts, type FakeAzure, type FakePorts } from './fakeAzure.ts';
import type { VirtualClock } from './virtualClock.ts';

/** Client secrets of the one app in a fake Azure, whose JSON shows them as Graph's does. */
export class FakeAppSecrets implements AppSecrets {
  readonly keys: AppKey[] = [];
  readonly calls: { readonly op: 'list' | 'add' | 'remove'; readonly objectId: string }[] = [];
  /** Called before each call; throws what the call should fail with. */
  before: (op: 'list' | 'add' | 'remove') => void = () => undefined;
  /** Called after a secret was made; throws to lose the answer. */
  after: () => void = () => undefined;

  readonly #azure: FakeAzure;
  readonly #clock: VirtualClock;

  constructor(azure: FakeAzure, clock: VirtualClock) {
    this.#azure = azure;
    this.#clock = clock;
  }

  /** Somebody makes a secret. */
  make(change: Partial<AppKey> = {}): AppKey {
    const key = {
      keyId: `key-${(this.keys.length + 1).toString()}`,
      startDateTime: new Date(this.#clock.now()).toISOString(),
      endDateTime: new Date(this.#clock.now() + 90 * 24 * 3_600_000).toISOString(),
      hint: 'abc',
      ...change,
    };
    this.keys.push(key);
    this.show();
    return key;
  }

  /** Writes the keys into the app's JSON, where the plan finds them. */
  show(): void {
    const app = theApp(this.#azure);
    if (app === undefined) return;
    const passwordCredentials = this.keys.map((key) => ({ ...key }));
    this.#azure.put(app.id, { ...app.body, passwordCredentials });
  }

  async list({ objectId }: { objectId: string }): Promise<readonly AppKey[]> {
    await this.#call('list', objectId);
    return [...this.keys];
  }

  async add(
    { objectId }: { objectId: string },
    wanted: { readonly displayName: string; readonly endDateTime: string },
  ): Promise<{ readonly key: AppKey; readonly value: string }> {
    await this.#call('add', objectId);
    const key = this.make(wanted);
    this.after();
    return { key, value: `abc~${key.keyId}` };
  }

  async remove({ objectId }: { objectId: string }, keyId: string): Promise<void> {
    await this.#call('remove', objectId);
    const kept = this.keys.filter((key) => key.keyId !== keyId);
    this.keys.splice(0, this.keys.length, ...kept);
    this.show();
  }

  async #call(op: 'list' | 'add' | 'remove', objectId: string): Promise<void> {
    await Promise.resolve();
    this.calls.push({ op, objectId });
    this.before(op);
  }
}

/** Secrets in a map. */
export class FakeHolder implements SecretHolder {
  readonly name = 'laptop';
  readonly held = new Map<string, { readonly key: HeldKey; readonly value: string }>();
  /** Called before a secret is stored; throws what storing should fail with. */
  before: () => void = () => undefined;

  async has(projectId: string, keyId: string): Promise<boolean> {
    await Promise.resolve();
    return this.held.get(keyId)?.key.projectId === projectId;
  }

  async put(key: HeldKey, value: string): Promise<void> {
    await Promise.resolve();
    this.before();
    this.held.set(key.keyId, { key, value });
  }

  async forget(): Promise<void> {
    await Promise.resolve();
    this.held.clear();
  }
}

export interface FakeSecretPorts extends FakePorts {
  readonly secrets: SecretPorts & {
    readonly appSecrets: FakeAppSecrets;
    readonly holder: FakeHolder;
  };
}

/** The fake ports of a machine that can register an app. */
export function fakeSecretPorts(): FakeSecretPorts {
  const ports = fakePorts();
  const appSecrets = new FakeAppSecrets(ports.resources, ports.clock);
  return { ...ports, secrets: { appSecrets, holder: new FakeHolder() } };
}

/** Another machine of the same project: the same Azure, but nothing that is kept locally. */
export function anotherMachine(ports: FakeSecretPorts): FakeSecretPorts {
  const { resources, records, clock, secrets } = ports;
  return {
    ...{ ...fakePorts(), resources, records, clock, newId: () => 'run-elsewhere' },
    secrets: { appSecrets: secrets.appSecrets, holder: new FakeHolder() },
  };
}

function theApp(azure: FakeAzure): ObservedResource | undefined {
  return [...azure.objects.values()].find(({ id }) => id.startsWith('/applications('));
}
