import { randomUUID } from 'node:crypto';
import type { SimResponse } from '../core/http.ts';

export interface BlobErrorOptions {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** AuthenticationErrorDetail, for 401s. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Unix ms. */
  readonly now: number;
  readonly isHead: boolean;
}

/** What blob storage calls itself once a request has got past its door. */
export const blobServerHeader = 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0';

/**
 * A refusal as blob storage words it: code in a header, BOM and XML in the body (none for HEAD),
 * request id and time inside of the message. Shapes and `Server` from public recordings of Azure's
 * JavaScript SDK (2019-2023) with 401 and 403 answers.
 */
export function blobError(options: BlobErrorOptions): SimResponse {
  const requestId = randomUUID();
  const headers: Record<string, string> = {
    ...(!options.isHead && { 'Content-Type': 'application/xml' }),
    Server: options.status === 401 ? 'Microsoft-HTTPAPI/2.0' : blobServerHeader,
    'x-ms-request-id': requestId,
    'x-ms-error-code': options.code,
    Date: new Date(options.now).toUTCString(),
    ...options.headers,
  };
  if (options.isHead) return { status: options.status, headers };
  const body = new TextEncoder().encode(xmlOf(options, requestId));
  return { status: options.status, headers, body };
}

function xmlOf({ code, message, detail, now }: BlobErrorOptions, requestId: string): string {
  const time = new Date(now).toISOString().replace('Z', '0000Z');
  const text = `${escapeXml(message)}\nRequestId:${requestId}\nTime:${time}`;
  const details =
    detail === undefined
      ? ''
      : `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`;
  return (
    '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<Error><Code>${escapeXml(code)}</Code><Message>${text}</Message>${details}</Error>`
  );
}

/** Text as XML content or attribute value. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
