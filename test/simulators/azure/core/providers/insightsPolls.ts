import type { Reply } from '../failure.ts';
import type { Call } from '../operation.ts';
import { subscriptionIdOf } from '../arm/armId.ts';
import { issuePoll, statusPoll } from '../arm/longRunning.ts';

/** 202 with an empty body and both headers, as Log Analytics does it (recorded). */
export function accepted(
  call: Call,
  options: {
    readonly location: string;
    readonly resourceId: string;
    readonly doneAt: number;
    readonly done: () => Reply;
  },
): Reply {
  const { core, now } = call;
  const id = core.random.guid();
  const subscription = subscriptionIdOf(call.path) ?? '';
  const path = `/subscriptions/${subscription}/providers/Microsoft.OperationalInsights/locations/${options.location}/operationstatuses/${id}`;
  const time = (at: number): string => new Date(at).toISOString();
  const status = statusPoll(core, {
    path,
    query: 'api-version=2015-11-01-preview',
    doneAt: options.doneAt,
    retryAfter: 10,
    body: (state, finished) => ({
      id: path,
      name: id,
      status: state,
      startTime: time(now),
      ...(finished ? { endTime: time(options.doneAt) } : {}),
      properties: {},
    }),
  });
  const result = issuePoll(core, {
    path: `${options.resourceId}/operationresults/${id}`,
    query: `api-version=${call.url.searchParams.get('api-version') ?? ''}`,
    answer: (at, url) =>
      at >= options.doneAt
        ? options.done()
        : { status: 202, headers: { Location: url, 'Retry-After': '10' } },
  });
  return { status: 202, headers: { 'Azure-AsyncOperation': status, Location: result } };
}
