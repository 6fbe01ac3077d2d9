import { refuseAtGateway } from '../failure.ts';

export type Kind = 'reads' | 'writes' | 'deletes';

interface Bucket {
  tokens: number;
  at: number;
}

/** Bucket size and refill per second (azure-facts 2.2). */
const SIZES: Readonly<Record<Kind, { size: number; perSecond: number }>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};
/** All principals of a subscription together have 15 times as much. */
const GLOBAL_FACTOR = 15;

/** Token buckets per subscription or tenant, principal and kind of request. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one token and returns the headers that tell what is left. Throws the 429 when empty. */
  take(
    scope: { readonly kind: 'subscription' | 'tenant'; readonly id: string },
    principal: string,
    kind: Kind,
    now: number,
  ): Record<string, string> {
    const { size, perSecond } = SIZES[kind];
    const own = this.#draw(`${scope.id}|${principal}|${kind}`, size, perSecond, now);
    const all = this.#draw(
      `${scope.id}|${kind}`,
      size * GLOBAL_FACTOR,
      perSecond * GLOBAL_FACTOR,
      now,
    );
    if (own < 0 || all < 0) throw tooMany(scope.id, principal, kind);
    const prefix = `x-ms-ratelimit-remaining-${scope.kind}`;
    return scope.kind === 'tenant'
      ? { [`${prefix}-${kind}`]: String(own) }
      : { [`${prefix}-${kind}`]: String(own), [`${prefix}-global-${kind}`]: String(all) };
  }

  /** What is left after taking one, or -1. */
  #draw(key: string, size: number, perSecond: number, now: number): number {
    const bucket = this.#buckets.get(key) ?? { tokens: size, at: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return -1;
    bucket.tokens -= 1;
    return Math.floor(bucket.tokens);
  }
}

function tooMany(scopeId: string, principal: string, kind: Kind): Error {
  const wait = 10;
  return refuseAtGateway(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind.slice(0, -1)}' requests for subscription '${scopeId}' actor '${principal}' exceeded. Please try again after '${wait}' seconds.`,
    { 'Retry-After': String(wait) },
  );
}
