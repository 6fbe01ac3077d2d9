import type { Json } from './json.ts';

/** What a handler answers, before it is written out. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: an empty body. */
  readonly json?: Json;
}

/** An answer that is an error. Thrown from anywhere below a handler. */
export class AzureFailure extends Error {
  readonly reply: Reply;

  constructor(reply: Reply, message: string) {
    super(message);
    this.name = 'AzureFailure';
    this.reply = reply;
  }
}

/** An error in the usual envelope, written by a resource provider. */
export function refuse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): AzureFailure {
  return new AzureFailure({ status, headers, json: { error: { code, message } } }, message);
}

/** An error that ARM itself writes: it names itself in a header (recorded). */
export function refuseAtGateway(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): AzureFailure {
  return refuse(status, code, message, { ...headers, 'x-ms-failure-cause': 'gateway' });
}
