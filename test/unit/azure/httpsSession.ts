/**
 * A program of its own: a whole set-up as an app through the product's Azure layer, over real
 * sockets and a proxy. Takes `{sample, proxyUrl, timeScale}` as JSON in its first argument and prints
 * what it saw as one JSON line.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { connectAzure } from '../../../src/azure/azure.ts';
import { PUBLIC_CLOUD } from '../../../src/azure/cloud.ts';
import { clientSecretTokens } from '../../../src/azure/tokens.ts';
import { planProject } from '../../../src/setup/planProject.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import type { SetupPorts } from '../../../src/setup/ports.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

interface Input {
  readonly sample: {
    tenantId: string;
    subscriptionId: string;
    clientId: string;
    clientSecret: string;
  };
  readonly proxyUrl: string;
  readonly timeScale: number;
}

const { sample, proxyUrl, timeScale } = JSON.parse(process.argv[2] ?? '{}') as Input;
const { tenantId, subscriptionId } = sample;
const cloud = { ...PUBLIC_CLOUD, proxyUrl };
const { catalog, resources, records } = connectAzure({
  cloud,
  tokens: clientSecretTokens({ cloud, ...sample }),
});
const never = new AbortController().signal;
const ports: SetupPorts = {
  resources,
  records,
  journal: {
    append: () => Promise.resolve(),
    read: () => Promise.resolve([]),
    forget: () => Promise.resolve(),
  },
  clock: {
    now: () => Date.now() * timeScale,
    sleep: (ms, signal) => wait(ms / timeScale, undefined, signal === undefined ? {} : { signal }),
  },
  newId: () => 'run',
  random: () => 0,
};

const caller = await catalog.caller(tenantId, never);
const plan = await planProject(sampleSpec({ tenantId, subscriptionId }), caller, ports, never);
const { outcome, failures } = await runProject(plan, ports, {
  report: () => undefined,
  signal: never,
});
const [account] = await catalog.storageAccounts(tenantId, subscriptionId, never);
const at = { tenantId, projectName: 'vision', blobEndpoint: account?.blobEndpoint ?? '' };
const record = await records.read(at, never);
const wrong = clientSecretTokens({ cloud, ...sample, clientSecret: 'wrong' });
const refused = await wrong.token({ audience: 'management' }).catch((error: unknown) => error);
console.log(
  JSON.stringify({
    caller: caller.principalType,
    outcome,
    failures: [...failures.values()].map(({ code, message }) => `${code}: ${message}`),
    record: record?.record.spec.name,
    lostRace: await records
      .write(at, record?.record as never, '"stale"', never)
      .catch((error: unknown) => (error as { code?: string }).code),
    refused: (refused as { code?: string }).code,
  }),
);
