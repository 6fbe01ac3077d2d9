import { takeUnexpected } from '../simulators/azure/core/requestLog.ts';
import type { Results } from './results.ts';

/** One failure more, with its reason printed, if the simulated Azure was asked for what it does not know. */
export function withUnknownRequests(results: Results): Results {
  const operations = takeUnexpected();
  if (operations.length === 0) return results;
  console.log(`Not simulated, so this ring proves nothing: ${operations.join('; ')}`);
  return { ...results, failed: results.failed + 1 };
}
