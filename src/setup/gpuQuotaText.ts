import { t } from '@vscode/l10n';
import type { GpuFamily } from './gpuQuota.ts';

/** A family as a row names it: its series, and its GPU where the series leaves that out. */
export function familyLabel({ series, gpu }: GpuFamily): string {
  return series.includes(gpu) ? series : `${series} (${gpu})`;
}

/** What can be had of a family, in a few words: `room for 24 vCPUs (1 × A100)`. */
export function roomText(family: GpuFamily): string {
  const { restriction, quota, room, gpus, gpu, smallest } = family;
  if (restriction !== undefined) return t('not available to this subscription');
  if (quota === undefined || quota.limit === 0) return t('no quota');
  if (gpus > 0) return t('room for {0} vCPUs ({1} × {2})', room, gpus, gpu);
  if (room > 0) return t('room for {0} vCPUs, the smallest size needs {1}', room, smallest);
  return quota.used < quota.limit
    ? t('no room: all vCPUs of the location are in use')
    : t('no room: {0} of {1} vCPUs are in use', quota.used, quota.limit);
}

/** What the few words leave out: the numbers behind them, and what would change them. */
export function roomDetails(family: GpuFamily): string {
  const { quota, spotRoom, restriction } = family;
  const lines = [
    quota === undefined
      ? t('Azure lists no quota for {0}.', family.family)
      : t('{0}: {1} of {2} vCPUs are in use.', family.family, quota.used, quota.limit),
    spotRoom > 0
      ? t('As spot: room for {0} vCPUs, for all families together.', spotRoom)
      : t('No room for spot machines.'),
  ];
  return restriction === undefined
    ? lines.join('\n')
    : [t('Azure says {0}.', restriction), restrictionRemedy(restriction)].join('\n');
}

function restrictionRemedy(reason: string): string {
  return reason === 'QuotaId'
    ? t('This kind of subscription (free, student, ...) gets no such sizes.')
    : t(
        'A quota request does not change that: ask Azure support for access, or choose another location.',
      );
}

/** All of a location in one line, for the form. */
export function quotaHint(families: readonly GpuFamily[]): string {
  if (families.length === 0) return t('Azure has no GPU here that dstack can rent.');
  const best = new Map<string, number>();
  for (const { gpu, gpus } of families) best.set(gpu, Math.max(gpus, best.get(gpu) ?? 0));
  const some = [...best].filter(([, gpus]) => gpus > 0);
  if (some.length > 0) {
    return t('GPU quota here: {0}.', some.map(([gpu, gpus]) => `${gpus} × ${gpu}`).join(', '));
  }
  return families.every(({ restriction }) => restriction !== undefined)
    ? t('Azure rents no GPU here to this subscription.')
    : t(
        'No GPU quota here yet. The project can be made; ask Azure for quota before the first GPU run.',
      );
}
