import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Answer } from './core.harness.ts';

/** One recorded exchange, as its file holds it. */
export interface Recording {
  readonly file: string;
  readonly method: string;
  readonly url: string;
  readonly requestBody: Json;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: Json;
}

/** Headers by which clients steer. Values are compared after ids have been made equal. */
const COMPARED = [
  'location',
  'azure-asyncoperation',
  'retry-after',
  'content-type',
  'x-ms-failure-cause',
  'etag',
  'www-authenticate',
  'x-ms-user-quota-remaining',
  'x-ms-user-quota-resets-after',
];
/** Only whether they are there: numbers depend on what was called before. */
const PRESENT = [
  'x-ms-ratelimit-remaining-subscription-reads',
  'x-ms-ratelimit-remaining-subscription-writes',
  'x-ms-ratelimit-remaining-subscription-deletes',
  'x-ms-ratelimit-remaining-tenant-reads',
];

/** In which points the answer is not as recorded. Members of `ignore` are paths like `.value[].x`. */
export function differences(
  recording: Recording,
  answer: Answer,
  ignore: readonly string[] = [],
): string[] {
  return [
    ...(recording.status === answer.status
      ? []
      : [`status ${answer.status} instead of ${recording.status}: ${answer.text.slice(0, 300)}`]),
    ...headerDifferences(recording, answer).filter(
      (each) => !ignore.includes(each.split(' ')[0] ?? ''),
    ),
    ...bodyDifferences(recording.responseBody, answer, ignore),
  ];
}

function headerDifferences(recording: Recording, answer: Answer): string[] {
  const recorded = recording.responseHeaders;
  const compared = COMPARED.filter((name) => recorded[name] !== undefined).flatMap((name) => {
    const [wanted, given] = [plain(recorded[name] ?? ''), plain(answer.headers[name] ?? '')];
    if (name === 'etag') return given === '' ? ['etag missing'] : [];
    return wanted === given ? [] : [`${name} is ${given} instead of ${wanted}`];
  });
  const missing = PRESENT.filter(
    (name) => recorded[name] !== undefined && answer.headers[name] === undefined,
  );
  return [...compared, ...missing.map((name) => `${name} missing`)];
}

/** Ids, opaque tokens, signatures, api-versions and the two names of the login host made equal. */
function plain(value: string): string {
  return value
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '#')
    .replace(/opaque-operation-id-\d+/g, '#')
    .replace(/(operationresults|operationResults)\/[\w=-]{20,}/g, '$1/#')
    .replace(/api-version=[\w-]+/g, 'api-version=*')
    .replace(/&[tcsh]=[^&"]*/g, '')
    .replace('login.windows.net', 'login.microsoftonline.com')
    .replace(/^https:\/\/login\.microsoftonline\.com/, '');
}

function bodyDifferences(recorded: Json, answer: Answer, ignore: readonly string[]): string[] {
  if (recorded === null)
    return answer.text === '' ? [] : [`body instead of nothing: ${answer.text}`];
  if (answer.json === undefined) return ['no body'];
  return shape(recorded, answer.json, '', ignore);
}

/** Every recorded member must be there with the same type; more members may be there. */
function shape(recorded: Json, given: Json, path: string, ignore: readonly string[]): string[] {
  if (ignore.includes(path) || recorded === null) return [];
  const [wanted, is] = [typeName(recorded), typeName(given)];
  if (wanted !== is) return [`${path} is ${is} instead of ${wanted}`];
  if (Array.isArray(recorded) && Array.isArray(given)) {
    const [first, other] = [recorded[0] as Json | undefined, given[0] as Json | undefined];
    if (first === undefined) {
      return path === '.value' && other !== undefined ? ['.value is not empty'] : [];
    }
    return other === undefined ? [`${path} is empty`] : shape(first, other, `${path}[]`, ignore);
  }
  if (!isObject(recorded) || !isObject(given)) return codeDifference(recorded, given, path);
  return members(recorded, given, path, ignore);
}

function members(
  recorded: JsonObject,
  given: JsonObject,
  path: string,
  ignore: readonly string[],
): string[] {
  return Object.entries(recorded).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (name === '_cut' || value === undefined || ignore.includes(at)) return [];
    const other = given[name];
    if (other === undefined) return [`${at} is missing`];
    return shape(value, other, at, ignore);
  });
}

/** Error codes and states are words that clients compare. */
function codeDifference(recorded: Json, given: Json, path: string): string[] {
  const compared =
    /\.(code|Code|status|registrationState|reason|kind|type|provisioningState|nameAvailable)$/;
  if (!compared.test(path) || recorded === given) return [];
  return [`${path} is ${JSON.stringify(given)} instead of ${JSON.stringify(recorded)}`];
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
