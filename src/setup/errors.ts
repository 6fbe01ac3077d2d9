/** Whose side a failure is on: it decides its tone and whether we ask for a report. */
export type SetupErrorSource = 'user' | 'azure' | 'dstack' | 'bug';

/** What Azure said, kept as it was for the log, the retry rules and support. Never holds a token. */
export interface AzureFailure {
  /** HTTP status, or 0 when no answer came (network down, connection cut). */
  readonly status: number;
  /** Azure's own code, e.g. `AuthorizationFailed`; empty when the body had none. */
  readonly code: string;
  /** `Retry-After` in ms, when it was sent. */
  readonly retryAfterMs?: number;
  /** `x-ms-request-id`, for Azure support. */
  readonly requestId?: string;
  /** Whether the request may have taken effect: the answer was lost after sending. */
  readonly outcomeUnknown?: boolean;
  /** Azure had accepted the operation and has ended it: to ask again tells the same for ever. */
  readonly hasEnded?: boolean;
}

export interface SetupErrorDetails {
  /** Stable and machine-readable, in snake_case, e.g. `storage_name_taken`. */
  readonly code: string;
  readonly source: SetupErrorSource;
  /** What failed on which object. One sentence. */
  readonly message: string;
  /** What to do next. One sentence. */
  readonly remedy: string;
  /** The object that it is about: a resource key or a path. */
  readonly object?: string;
  /** The form field that it belongs to, where it belongs to one. */
  readonly field?: string;
  /** The line of a file that it belongs to, from 1. */
  readonly line?: number;
  readonly azure?: AzureFailure;
  readonly cause?: unknown;
}

/**
 * The one error of the product: a stable code, whose fault it is, what failed on which object, and
 * what to do next. Cancellation is not an error: it travels as an `AbortError`.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code: string;
  readonly source: SetupErrorSource;
  readonly remedy: string;
  readonly object: string | undefined;
  readonly field: string | undefined;
  readonly line: number | undefined;
  readonly azure: AzureFailure | undefined;

  constructor(details: SetupErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.source = details.source;
    this.remedy = details.remedy;
    this.object = details.object;
    this.field = details.field;
    this.line = details.line;
    this.azure = details.azure;
  }
}

/** Whether this is somebody's wish to stop, which is shown to nobody as a failure. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}

/** The `AbortError` that every cancelled operation of the core ends with. */
export function cancellation(): Error {
  const error = new Error('Cancelled');
  error.name = 'AbortError';
  return error;
}

/** Any thrown value as a `SetupError`: what we did not foresee is our bug, and says so. */
export function asSetupError(error: unknown): SetupError {
  if (error instanceof SetupError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SetupError({
    code: 'unexpected',
    source: 'bug',
    message,
    remedy: 'Try again; if it stays, report it with the log (dstack: Show Log).',
    cause: error,
  });
}
