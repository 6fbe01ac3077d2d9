import { textAt, type Json } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { Bench, type Answer } from './core.harness.ts';
import type { Recording } from './core.replayShape.ts';

export const TENANT = '00000000-0000-0000-0000-000000000018';
export const OWNER = '00000000-0000-0000-0000-0000000000a1';
export const HELPER = '00000000-0000-0000-0000-0000000000a2';
const SUBSCRIPTIONS = ['1', '2', '3', '4', '6', '9', 'a', '17', '2d', '2e', '31', '44'].map(
  (end) => `00000000-0000-0000-0000-${end.padStart(12, '0')}`,
);

/** The principals that recordings grant something to. */
const PRINCIPALS = ['1f', '22', '25'].map(
  (end) => `00000000-0000-0000-0000-${end.padStart(12, '0')}`,
);

/** A world in which the recorded ids exist: an Owner of all subscriptions, one helper without rights. */
export function stageWorld(more: Partial<World> = {}): World {
  return {
    name: 'recordings',
    tenants: [
      { tenantId: TENANT, displayName: 'Contoso', defaultDomain: 'contoso.onmicrosoft.com' },
    ],
    users: [
      { username: 'owner@contoso.example', memberships: [{ tenantId: TENANT, objectId: OWNER }] },
      { username: 'helper@contoso.example', memberships: [{ tenantId: TENANT, objectId: HELPER }] },
    ],
    apps: PRINCIPALS.map((servicePrincipalId, index) => ({
      tenantId: TENANT,
      displayName: `recorded ${index}`,
      clientId: `00000000-0000-0000-0000-00000000c00${index}`,
      objectId: `00000000-0000-0000-0000-00000000d00${index}`,
      servicePrincipalId,
      secrets: [],
    })),
    subscriptions: SUBSCRIPTIONS.map((subscriptionId) => ({
      subscriptionId,
      tenantId: TENANT,
      displayName: 'recorded',
      vcpuLimits: { standardNVFamily: 24 },
    })),
    roleAssignments: SUBSCRIPTIONS.map((id) => ({
      scope: `/subscriptions/${id}`,
      principalId: OWNER,
      principalType: 'User',
      role: 'Owner',
    })),
    ...more,
  };
}

/** What a case has at hand to prepare the ground for its recording. */
export class Stage {
  readonly bench: Bench;
  readonly recording: Recording;

  constructor(recording: Recording, world: World = stageWorld(), lag: 'none' | 'seeded' = 'none') {
    this.recording = recording;
    this.bench = new Bench(world, { lag, seed: 11 });
  }

  /** The recorded path without query. */
  get path(): string {
    return decodeURIComponent(new URL(this.recording.url).pathname).replace(/^\/+/, '/');
  }

  token(username = 'owner@contoso.example', audience = 'https://management.azure.com'): string {
    return this.bench.azure.issueUserToken({
      tenantId: TENANT,
      username,
      audience,
      ...(audience.includes('graph') ? { scopes: ['Application.ReadWrite.All'] } : {}),
    });
  }

  ask(method: string, url: string, body?: Json): Promise<Answer> {
    const audience = url.includes('graph.microsoft.com')
      ? 'https://graph.microsoft.com'
      : undefined;
    return this.bench.ask(method, url, {
      token: this.token(undefined, audience),
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The recorded request itself; `change` replaces what cannot be sent as it was recorded. */
  replay(change: { url?: string; body?: Json; method?: string } = {}): Promise<Answer> {
    const body = change.body ?? this.recording.requestBody;
    return this.ask(
      change.method ?? this.recording.method,
      change.url ?? this.recording.url,
      body === null || body === 'mock_body' ? undefined : body,
    );
  }

  /** Makes the group of the recorded URL. */
  async group(location = 'eastus'): Promise<string> {
    const id = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(this.path)?.[0] ?? '';
    await this.ask('PUT', `${id}?api-version=2021-04-01`, { location });
    return id;
  }

  /** Puts something and lets it get ready. */
  async made(id: string, body: Json, seconds = 60, version = '2024-01-01'): Promise<Answer> {
    const answer = await this.ask('PUT', `${id}?api-version=${version}`, body);
    this.bench.pass(seconds);
    if (answer.status >= 300) throw new Error(`The stage could not be set: ${answer.text}`);
    return answer;
  }

  async account(id: string, allowPublic = false): Promise<void> {
    await this.made(id, {
      location: 'eastus',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
      properties: { allowBlobPublicAccess: allowPublic },
    });
  }

  /** The poll URL that an answer hands out. */
  poll(answer: Answer, header: 'location' | 'azure-asyncoperation' = 'location'): string {
    const url = answer.headers[header];
    if (url === undefined) throw new Error(`No ${header}: ${answer.status} ${answer.text}`);
    return url;
  }

  subscription(): string {
    return /^\/subscriptions\/[^/]+/i.exec(this.path)?.[0] ?? '';
  }

  /** Makes a group of that name in the recorded subscription. */
  async groupNamed(name: string, location = 'eastus'): Promise<string> {
    const id = `${this.subscription()}/resourceGroups/${name}`;
    await this.ask('PUT', `${id}?api-version=2021-04-01`, { location });
    return id;
  }
}

/** A member of an answer's body, as text. */
export function member(answer: Answer, name: string): string {
  return textAt(answer.json, name) ?? '';
}
