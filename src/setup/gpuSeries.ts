/** A series of Azure VMs with GPUs that dstack rents. */
export interface GpuSeries {
  readonly size: RegExp;
  readonly gpu: string;
}

/**
 * The GPU series that both of dstack's lists have (dstack-facts E): in any other series a size may be
 * free, and dstack still shows no offer for it.
 */
const GPU_SERIES: readonly GpuSeries[] = [
  { size: /^Standard_NC\d+s_v3$/i, gpu: 'V100' },
  { size: /^Standard_NC\d+as_T4_v3$/i, gpu: 'T4' },
  { size: /^Standard_ND\d+rs_v2$/i, gpu: 'V100' },
  { size: /^Standard_NV\d+adm?s_A10_v5$/i, gpu: 'A10' },
  { size: /^Standard_NC\d+ads_A100_v4$/i, gpu: 'A100' },
  { size: /^Standard_NC\d+adi?s_H100_v5$/i, gpu: 'H100' },
  { size: /^Standard_ND\d+asr_v4$/i, gpu: 'A100' },
  { size: /^Standard_ND\d+amsr_A100_v4$/i, gpu: 'A100' },
  { size: /^Standard_ND\d+isr_H200_v5$/i, gpu: 'H200' },
];

/** The GPU of a VM size, if it is of a series that dstack rents. */
export function gpuOf(size: string): string | undefined {
  return GPU_SERIES.find((series) => series.size.test(size))?.gpu;
}

/** The series of a size as people call it: `Standard_NC24ads_A100_v4` is of `NCads A100 v4`. */
export function seriesOf(size: string): string {
  return size
    .replace(/^Standard_/i, '')
    .replace(/^([A-Z]+)\d+/i, '$1')
    .replaceAll('_', ' ');
}
