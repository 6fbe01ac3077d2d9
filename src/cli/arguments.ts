import { parseArgs } from 'node:util';
import { UsageError } from './usageError.ts';

/** What `npm run setup` was asked to do. */
export interface SetupArguments {
  readonly spec: string;
  readonly cloud: string;
  readonly mode: 'apply' | 'plan' | 'undo';
  /** Whether an undo goes on without the server that the project is registered with. */
  readonly withoutServer: boolean;
  /** Whether the project may go into a `.dstack/config.yml` that somebody else wrote. */
  readonly addToConfig: boolean;
  /** Whether an entry of its name that leads to another server may be replaced there. */
  readonly replaceEntry: boolean;
  /** Keys of what an undo asks about and may remove, data and all. */
  readonly ticked: readonly string[];
  readonly secretsOut?: string;
  /** Folder of the journal; by default the user's state folder. */
  readonly stateDir?: string;
}

export const USAGE = `npm run setup -- --spec FILE --cloud FILE [--plan | --undo [--tick KEY]... [--without-server]]
  [--add-to-config] [--replace-entry] [--secrets-out FILE] [--state-dir DIR]
Secrets come in by environment: AZURE_CLIENT_SECRET, DSTACK_TOKEN; with auth.kind "token"
AZURE_ACCESS_TOKEN and, for the project record, AZURE_STORAGE_ACCESS_TOKEN (a token for
https://storage.azure.com). Events go out as JSON lines.`;

/** @throws UsageError if the arguments do not make sense */
export function parseArguments(argv: readonly string[]): SetupArguments {
  const { values } = parse(argv);
  if (values.spec === undefined || values.cloud === undefined) throw new UsageError(USAGE);
  if (values.plan && values.undo) throw new UsageError('Choose --plan or --undo, not both.');
  if (values.tick.length > 0 && !values.undo) throw new UsageError('--tick goes with --undo only.');
  if (values['without-server'] && !values.undo) {
    throw new UsageError('--without-server goes with --undo only.');
  }
  return {
    spec: values.spec,
    cloud: values.cloud,
    ticked: values.tick,
    withoutServer: values['without-server'],
    addToConfig: values['add-to-config'],
    replaceEntry: values['replace-entry'],
    mode: values.plan ? 'plan' : values.undo ? 'undo' : 'apply',
    ...(values['secrets-out'] === undefined ? {} : { secretsOut: values['secrets-out'] }),
    ...(values['state-dir'] === undefined ? {} : { stateDir: values['state-dir'] }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        spec: { type: 'string' },
        cloud: { type: 'string' },
        plan: { type: 'boolean', default: false },
        undo: { type: 'boolean', default: false },
        tick: { type: 'string', multiple: true, default: [] },
        'without-server': { type: 'boolean', default: false },
        'add-to-config': { type: 'boolean', default: false },
        'replace-entry': { type: 'boolean', default: false },
        'secrets-out': { type: 'string' },
        'state-dir': { type: 'string' },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${why}\n${USAGE}`);
  }
}
