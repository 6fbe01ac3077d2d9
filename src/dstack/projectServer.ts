import { SetupError } from '../setup/errors.ts';
import type { ConnectServer, ProjectServer, ServerSignIn } from '../setup/projectServer.ts';
import type { AzureCreds } from './backendConfig.ts';
import { checkServer, register, unregister } from './registration.ts';
import { DstackServerClient } from './serverClient.ts';
import { missingServerNetworks } from './serverNetworks.ts';

/** A dstack server by its URL and a user's token. */
export const connectServer: ConnectServer = ({ resources, ...options }) => {
  const { clock } = options;
  const client = new DstackServerClient({ ...options, fetch });
  return {
    url: client.url,
    check: (spec, signal) => checkServer({ client, record: { spec, resources: [] }, signal }),
    async register(record, signIn, signal, options) {
      const creds = credsOf(signIn);
      const registration = await register({
        ...{ client, record, creds, clock, signal },
        ...options,
      });
      const missingNetworks = await missingServerNetworks(resources, record.spec, signal);
      return { ...registration, missingNetworks };
    },
    forUndo: (spec) => ({
      name: client.url,
      running: (signal) => client.inUse(spec.name, signal),
      unregister: (signal) => forget({ client, record: { spec, resources: [] }, signal }),
    }),
  } satisfies ProjectServer;
};

function credsOf(signIn: ServerSignIn): AzureCreds {
  switch (signIn.kind) {
    case 'default':
      return { type: 'default' };
    case 'app': {
      const { clientId, clientSecret } = signIn;
      return { type: 'client', client_id: clientId, client_secret: clientSecret };
    }
  }
}

/** Somebody else's project of that name is not ours to remove: ours is gone then. */
const NOT_OURS = ['server_project_name_taken', 'server_project_owned_by_file'];

async function forget(request: Parameters<typeof unregister>[0]): Promise<void> {
  try {
    await unregister(request);
  } catch (error) {
    if (!(error instanceof SetupError) || !NOT_OURS.includes(error.code)) throw error;
  }
}
