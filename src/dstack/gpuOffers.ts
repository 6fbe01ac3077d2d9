import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import type { GpuOffer } from '../setup/gpuOffer.ts';
import { redactSaid } from './redaction.ts';

/** More than Azure has in one location. */
const MOST_OFFERS = '500';

/**
 * What to run for the offers of a location. The folder's profiles don't count: the question is what
 * there is, not what runs of the folder take.
 */
export function offerParameters(location: string): readonly string[] {
  const place = ['--backend', 'azure', '--region', location];
  return ['offer', ...place, '--gpu', '1..', '--no-profile', '--json', '--max-offers', MOST_OFFERS];
}

const offerSchema = z.object({
  instance: z.object({
    name: z.string(),
    resources: z.object({
      cpus: z.number(),
      memory_mib: z.number(),
      gpus: z.array(z.object({ name: z.string(), memory_mib: z.number() })),
      spot: z.boolean(),
    }),
  }),
  price: z.number(),
  availability: z.string(),
});

const outputSchema = z.object({ offers: z.array(offerSchema) });

/**
 * The offers that `dstack offer --json` has printed, cheapest first among those of one availability.
 * @throws SetupError `offers_unreadable`
 */
export function parseOffers(printed: string): readonly GpuOffer[] {
  const parsed = outputSchema.safeParse(jsonIn(printed));
  if (!parsed.success) throw unreadable(parsed.error);
  return parsed.data.offers
    .flatMap(gpuOffer)
    .sort((a, b) => rank(a) - rank(b) || a.pricePerHour - b.pricePerHour);
}

/** A warning may stand before the JSON, which is one line. */
function jsonIn(printed: string): unknown {
  try {
    return JSON.parse(printed.slice(printed.indexOf('{"')));
  } catch {
    return undefined;
  }
}

const MIB_PER_GB = 1024;

function gpuOffer({ instance, price, availability }: z.infer<typeof offerSchema>): GpuOffer[] {
  const { cpus, memory_mib, gpus, spot } = instance.resources;
  const [first] = gpus;
  if (first === undefined) return [];
  return [
    {
      ...{ size: instance.name, gpu: first.name, gpuCount: gpus.length },
      gpuMemoryGb: Math.round(first.memory_mib / MIB_PER_GB),
      memoryGb: Math.round(memory_mib / MIB_PER_GB),
      ...{ vcpus: cpus, pricePerHour: price, isSpot: spot },
      availability: availabilityOf(availability),
    },
  ];
}

/** For Azure, dstack says `unknown` of what can be rented, and `no_quota` of a restricted size. */
function availabilityOf(said: string): GpuOffer['availability'] {
  if (said === 'no_quota') return 'closed';
  return said === 'not_available' || said === 'busy' || said === 'no_balance' ? 'busy' : 'open';
}

function rank({ availability }: GpuOffer): number {
  return ['open', 'busy', 'closed'].indexOf(availability);
}

/** Which server and project the CLI was asked for, and the secret that it must not give back. */
export interface OfferQuestion {
  readonly url: string;
  readonly project: string;
  readonly token: string;
}

/** What the CLI said instead of offers, as a failure of ours. */
export function offersFailure(said: string, { url, project, token }: OfferQuestion): SetupError {
  if (/Failed to connect to dstack server/.test(said)) return serverDown(url);
  if (/Access to .* is denied|Invalid token/s.test(said)) {
    return failure('server_token_invalid', [
      t('The dstack server at {0} does not accept the token of this folder.', url),
      t('Choose "Use in This Folder" on the project in the Projects view again.'),
    ]);
  }
  if (/Status code 404/.test(said)) {
    return failure('server_project_unknown', [
      t('The dstack server at {0} does not know the project {1}.', url, project),
      t('A local server reads its projects when it starts: restart it.'),
    ]);
  }
  const lines = redactSaid(said, [token]).trim().split('\n');
  return failure('offers_failed', [
    t('dstack could not list offers: {0}', (lines.at(-1) ?? '').slice(0, MOST_SHOWN)),
    t('Look into the log of the dstack server.'),
  ]);
}

const MOST_SHOWN = 300;

export function serverDown(url: string): SetupError {
  return failure('server_unreachable', [
    t('The dstack server at {0} does not answer.', url),
    t('Start it, then try again.'),
  ]);
}

/** The CLI that reads neither server nor token from its environment would ask another server. */
export function cliTooOld(path: string, version: string): SetupError {
  return failure('cli_too_old', [
    t('The dstack CLI at {0} is version {1}, which is too old to be asked.', path, version),
    t('Update it to 0.20.28 or newer.'),
  ]);
}

function unreadable(cause: unknown): SetupError {
  return failure(
    'offers_unreadable',
    [
      t('The dstack CLI printed something else than offers.'),
      t('Update dstack, or run "dstack offer" in a terminal.'),
    ],
    cause,
  );
}

function failure(
  code: string,
  [message, remedy]: readonly [string, string],
  cause?: unknown,
): SetupError {
  return new SetupError({ code, source: 'dstack', message, remedy, cause });
}
