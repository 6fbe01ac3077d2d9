interface Headers {
  get(name: string): string | undefined;
}

/**
 * What Azure asks us to wait, in ms: `retry-after-ms`, `x-ms-retry-after-ms`, `Retry-After` in
 * seconds or as a date, or Resource Graph's `x-ms-user-quota-resets-after` (azure-facts 7, 10).
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const ms = headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms');
  if (ms !== undefined && /^\d+$/.test(ms)) return Number(ms);
  const value = headers.get('retry-after')?.trim();
  if (value !== undefined && /^\d+$/.test(value)) return Number(value) * 1000;
  if (value !== undefined) return untilDate(value, headers.get('date'));
  return untilQuota(headers);
}

/** Counted from the answer's own clock, so that a wrong clock here changes nothing. */
function untilDate(value: string, sentAt: string | undefined): number | undefined {
  const end = Date.parse(value);
  const start = sentAt === undefined ? Date.now() : Date.parse(sentAt);
  return Number.isNaN(end - start) ? undefined : Math.max(0, end - start);
}

function untilQuota(headers: Headers): number | undefined {
  if (headers.get('x-ms-user-quota-remaining') !== '0') return undefined;
  const match = /^(\d+):(\d\d):(\d\d)$/.exec(headers.get('x-ms-user-quota-resets-after') ?? '');
  if (match === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
