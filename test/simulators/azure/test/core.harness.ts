import type { Json, JsonObject } from '../core/json.ts';
import { SimulatedAzure } from '../core/simulatedAzure.ts';
import { SINGLE } from '../core/worlds/single.ts';
import { worldNamed } from '../core/worlds.ts';
import type { World } from '../core/world.ts';

export const START = Date.parse('2026-09-01T08:00:00Z');
export const ARM = 'https://management.azure.com';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Json | undefined;
  readonly text: string;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A simulated Azure under a clock that a test moves by hand. */
export class Bench {
  readonly azure: SimulatedAzure;
  now = START;

  constructor(
    world: World | string = 'single',
    options: { seed?: number; lag?: 'none' | 'seeded' } = {},
  ) {
    this.azure = new SimulatedAzure({
      clock: { now: () => this.now },
      seed: options.seed ?? 1,
      world: typeof world === 'string' ? worldNamed(world) : world,
      lag: options.lag ?? 'none',
    });
  }

  /** Lets simulated seconds go by. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  userToken(
    audience = ARM,
    username: string = SINGLE.username,
    tenantId: string = SINGLE.tenantId,
  ): string {
    return this.azure.issueUserToken({ tenantId, username, audience });
  }

  async ask(method: string, url: string, options: AskOptions = {}): Promise<Answer> {
    const token = 'token' in options ? options.token : this.userToken();
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const response = await this.azure.handle({
      method,
      url: new URL(url.startsWith('http') ? url : `${ARM}${url}`),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: new TextEncoder().encode(body ?? ''),
    });
    const text = new TextDecoder().decode(response.body);
    return {
      status: response.status,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      json: text === '' ? undefined : (JSON.parse(text) as Json),
      text,
    };
  }

  /** Signs in as the app of the world and returns its token. */
  async appToken(
    scope = `${ARM}/.default`,
    secret: string = SINGLE.clientSecret,
    clientId: string = SINGLE.clientId,
    tenant: string = SINGLE.tenantId,
  ): Promise<Answer> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      scope,
    });
    const response = await this.azure.handle({
      method: 'POST',
      url: new URL(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(form.toString()),
    });
    const text = new TextDecoder().decode(response.body);
    return { status: response.status, headers: {}, json: JSON.parse(text) as JsonObject, text };
  }

  /** Makes a group; with an account, waits until that is ready. */
  async group(name: string, location = 'eastus'): Promise<string> {
    const id = `/subscriptions/${SINGLE.subscriptionId}/resourceGroups/${name}`;
    await this.ask('PUT', `${id}?api-version=2025-04-01`, { body: { location } });
    return id;
  }

  async register(namespace: string): Promise<void> {
    const at = `/subscriptions/${SINGLE.subscriptionId}/providers/${namespace}`;
    await this.ask('POST', `${at}/register?api-version=2021-04-01`);
    this.pass(301);
  }

  async account(group: string, name: string): Promise<string> {
    const id = `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
    await this.ask('PUT', `${id}?api-version=2025-08-01`, {
      body: { location: 'eastus', kind: 'StorageV2', sku: { name: 'Standard_LRS' } },
    });
    this.pass(40);
    return id;
  }
}

/** The code in whichever of the error shapes it stands. */
export function codeOf(answer: Answer): string {
  const { json } = answer;
  const found = /"code":"([^"]+)"/i.exec(JSON.stringify(json ?? ''));
  return found?.[1] ?? '';
}
