import { redact } from '../setup/redact.ts';

/** The part of VS Code's `LogOutputChannel` that is used. */
export interface LogChannel {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
  show(preserveFocus?: boolean): void;
}

/** The product's log. Nothing reaches the channel but through the redaction. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  /** With the stack and the causes, which a user does not see but a report needs. */
  error(error: unknown): void;
  show(): void;
}

export function createLog(channel: LogChannel): Log {
  return {
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
    debug: (message) => channel.debug(redact(message)),
    error: (error) => channel.error(redact(describe(error))),
    show: () => channel.show(true),
  };
}

const MAX_CAUSES = 5;

function describe(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? ` [${String(error.code)}]` : '';
  const text = `${error.name}${code}: ${error.stack ?? error.message}`;
  if (error.cause === undefined || depth >= MAX_CAUSES) return text;
  return `${text}\nCaused by ${describe(error.cause, depth + 1)}`;
}
