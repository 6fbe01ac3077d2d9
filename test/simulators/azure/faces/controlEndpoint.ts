import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import type { FaultRule } from '../core/faults.ts';
import type { SimulatedAzure, UserTokenRequest } from '../core/simulatedAzure.ts';
import { listenOnLoopback, loopback, stopListening } from './listening.ts';
import type { ScaledClock } from './scaledClock.ts';

export interface ControlOptions {
  readonly simulated: SimulatedAzure;
  readonly clock: ScaledClock;
  /** Hosts that the proxy refused. */
  readonly refused: readonly string[];
}

export interface ControlEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** A rule that strikes is exactly what the core calls one; unknown members are mistakes. */
const faultRule: z.ZodType<FaultRule> = z.strictObject({
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  nth: z.int().positive().exactOptional(),
  times: z.int().positive().exactOptional(),
  chance: z.number().min(0).max(1).exactOptional(),
  seed: z.int().exactOptional(),
  when: z.enum(['before', 'after']),
  status: z.int().min(100).max(599).exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  body: z.json().exactOptional(),
  delayMs: z.number().nonnegative().exactOptional(),
  cut: z.boolean().exactOptional(),
});

const faultsBody = z.strictObject({
  clear: z.boolean().optional(),
  add: z.array(faultRule).optional(),
});
const clockBody = z.strictObject({ advanceMs: z.number().nonnegative() });
const signInBody = z.strictObject({
  /** Whether a person sits before the page: nothing depends on it here. */
  interactive: z.boolean().optional(),
  tenantId: z.string(),
  username: z.string(),
  audience: z.string(),
  claims: z.string().exactOptional(),
  scopes: z.array(z.string()).exactOptional(),
});

/**
 * What tests and the try-out's sign-in ask of a running simulator, over plain HTTP on loopback:
 * faults, the request log, state, time, and tokens of persons.
 */
export async function startControlEndpoint(options: ControlOptions): Promise<ControlEndpoint> {
  const listener = getRequestListener(routes(options).fetch);
  const server = createServer((request, response) => void listener(request, response));
  const port = await listenOnLoopback(server);
  return {
    url: `http://${loopback}:${port}`,
    close: async () => {
      const stopped = stopListening(server);
      server.closeAllConnections();
      await stopped;
    },
  };
}

function routes({ simulated, clock, refused }: ControlOptions): Hono {
  const app = new Hono();
  // A web page that a person happens to open must not get a token by way of a name that it has
  // made to resolve to loopback.
  app.use(async (context, next) => {
    const host = (context.req.header('host') ?? '').split(':', 1)[0];
    if (host !== loopback && host !== 'localhost') throw badRequest(403, 'Only for loopback.');
    if (context.req.header('origin') !== undefined) throw badRequest(403, 'Not for web pages.');
    await next();
  });
  app.post('/faults', async (context) => {
    const { clear, add = [] } = await bodyOf(context.req, faultsBody);
    if (clear === true) simulated.faults.clear();
    for (const rule of add) addFault(simulated, rule);
    return context.json({ hits: simulated.faults.hits() });
  });
  app.get('/faults', (context) => context.json({ hits: simulated.faults.hits() }));
  app.get('/requests', (context) => context.json(requestsOf(simulated, refused)));
  app.delete('/requests', (context) => {
    simulated.requests.clear();
    return context.body(null, 204);
  });
  app.get('/state', (context) => context.json(stateOf(simulated, clock)));
  app.post('/clock', async (context) => {
    clock.advance((await bodyOf(context.req, clockBody)).advanceMs);
    return context.json({ now: clock.now() });
  });
  app.post('/sign-in-token', async (context) => {
    const request = await bodyOf(context.req, signInBody);
    return context.json({ token: tokenFor(simulated, request) });
  });
  app.onError((error, context) =>
    error instanceof HTTPException
      ? context.json({ error: error.message }, error.status)
      : context.json({ error: String(error) }, 500),
  );
  return app;
}

function requestsOf(simulated: SimulatedAzure, refused: readonly string[]) {
  const { entries } = simulated.requests;
  return {
    stateChangingCalls: simulated.requests.stateChangingCalls(),
    count: entries.length,
    entries,
    unsupported: simulated.requests.unsupported(),
    refusedHosts: refused,
  };
}

/** What exists, without what the directory holds: apps have secrets. */
function stateOf({ state }: SimulatedAzure, clock: ScaledClock) {
  return {
    now: clock.now(),
    resourceGroups: [...state.groups.values()],
    resources: [...state.resources.values()],
    roleAssignments: [...state.roleAssignments.values()],
    roleDefinitions: [...state.customRoles.values()],
    deletedVaults: [...state.deletedVaults.values()],
  };
}

function addFault(simulated: SimulatedAzure, rule: FaultRule): void {
  try {
    simulated.faults.add(rule);
  } catch (error) {
    throw badRequest(400, `path: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tokenFor(simulated: SimulatedAzure, request: UserTokenRequest): string {
  try {
    return simulated.issueUserToken(request);
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(404, error.message);
    throw error;
  }
}

async function bodyOf<T>(request: { json(): Promise<unknown> }, schema: z.ZodType<T>): Promise<T> {
  const json = await request.json().catch(() => {
    throw badRequest(400, 'The body is not JSON.');
  });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badRequest(400, z.prettifyError(parsed.error));
  return parsed.data;
}

function badRequest(status: 400 | 403 | 404, message: string): HTTPException {
  return new HTTPException(status, { message });
}
