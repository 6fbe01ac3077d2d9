import { refuseAtGateway } from './failure.ts';
import type { Json } from './json.ts';
import type { SimRequest } from './http.ts';

/**
 * The body as JSON, or a form as an object. Throws what ARM answers to another content type and to
 * broken JSON. Some old clients send JSON without a content type: that passes.
 */
export function readBody(request: SimRequest): Json | undefined {
  if (request.body.length === 0) return undefined;
  const text = new TextDecoder().decode(request.body);
  const type = (request.headers['content-type'] ?? 'application/json').toLowerCase();
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  if (!/^(application|text)\/([a-z.+-]+\+)?json/.test(type)) {
    throw refuseAtGateway(
      415,
      'UnsupportedMediaType',
      `The content media type '${type}' is not supported. Only 'application/json' is supported.`,
    );
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refuseAtGateway(
      400,
      'InvalidRequestContent',
      "The request content was invalid and could not be deserialized: 'Unexpected character encountered while parsing value.'.",
    );
  }
}
