/** A person of the simulated Azure as the sign-in page knows them. */
export interface Person {
  readonly username: string;
  readonly homeTenantId: string;
}

export interface TokenRequest {
  readonly username: string;
  readonly tenantId: string;
  readonly audience: string;
  /** The claims of a challenge, as JSON text. */
  readonly claims?: string;
  /** True when the person sits before the sign-in page; false for a refresh in the background. */
  readonly interactive: boolean;
}

/**
 * The simulated Azure's sign-in, reached over its control endpoint, which hands out tokens of a person
 * without a password. Throws when Azure would refuse (no such person in that tenant, for example).
 */
export class SignInPage {
  readonly #controlUrl: URL;

  constructor(controlUrl: string) {
    this.#controlUrl = new URL(controlUrl);
  }

  async token(request: TokenRequest): Promise<string> {
    const response = await fetch(new URL('/sign-in-token', this.#controlUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const body = (await response.json()) as Partial<Record<string, unknown>>;
    const token = body['token'] ?? body['accessToken'] ?? body['access_token'];
    if (!response.ok || typeof token !== 'string') {
      throw new Error(`The simulated Azure gave no token: ${sentenceOf(body, response.status)}`);
    }
    return token;
  }
}

function sentenceOf(body: Partial<Record<string, unknown>>, status: number): string {
  const reason = body['error_description'] ?? body['message'] ?? body['error'];
  return typeof reason === 'string' ? reason : `HTTP ${status}`;
}
