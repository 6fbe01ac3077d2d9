import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Lab } from '../unit/setup/simulated/lab.ts';

/** Median and 90th percentile of a round trip to ARM, in s (azure-facts 1.2b). */
const ROUND_TRIPS = {
  GET: [0.37, 2.6],
  HEAD: [0.37, 2.6],
  PUT: [1.02, 3.4],
  PATCH: [1.02, 3.4],
  DELETE: [1.02, 3.4],
  POST: [0.85, 1.8],
} as const;

/** How many standard deviations the 90th percentile lies above the median. */
const TO_P90 = 1.2816;

/** Lets each answer come as late as Azure's do: lognormal, by method. */
export function withRoundTrips(lab: Lab, random: () => number): (client: HttpClient) => HttpClient {
  return (client) => ({
    sendRequest: async (request) => {
      const { method } = request;
      const [median, p90] = ROUND_TRIPS[method in ROUND_TRIPS ? (method as 'GET') : 'GET'];
      const seconds = median * Math.exp((Math.log(p90 / median) / TO_P90) * normal(random));
      const response = await client.sendRequest(request);
      await lab.clock.sleep(Math.round(seconds * 1_000));
      return response;
    },
  });
}

/** A draw from the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
  const [a, b] = [1 - random(), random()];
  return Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
}
