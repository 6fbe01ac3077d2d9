import { t } from '@vscode/l10n';
import { cancellation, isCancellation, SetupError, type AzureFailure } from '../setup/errors.ts';
import { denialIn } from './denial.ts';
import { RULES, ruleByStatus, STEP_UP, type ErrorRule } from './errorRules.ts';
import { failureOf, type Failure } from './failure.ts';
import { redact } from '../setup/redact.ts';
import { CLI_CHALLENGE } from './signInRules.ts';

/** What was being done, for the message. */
export interface ErrorContext {
  /** The object's name as the user knows it. */
  readonly object?: string;
  /** The Azure action that was tried, for errors that don't name it. */
  readonly action?: string;
}

/**
 * Any error of a call to Azure as the error that a user sees, or as an `AbortError` if it was
 * cancelled. The only place that reads Azure's codes; the messages hold no token.
 */
export function toSetupError(error: unknown, context: ErrorContext = {}): Error {
  if (error instanceof SetupError) return error;
  if (isCancellation(error)) return cancellation();
  const failure = failureOf(error) ?? signInFailure(error);
  return failure === undefined ? unexpected(error, context) : explained(failure, context, error);
}

/** A failed answer that never was an error, such as a long-running operation that ended `Failed`. */
export function explained(failure: Failure, context: ErrorContext, cause?: unknown): SetupError {
  const code = knownCode(failure);
  const rule = ruleFor(failure, code);
  const denial = denialIn(failure.message);
  const facts = {
    failure,
    said: redact(sentence(firstLine(reasonIn(failure, code)))) || t('it gave no reason.'),
    denial:
      denial.action === undefined && context.action !== undefined
        ? { ...denial, action: context.action }
        : denial,
  };
  const message = rule.message(facts);
  return new SetupError({
    code: rule.code,
    source: rule.source,
    message: context.object === undefined ? message : t('{0}: {1}', context.object, message),
    remedy: rule.remedy(facts),
    azure: azureFailure(failure, code),
    ...(context.object === undefined ? {} : { object: context.object }),
    ...(rule.field === undefined ? {} : { field: rule.field }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function ruleFor(failure: Failure, code: string): ErrorRule {
  if (failure.status === 0) return networkRule(code);
  if (failure.status === 401 && /insufficient_claims|claims=/.test(failure.challenge ?? '')) {
    return STEP_UP;
  }
  // Older clients meet the MFA duty as a policy (azure-facts 2.1).
  const policy = code.toLowerCase() === 'requestdisallowedbypolicy';
  if (policy && /\bMFA\b|multi-?factor/i.test(failure.message)) return STEP_UP;
  // The same code means throttling here and quota elsewhere.
  const throttled = failure.status === 429 && code.toLowerCase() === 'operationnotallowed';
  return (throttled ? undefined : RULES[code.toLowerCase()]) ?? ruleByStatus(failure.status);
}

/** The outermost code that we can explain: wrappers such as `DeploymentFailed` say nothing. */
function knownCode(failure: Failure): string {
  if (isUnreplicated(failure)) return 'BackingApplicationNotFound';
  if (failure.code.toLowerCase() in RULES) return failure.code;
  const inner = failure.details.find(({ code }) => code.toLowerCase() in RULES);
  return inner?.code ?? failure.code;
}

/** Azure's words: a wrapper's own (`Data collection rule is invalid`) do not say what is wrong. */
function reasonIn(failure: Failure, code: string): string {
  if (failure.code.toLowerCase() in RULES) return failure.message;
  const inner = failure.details.find((each) => each.code === code) ?? failure.details[0];
  return inner?.message || failure.message;
}

/**
 * Graph says only in words that a new app has not reached every replica (azure-facts 3), and says
 * it with the status and code of a missing right as often as not.
 */
function isUnreplicated({ status, code, message }: Failure): boolean {
  const isBacking = /backing application of the service principal/i.test(message);
  if (code === 'Authorization_RequestDenied') return status === 403 && isBacking;
  return (
    status === 400 &&
    code === 'Request_BadRequest' &&
    (isBacking || /does not reference/i.test(message))
  );
}

function networkRule(code: string): ErrorRule {
  const signIn = RULES[code.toLowerCase()];
  if (signIn !== undefined) return signIn;
  if (/CERT|SIGNATURE|SIGNED|TLS|SSL/.test(code)) {
    return {
      code: 'tls_not_trusted',
      source: 'user',
      message: () => t('The connection to Azure can’t be trusted ({0}).', code),
      remedy: () =>
        t(
          'If your network inspects traffic, add its certificate authority to NODE_EXTRA_CA_CERTS.',
        ),
    };
  }
  return {
    code: code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'host_not_found' : 'network_down',
    source: 'azure',
    message: () => t('No answer came from Azure ({0}).', code === '' ? t('network') : code),
    remedy: () => t('Check the network and the proxy, then continue.'),
  };
}

/** Errors of @azure/identity: recognised by name, so that the package is not loaded for this. */
function signInFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const known =
    /^(AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError)$/;
  const number = CLI_CHALLENGE.test(error.message)
    ? 'AzureCliClaimsChallenge'
    : /AADSTS\d+|platform_broker_error/.exec(error.message)?.[0];
  if (number === undefined && !known.test(error.name)) return undefined;
  return {
    status: 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 401,
    code: number ?? error.name,
    message: error.message,
    details: [],
    policies: [],
    policyScopes: [],
    outcomeUnknown: false,
  };
}

function azureFailure(failure: Failure, code: string): AzureFailure {
  return {
    status: failure.status,
    code,
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    ...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
    ...(failure.outcomeUnknown ? { outcomeUnknown: true } : {}),
    ...(failure.hasEnded === true ? { hasEnded: true } : {}),
  };
}

function unexpected(error: unknown, context: ErrorContext): SetupError {
  const said = redact(error instanceof Error ? error.message : String(error));
  return new SetupError({
    code: 'unexpected',
    source: 'bug',
    message: context.object === undefined ? said : t('{0}: {1}', context.object, said),
    remedy: t('Try again; if it stays, report it with the log (dstack: Show Log).'),
    ...(context.object === undefined ? {} : { object: context.object }),
    cause: error,
  });
}

/** The blob service adds request id and time on lines of their own. */
function firstLine(message: string): string {
  return (message.split(/\r?\n/, 1)[0] ?? '').trim().slice(0, 500);
}

/** Some of Azure's sentences come without their full stop, and others follow them on the page. */
function sentence(words: string): string {
  return /[\p{L}\p{N}'"’”)\]]$/u.test(words) ? `${words}.` : words;
}
