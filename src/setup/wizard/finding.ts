import type { SetupError } from '../errors.ts';
import type { FoundProject } from '../ports.ts';

/** What is wrong with a text, and what would be right. */
export interface Finding {
  readonly error?: SetupError;
  readonly loading?: boolean;
  readonly suggestion?: string | undefined;
  readonly useProject?: FoundProject | undefined;
  readonly hint?: string;
  readonly canRetry?: boolean;
}
