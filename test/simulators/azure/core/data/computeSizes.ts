export interface Size {
  readonly name: string;
  readonly family: string;
  readonly vcpus: number;
  readonly memory: number;
  readonly gpus: number;
}

/** A few VM sizes, with the irregular spelling of their families. */
export const SIZES: readonly Size[] = [
  { name: 'Standard_D2s_v3', family: 'standardDSv3Family', vcpus: 2, memory: 8, gpus: 0 },
  { name: 'Standard_D4s_v5', family: 'standardDSv5Family', vcpus: 4, memory: 16, gpus: 0 },
  { name: 'Standard_E4s_v4', family: 'standardESv4Family', vcpus: 4, memory: 32, gpus: 0 },
  { name: 'Standard_F2s_v2', family: 'standardFSv2Family', vcpus: 2, memory: 4, gpus: 0 },
  { name: 'Standard_NC6s_v3', family: 'standardNCSv3Family', vcpus: 6, memory: 112, gpus: 1 },
  {
    name: 'Standard_NC4as_T4_v3',
    family: 'Standard NCASv3_T4 Family',
    vcpus: 4,
    memory: 28,
    gpus: 1,
  },
  {
    name: 'Standard_NC24ads_A100_v4',
    family: 'StandardNCADSA100v4Family',
    vcpus: 24,
    memory: 220,
    gpus: 1,
  },
  {
    name: 'Standard_ND96isr_H100_v5',
    family: 'standardNDSH100v5Family',
    vcpus: 96,
    memory: 1900,
    gpus: 8,
  },
];
