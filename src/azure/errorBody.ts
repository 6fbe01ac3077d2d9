import { isJsonObject, type Json, type JsonObject } from '../setup/json.ts';

/** What the body of a failed answer says, in one form for all of Azure's. */
export interface ErrorBody {
  /** Azure's own code; empty if the body has none. */
  readonly code: string;
  readonly message: string;
  /** Codes and messages inside: deployments and preflight checks wrap the real reason. */
  readonly details: readonly { readonly code: string; readonly message: string }[];
  /** Names of the policies that denied the request. */
  readonly policies: readonly string[];
  /** Where they are assigned: whoever manages policies there can change them. */
  readonly policyScopes: readonly string[];
}

const NOTHING: ErrorBody = { code: '', message: '', details: [], policies: [], policyScopes: [] };

/**
 * Reads the five JSON shapes that Azure sends (`{error:{code}}`, `{code}`, `{Code}`, `{Error:{Code}}`,
 * `{"odata.error":{code}}`; azure-facts 1.2), sign-in's `{error, error_description}` and the blob
 * service's XML. Names are compared without regard to case. Never throws.
 */
export function readErrorBody(text: string): ErrorBody {
  const xml = xmlError(text);
  if (xml !== undefined) return xml;
  const body = parsed(text);
  if (body === undefined) return NOTHING;
  const description = textOf(field(body, 'error_description'));
  if (description !== '') return signInError(body, description);
  const inner = field(body, 'error') ?? field(body, 'odata.error');
  return jsonError(isJsonObject(inner) ? inner : body);
}

function jsonError(error: JsonObject): ErrorBody {
  const details = listOf(field(error, 'details')).filter(isJsonObject);
  return {
    code: textOf(field(error, 'code')),
    message: textOf(field(error, 'message')),
    details: details.map((detail) => ({
      code: textOf(field(detail, 'code')),
      message: textOf(field(detail, 'message')),
    })),
    ...policiesOf([error, ...details]),
  };
}

/** Entra's answer to a token request: the AADSTS number is the code that everybody knows. */
function signInError(body: JsonObject, description: string): ErrorBody {
  const number = /AADSTS\d+/.exec(description)?.[0];
  return { ...NOTHING, code: number ?? textOf(field(body, 'error')), message: description };
}

function xmlError(text: string): ErrorBody | undefined {
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  if (code === undefined) return undefined;
  return { ...NOTHING, code, message: /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? '' };
}

/** From the additional info; without it names and ids stand as JSON inside the message. */
function policiesOf(errors: readonly JsonObject[]): Pick<ErrorBody, 'policies' | 'policyScopes'> {
  const infos = errors
    .flatMap((error) => listOf(field(error, 'additionalInfo')))
    .filter(isJsonObject)
    .map((entry) => field(entry, 'info'))
    .filter(isJsonObject);
  const written = errors.flatMap((error) => [
    ...textOf(field(error, 'message')).matchAll(
      /"policyAssignment":\s*\{"name":\s*"([^"]+)"(?:,\s*"id":\s*"([^"]+)")?/g,
    ),
  ]);
  const names = infos.map(policyName);
  const ids = infos.map((info) => textOf(field(info, 'policyAssignmentId')));
  return {
    policies: present(names.length > 0 ? names : written.map(([, name]) => name ?? '')),
    policyScopes: present([...ids, ...written.map(([, , id]) => id ?? '')].map(scopeOfPolicy)),
  };
}

/** The name that a person finds in the portal: the assignment's, which is what can be changed. */
function policyName(info: JsonObject): string {
  const names = [
    'policyAssignmentDisplayName',
    'policyAssignmentName',
    'policyDefinitionDisplayName',
  ];
  return names.map((name) => textOf(field(info, name))).find((name) => name !== '') ?? '';
}

function scopeOfPolicy(id: string): string {
  return /^(.*)\/providers\/microsoft\.authorization\/policyassignments\//i.exec(id)?.[1] ?? '';
}

function present(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value of a field, whatever the case of its name. */
function field(object: JsonObject, name: string): Json | undefined {
  const key = Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** A text; `odata.error` wraps its message as `{lang, value}`. */
function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return value.toString();
  return isJsonObject(value) && typeof value['value'] === 'string' ? value['value'] : '';
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
