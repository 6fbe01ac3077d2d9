export interface Size {
  readonly name: string;
  readonly family: string;
  readonly vcpus: number;
  readonly memory: number;
  readonly gpus: number;
}

/**
 * A few VM sizes, with the irregular spelling of their families: those that dstack rents, some that it
 * does not (ND H100 v5), and some without a GPU.
 */
export const SIZES: readonly Size[] = [
  size('D2s_v3', 'standardDSv3Family', 2, 8, 0),
  size('D4s_v5', 'standardDSv5Family', 4, 16, 0),
  size('D2s_v6', 'StandardDsv6Family', 2, 8, 0),
  size('E4s_v4', 'standardESv4Family', 4, 32, 0),
  size('F2s_v2', 'standardFSv2Family', 2, 4, 0),
  size('NC6s_v3', 'standardNCSv3Family', 6, 112, 1),
  size('NC24s_v3', 'standardNCSv3Family', 24, 448, 4),
  size('NC4as_T4_v3', 'Standard NCASv3_T4 Family', 4, 28, 1),
  size('NC64as_T4_v3', 'Standard NCASv3_T4 Family', 64, 440, 4),
  size('NV36ads_A10_v5', 'StandardNVADSA10v5Family', 36, 440, 1),
  size('NV72ads_A10_v5', 'StandardNVADSA10v5Family', 72, 880, 2),
  size('NC24ads_A100_v4', 'StandardNCADSA100v4Family', 24, 220, 1),
  size('NC48ads_A100_v4', 'StandardNCADSA100v4Family', 48, 440, 2),
  size('NC96ads_A100_v4', 'StandardNCADSA100v4Family', 96, 880, 4),
  size('ND96asr_v4', 'Standard NDASv4_A100 Family', 96, 900, 8),
  size('ND96amsr_A100_v4', 'Standard NDAMSv4_A100Family', 96, 1900, 8),
  size('NC40ads_H100_v5', 'StandardNCadsH100v5Family', 40, 320, 1),
  size('NC80adis_H100_v5', 'StandardNCadsH100v5Family', 80, 640, 2),
  size('ND96isr_H100_v5', 'standardNDSH100v5Family', 96, 1900, 8),
  size('ND96isr_H200_v5', 'standardNDISRH200V5Family', 96, 1850, 8),
];

function size(name: string, family: string, vcpus: number, memory: number, gpus: number): Size {
  return { name: `Standard_${name}`, family, vcpus, memory, gpus };
}
