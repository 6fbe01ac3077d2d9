import {
  cliTooOld,
  offerParameters,
  offersFailure,
  parseOffers,
  serverDown,
} from './dstack/gpuOffers.ts';
import type { ListGpuOffers } from './host/gpuOffers.ts';
import { readsVariables } from './localServerPrograms.ts';
import { runDstack } from './local/runDstack.ts';
import { isHealthy } from './local/serverPort.ts';

/** Asks the dstack CLI of this machine for the offers of a location, with a folder's own variables. */
export const listGpuOffers: ListGpuOffers = async ({ command, question, location }, signal) => {
  const { path, version } = command;
  if (version !== undefined && !readsVariables(version)) throw cliTooOld(path, version);
  const { url, project, token } = question;
  // The CLI tries for seconds before it says so; a server elsewhere may need the CLI's own proxy.
  const isUp = !isHere(url) || (await isHealthy(url, signal));
  signal.throwIfAborted();
  if (!isUp) throw serverDown(url);
  const variables = { DSTACK_SERVER_URL: url, DSTACK_PROJECT: project, DSTACK_TOKEN: token };
  const output = await runDstack(path, offerParameters(location), variables, signal);
  if (output.code === 0) return parseOffers(output.stdout);
  throw offersFailure(`${output.stdout}\n${output.stderr}`, question);
};

function isHere(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
