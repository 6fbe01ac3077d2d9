import type { Core } from '../operation.ts';
import type { Reply } from '../failure.ts';
import type { Json } from '../json.ts';

const ARM = 'https://management.azure.com';

interface PollSpec {
  readonly path: string;
  readonly query: string;
  readonly answer: (now: number, url: string) => Reply;
}

/**
 * Hands out a signed poll URL. It must come back unchanged: `t`, `c`, `s` and `h` sign it in
 * Azure, here they are only compared.
 */
export function issuePoll(core: Core, spec: PollSpec): string {
  const t = String(core.now() * 10_000 + 621_355_968_000_000_000);
  const signature = `t=${t}&c=${core.random.hex(24)}&s=${core.random.hex(32)}&h=${core.random.hex(32)}`;
  const query = `?${spec.query}&${signature}`;
  const url = `${ARM}${spec.path}${query}`;
  core.state.polls.set(spec.path.toLowerCase(), {
    path: spec.path,
    query,
    answer: (now) => spec.answer(now, url),
  });
  return url;
}

/** `Location` style: 202 with the same headers while it runs, then `done`. */
export function locationPoll(
  core: Core,
  options: {
    readonly path: string;
    readonly query: string;
    readonly doneAt: number;
    readonly retryAfter: number;
    readonly running?: () => Reply;
    readonly done: () => Reply;
  },
): string {
  return issuePoll(core, {
    path: options.path,
    query: options.query,
    answer: (now, url) => {
      if (now >= options.doneAt) return options.done();
      const running = options.running?.() ?? { status: 202 };
      return {
        ...running,
        headers: {
          Location: url,
          'Retry-After': String(options.retryAfter),
          ...running.headers,
        },
      };
    },
  });
}

/** `Azure-AsyncOperation` style: always 200, the body's `status` decides. */
export function statusPoll(
  core: Core,
  options: {
    readonly path: string;
    readonly query: string;
    readonly doneAt: number;
    readonly retryAfter: number;
    readonly body?: (status: string, finished: boolean) => Json;
  },
): string {
  const body = options.body ?? ((status: string) => ({ status }));
  return issuePoll(core, {
    path: options.path,
    query: options.query,
    answer: (now) =>
      now >= options.doneAt
        ? { status: 200, json: body('Succeeded', true) }
        : {
            status: 200,
            headers: { 'Retry-After': String(options.retryAfter) },
            json: body('InProgress', false),
          },
  });
}
