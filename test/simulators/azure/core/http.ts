/**
 * One HTTP request as a face hands it to the core: the URL is always the public one
 * (`https://management.azure.com/...`), whatever socket it came in on.
 */
export interface SimRequest {
  readonly method: string;
  readonly url: URL;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the core answers. Faces only carry it. */
export interface SimResponse {
  readonly status: number;
  /** Header names in the case in which the service sends them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** A fault asked for the connection to break instead of an answer. */
  readonly cutConnection?: boolean;
  /** A fault asked for the answer to be held back this long, in simulated ms. */
  readonly delayMs?: number;
}

/** Anything that answers requests for some host names: ARM, Entra, Graph, blobs. */
export interface SimService {
  handle(request: SimRequest): Promise<SimResponse>;
}

/** The only source of time in the core: virtual in process, real or scaled over HTTPS. Unix ms. */
export interface SimClock {
  now(): number;
}
