import { t } from '@vscode/l10n';

/** A machine with GPUs that dstack would rent, as `dstack offer` names it. */
export interface GpuOffer {
  /** The VM size, e.g. `Standard_NC4as_T4_v3`. */
  readonly size: string;
  readonly gpu: string;
  readonly gpuCount: number;
  readonly gpuMemoryGb: number;
  readonly vcpus: number;
  readonly memoryGb: number;
  /** US dollars. */
  readonly pricePerHour: number;
  readonly isSpot: boolean;
  /** `closed`: Azure does not rent the size to this subscription here; a quota request can't change that. */
  readonly availability: 'open' | 'closed' | 'busy';
}

/** The words of an offer, in the order in which a person looks for them. */
export interface OfferText {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

export function offerText(offer: GpuOffer): OfferText {
  const { size, vcpus, memoryGb, pricePerHour, isSpot } = offer;
  return {
    label: t('{0} × {1} {2} GB', offer.gpuCount, offer.gpu, offer.gpuMemoryGb),
    description: [
      t('${0} per hour', price(pricePerHour)),
      isSpot ? t('spot') : t('on demand'),
      ...availability(offer),
    ].join(' · '),
    detail: [size, t('{0} vCPUs', vcpus), t('{0} GB memory', memoryGb)].join(' · '),
  };
}

/** Cheap machines differ in the third place. */
function price(dollars: number): string {
  return dollars.toFixed(dollars < 10 ? 3 : 2);
}

function availability(offer: GpuOffer): readonly string[] {
  switch (offer.availability) {
    case 'open':
      return [];
    case 'closed':
      return [t('not available to this subscription')];
    case 'busy':
      return [t('not available now')];
  }
}

/** The line that asks for these GPUs under `resources` of a dstack file. */
export function resourcesLine({ gpu, gpuMemoryGb, gpuCount }: GpuOffer): string {
  return `gpu: ${gpu}:${gpuMemoryGb}GB:${gpuCount}`;
}
