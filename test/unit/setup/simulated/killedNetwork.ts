import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';

/** When the process dies, as seen from the nth call that changes something. */
export type Moment = 'before sending' | 'with the answer lost' | 'after the answer';
export const MOMENTS: readonly Moment[] = [
  'before sending',
  'with the answer lost',
  'after the answer',
];

export interface Kill {
  readonly network: (client: HttpClient) => HttpClient;
  /** How many changing calls were seen. */
  readonly calls: () => number;
}

/**
 * A network whose process dies at the nth changing call (from 0): whatever is under way then or
 * comes later ends as a cancelled call does, so that nothing is retried by a dead process.
 * @param counts which calls are counted, if not all that change something
 */
export function killAt(
  nth: number,
  moment: Moment,
  onDeath: () => void,
  counts: (request: PipelineRequest) => boolean = isChanging,
): Kill {
  let seen = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    onDeath();
    throw new DOMException('The process was killed.', 'AbortError');
  };
  return {
    calls: () => seen,
    network: (client) => ({
      sendRequest: async (request) => {
        if (dead) die();
        const fatal = counts(request) && seen++ === nth;
        if (fatal && moment === 'before sending') die();
        const response = await client.sendRequest(request);
        if (dead) die();
        if (fatal && moment === 'with the answer lost') die();
        if (fatal) {
          dead = true;
          onDeath();
        }
        return response;
      },
    }),
  };
}

/** Whether a request changes something in Azure; name checks and queries are POSTs that don't. */
export function isChanging({ method, url }: PipelineRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return !/checkNameAvailability|ResourceGraph|checkPolicyRestrictions|oauth2/i.test(url);
}
