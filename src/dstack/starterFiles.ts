import { writeText } from './yamlScalar.ts';

/** The files that a person starts with, each a dstack configuration of its own. */
export type StarterKind = 'fleet' | 'helloGpu';

export interface StarterFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
}

/**
 * A first configuration for a project's location (an Azure code, e.g. `westeurope`). The fleet comes
 * first: since dstack 0.20 a run gets its machine from one (dstack-facts D).
 */
export function starterFile(kind: StarterKind, location: string): StarterFile {
  switch (kind) {
    case 'fleet':
      return { path: 'fleet.dstack.yml', text: fleet(location) };
    case 'helloGpu':
      return { path: 'hello-gpu.dstack.yml', text: helloGpu(location) };
  }
}

function fleet(location: string): string {
  return `# Runs get their machines from a fleet. This one rents a machine in
# Azure when a run needs it, and gives it back after ten idle minutes:
# while nothing runs, it costs nothing.
#   dstack apply -f fleet.dstack.yml
type: fleet
name: azure-fleet

nodes: 0..2
idle_duration: 10m

${place(location)}
resources:
  cpu: 2..
  memory: 8GB..
  gpu: 0..1
`;
}

function helloGpu(location: string): string {
  return `# Shows the GPU that a run gets, then ends. It needs a fleet, and GPU
# quota in the location.
#   dstack apply -f hello-gpu.dstack.yml
type: task
name: hello-gpu

commands:
  - nvidia-smi

max_duration: 10m

${place(location)}
resources:
  gpu: 1
`;
}

/** Only Azure, and only where the project is. */
function place(location: string): string {
  return `backends: [azure]
regions: [${writeText(location, 'plain')}]
`;
}
