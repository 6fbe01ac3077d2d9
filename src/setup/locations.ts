/**
 * The locations that the dstack server accepts (dstack-facts A1; the same list in the seed and
 * today). A project anywhere else could never start a run.
 */
export const DSTACK_LOCATIONS: readonly string[] = [
  'centralus',
  'eastus',
  'eastus2',
  'southcentralus',
  'westus2',
  'westus3',
  'canadacentral',
  'francecentral',
  'germanywestcentral',
  'northeurope',
  'swedencentral',
  'uksouth',
  'westeurope',
  'southeastasia',
  'eastasia',
  'brazilsouth',
];

/** Whether dstack can run in the location (code, e.g. `westeurope`; Azure varies its case). */
export function isDstackLocation(name: string): boolean {
  return DSTACK_LOCATIONS.includes(name.toLowerCase());
}
