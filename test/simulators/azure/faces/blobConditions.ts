/** What a conditional request finds out about the blob it is for. */
export type ConditionResult =
  'met' | { readonly status: number; readonly code: string; readonly message: string };

interface Current {
  readonly etag: string;
}

const notMet = {
  status: 412,
  code: 'ConditionNotMet',
  message: 'The condition specified using HTTP conditional header(s) is not met.',
} as const;

/**
 * If-Match and If-None-Match of a write (learn.microsoft.com, specifying-conditional-headers). A
 * Put Blob with `If-None-Match: *` on a blob that exists is the one that ends in 409.
 */
export function conditionsOfWrite(
  headers: Readonly<Record<string, string>>,
  current: Current | undefined,
  method: 'PUT' | 'DELETE',
): ConditionResult {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match !== undefined && !matches(match, current)) return notMet;
  if (noneMatch === undefined || !matches(noneMatch, current)) return 'met';
  if (noneMatch !== '*' || method === 'DELETE') return notMet;
  return {
    status: 409,
    code: 'BlobAlreadyExists',
    message: 'The specified blob already exists.',
  };
}

/** If-Match and If-None-Match of a read of a blob that exists. */
export function conditionsOfRead(
  headers: Readonly<Record<string, string>>,
  current: Current,
): ConditionResult {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match !== undefined && !matches(match, current)) return notMet;
  if (noneMatch === undefined || !matches(noneMatch, current)) return 'met';
  return { status: 304, code: 'ConditionNotMet', message: notMet.message };
}

function matches(condition: string, current: Current | undefined): boolean {
  if (current === undefined) return false;
  if (condition === '*') return true;
  return condition.split(',').some((etag) => etag.trim() === current.etag);
}
