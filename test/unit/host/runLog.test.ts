import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/host/log.ts';
import { logEvent } from '../../../src/host/runLog.ts';
import type { SetupEvent } from '../../../src/setup/events.ts';

function logged(event: SetupEvent): string {
  const lines: string[] = [];
  const at = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
  const channel = {
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    debug: at('debug'),
    show: () => undefined,
  };
  logEvent(event, createLog(channel));
  return lines.join('\n');
}

describe('The log of a run', () => {
  const time = 0;
  const resource = 'storageAccount';
  const cases: readonly (readonly [SetupEvent, string])[] = [
    [
      { code: 'runStarted', time, runId: 'r1', planId: 'p1', steps: 3 },
      'info Run r1: 3 steps, plan p1',
    ],
    [
      { code: 'stepDone', time, resource, action: 'create', id: '/a/b', durationMs: 17_040 },
      'info storageAccount: done in 17.0 s, /a/b',
    ],
    [
      {
        code: 'stepRetrying',
        time,
        resource,
        reason: 'throttled',
        message: 'Slow down.',
        waitMs: 5000,
        attempt: 2,
      },
      'warn storageAccount: attempt 2 failed (throttled: Slow down.), next in 5.0 s',
    ],
    [
      {
        code: 'stepFailed',
        time,
        resource,
        error: 'policy_denied',
        message: 'A policy forbids it.',
        remedy: 'Ask for an exemption.',
        durationMs: 1,
      },
      'error storageAccount: policy_denied: A policy forbids it. Ask for an exemption.',
    ],
    [
      { code: 'runEnded', time, outcome: 'cancelled', stillRunning: [resource] },
      'info Run ended: cancelled; Azure goes on with storageAccount',
    ],
  ];

  it.each(cases)('says of $code what support needs', (event, line) => {
    expect(logged(event)).toBe(line);
  });

  it('hides a token that a message brings with it', () => {
    const message = 'Refused: Bearer abcdefghijklmnopqrstuvwxyz';
    const event = { code: 'stepFailed', time, resource, error: 'x', message } as const;
    expect(logged({ ...event, remedy: '', durationMs: 1 })).not.toContain('abcdefghijklm');
  });
});
