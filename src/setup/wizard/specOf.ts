import { CREATE_NEW, LOCAL_SERVER, type CredentialWay } from '../../contract/wizardState.ts';
import { specSchema, type ProjectSpec } from '../projectSpec.ts';
import { homeUrl } from './choices.ts';
import { isElsewhere } from './fields.ts';
import type { FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { readServerUrl } from './serverUrlField.ts';
import { tenantOf } from './tenant.ts';

/** Credentials whose app has not signed in yet. */
const UNKNOWN = 'unknown';

/** What the form asks for; undefined while something is missing or not checked yet. */
export function specOf(model: FormModel): ProjectSpec | undefined {
  return readSpec(model, credentialsOf(model));
}

/** What is known of the place, for what can be said before the credentials are there. */
export function placeSpec(model: FormModel, credentials: object): ProjectSpec | undefined {
  return readSpec(model, credentials);
}

function readSpec(model: FormModel, credentials: object): ProjectSpec | undefined {
  const { subscription, location, storageAccount } = model.chosen;
  if (storageAccount === undefined) return undefined;
  const parsed = specSchema.safeParse({
    schema: 1,
    name: textValue(model, 'projectName'),
    tenantId: tenantOf(model),
    subscriptionId: subscription,
    location,
    ...placeOf(model, storageAccount),
    credentials,
    ...Object.fromEntries([...model.extras].map((extra) => [extra, true])),
    server: serverOf(model),
  });
  return parsed.success ? parsed.data : undefined;
}

function placeOf(model: FormModel, storageAccount: string) {
  if (storageAccount !== CREATE_NEW) {
    const account = model.lists.storageAccounts.value?.find(({ name }) => name === storageAccount);
    return {
      resourceGroup: { name: account?.resourceGroup, create: false },
      storageAccount: { name: storageAccount, create: false },
    };
  }
  const create = model.chosen.resourceGroup === CREATE_NEW;
  const group = create ? textValue(model, 'newResourceGroup') : model.chosen.resourceGroup;
  return {
    resourceGroup: { name: group, create },
    storageAccount: { name: textValue(model, 'newStorageAccount'), create: true },
  };
}

function credentialsOf(model: FormModel): object {
  const way = CREDENTIALS[model.chosen.credentials ?? ''];
  return way === undefined ? { kind: UNKNOWN } : way(model);
}

const CREDENTIALS: Readonly<Record<string, (model: FormModel) => object>> = {
  default: defaultCredentials,
  existingApp: typedApp,
  administrator: typedApp,
  newApp: (model) => ({ kind: 'newApp', secretDays: Number(textValue(model, 'secretDays')) }),
} satisfies Record<CredentialWay, (model: FormModel) => object>;

function defaultCredentials(model: FormModel): object {
  const principalId = isElsewhere(model) ? textValue(model, 'principalId') : '';
  return { kind: 'default', ...(principalId === '' ? {} : { principalId }) };
}

function typedApp({ lists }: FormModel): object {
  const app = lists.appCheck.value;
  if (app === undefined) return { kind: UNKNOWN };
  return { kind: 'existingApp', clientId: app.clientId, principalId: app.principalId };
}

function serverOf(model: FormModel): object {
  const { server = '' } = model.chosen;
  if (server === LOCAL_SERVER) return { kind: 'local' };
  const url = homeUrl(server) ?? readServerUrl(textValue(model, 'serverUrl')).url;
  return { kind: 'remote', url };
}
