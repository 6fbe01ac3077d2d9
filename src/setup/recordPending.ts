import type { SetupError } from './errors.ts';

/** Why a record can't be read by somebody, while its project is quite well. */
const PENDING_CODES: readonly string[] = [
  'data_role_spreading',
  'not_authorized',
  'denied_by_assignment',
  'storage_network_closed',
  'public_access_denied',
];

/** Whether a project has to do without its record for now. Another failure may pass by itself. */
export function isRecordPending({ code }: Pick<SetupError, 'code'>): boolean {
  return PENDING_CODES.includes(code);
}
