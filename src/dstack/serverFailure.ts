import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import { redactSaid } from './redaction.ts';

/** A request that failed, as much as is needed to say why. */
export interface FailedRequest {
  readonly url: string;
  /** What may stand in the server's words and must not in ours. */
  readonly secrets: readonly string[];
}

const message = z.object({
  msg: z.string(),
  code: z.string().nullish(),
  loc: z.array(z.union([z.string(), z.number()])).nullish(),
});
const failure = z.object({ detail: z.union([z.string(), message, z.array(message)]) });

interface Words {
  readonly text: string;
  readonly code: string;
}

/** The server's answer of a failed request as a `SetupError`. The four shapes: dstack-facts B1. */
export function answerError(request: FailedRequest, status: number, body: string): SetupError {
  const words = wordsOf(body, request.secrets);
  if (!words) return withoutWords(request, status);
  const known = KNOWN.find(({ when }) => when(words, status));
  if (known) return dstackError(known.code, known.says(words.text, request.url), known.field);
  return status >= 500 ? serverBroken(request, status) : refused(words.text);
}

function wordsOf(body: string, secrets: readonly string[]): Words | undefined {
  const parsed = failure.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const { detail } = parsed.data;
  if (typeof detail === 'string') return { text: redactSaid(detail, secrets), code: '' };
  const list = Array.isArray(detail) ? detail : [detail];
  const texts = list.slice(0, 3).map(({ msg, loc }) => (loc ? `${loc.join('.')}: ${msg}` : msg));
  const text = redactSaid([...new Set(texts)].join('; '), secrets);
  return { text: text.slice(0, 500), code: list.find(({ code }) => code)?.code ?? '' };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Saying = readonly [message: string, remedy: string];

interface Known {
  readonly code: string;
  readonly field?: string;
  readonly when: (words: Words, status: number) => boolean;
  readonly says: (text: string, url: string) => Saying;
}

const KNOWN: readonly Known[] = [
  {
    code: 'server_token_invalid',
    field: 'serverToken',
    when: ({ text }, status) =>
      status === 401 || (status === 403 && /invalid token|not authenticated/i.test(text)),
    says: (_, url) => [
      t('The dstack server at {0} does not accept the token.', url),
      t('Enter the token of your user on that server.'),
    ],
  },
  {
    code: 'server_cannot_create_projects',
    when: ({ text }) => text.includes('User cannot create projects'),
    says: () => [
      t('Your user may not create projects on the dstack server.'),
      t('Ask an administrator of the server to allow it, or to create the project for you.'),
    ],
  },
  {
    code: 'server_access_denied',
    when: (_, status) => status === 403,
    says: (_, url) => [
      t('Your user on the dstack server at {0} may not do this.', url),
      t('Ask an administrator of the project to make you one.'),
    ],
  },
  {
    code: 'server_project_quota',
    when: ({ text }) => /project quota exceeded/i.test(text),
    says: () => [
      t('Your user owns as many projects as the dstack server allows.'),
      t('Delete a project that you no longer need, or ask an administrator.'),
    ],
  },
  {
    code: 'server_too_old',
    when: ({ text }) => text.includes('incompatible with the server version'),
    says: (text) => [text, t('Update the dstack server, then try again.')],
  },
  {
    code: 'server_resource_exists',
    when: ({ code }) => code === 'resource_exists',
    says: () => [t('It exists on the dstack server already.'), t('Use another name.')],
  },
  {
    code: 'server_resource_missing',
    when: ({ code }, status) => code === 'resource_not_exists' || status === 404,
    says: () => [t('The dstack server has no such object.'), t('Register the project again.')],
  },
  {
    code: 'server_invalid_credentials',
    field: 'clientSecret',
    when: ({ code }) => code === 'invalid_credentials',
    says: () => [
      t('The dstack server could not sign in to Azure with these credentials.'),
      t('Check tenant, client ID and client secret.'),
    ],
  },
  {
    code: 'server_invalid_tenant_id',
    field: 'tenantId',
    when: ({ text }) => text.includes('Invalid tenant_id'),
    says: () => [
      t('The credentials of the dstack server do not see the tenant.'),
      t('Use credentials of this tenant.'),
    ],
  },
  {
    code: 'server_invalid_subscription_id',
    field: 'subscription',
    when: ({ text }) => text.includes('Invalid subscription_id'),
    says: () => [
      t('The credentials of the dstack server do not see the subscription.'),
      t('New roles need some minutes to spread; after that, check the roles of the app.'),
    ],
  },
  {
    code: 'server_without_azure',
    when: ({ code }) => code === 'backend_not_available',
    says: () => azureMissing(),
  },
  {
    code: 'server_project_busy',
    when: ({ text }) => /active (?:runs|fleets|volumes|instances)/i.test(text),
    says: (text) => [
      text,
      t('Stop them with “dstack stop” and “dstack fleet delete”, then retry.'),
    ],
  },
];

function azureMissing(): Saying {
  return [
    t('The dstack server has no support for Azure installed.'),
    t('Install it with “pip install dstack[all]” and restart the server.'),
  ];
}

/** The server runs without the libraries for Azure. */
export function withoutAzure(): SetupError {
  return dstackError('server_without_azure', azureMissing());
}

function refused(text: string): SetupError {
  return dstackError('server_refused', [
    t('The dstack server refused: {0}', text),
    t('Correct what it names and try again.'),
  ]);
}

function withoutWords(request: FailedRequest, status: number): SetupError {
  if (status === 404 || status < 400) return notDstack(request.url);
  if (status >= 500) return serverBroken(request, status);
  return refused(t('HTTP status {0}', String(status)));
}

function serverBroken({ url }: FailedRequest, status: number): SetupError {
  return dstackError('server_failed', [
    t('The dstack server at {0} failed (HTTP {1}).', url, String(status)),
    t('Look at the log of the server, then try again.'),
  ]);
}

/** Something answers, but it is no dstack server. */
export function notDstack(url: string): SetupError {
  return dstackError(
    'server_not_dstack',
    [
      t('What answers at {0} is not a dstack server.', url),
      t('Check host, port and path; a sign-in page or a proxy may be in the way.'),
    ],
    'serverUrl',
  );
}

export function dstackError(
  code: string,
  [message, remedy]: Saying,
  field?: string,
  cause?: unknown,
): SetupError {
  const place = field === undefined ? {} : { field };
  return new SetupError({ code, source: 'dstack', message, remedy, ...place, cause });
}
