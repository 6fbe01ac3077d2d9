import type {
  FormPart,
  Option,
  SecretField,
  SelectField,
  TextField,
  WizardForm,
} from '../../src/contract/wizardState.ts';
import { extraViews } from '../../src/setup/wizard/extras.ts';

/* What the parts Access and Server show, for pageStates.ts. */

export const WHERE = [
  'account',
  'tenant',
  'subscription',
  'location',
  'projectName',
  'storageAccount',
] as const;

type AccessAndServer = Omit<
  WizardForm,
  | (typeof WHERE)[number]
  | 'newStorageAccount'
  | 'resourceGroup'
  | 'newResourceGroup'
  | 'parts'
  | 'inUse'
  | 'canReview'
  | 'reviewing'
>;

export function access(): AccessAndServer {
  return {
    otherTenant: text(''),
    credentials: list(CREDENTIALS, 'default'),
    appTenant: text('0a000000-0000-4000-8000-000000000001'),
    clientId: text(''),
    clientSecret: secret({}),
    secretDays: text('90'),
    principalId: text(''),
    server: list(SERVERS, 'local'),
    serverUrl: text(''),
    serverToken: secret({}),
    extras: extraViews(new Set()),
    roles: [],
  };
}

export const CREDENTIALS: readonly Option[] = [
  {
    value: 'default',
    label: 'What the server’s machine has',
    detail:
      'The server on this machine uses your “az login”: it has your own rights. Nothing is stored.',
  },
  {
    value: 'existingApp',
    label: 'An app registration that exists',
    detail: 'The server signs in as it. Its secret stays in VS Code’s secret storage.',
  },
  {
    value: 'newApp',
    label: 'A new app registration',
    disabledReason:
      'You are signed in as dev@contoso.example, but Azure CLI as root@contoso.example. Sign in to Azure CLI with the same account (az login), then try again.',
  },
  {
    value: 'administrator',
    label: 'Ask an administrator',
    detail: 'You get the commands to send, and enter what comes back.',
  },
];

export const SERVERS: readonly Option[] = [
  {
    value: 'local',
    label: 'On this machine',
    detail: 'VS Code starts it. Secrets reach its process only, and no file.',
  },
  {
    value: 'home:https://dstack.contoso.example',
    label: 'https://dstack.contoso.example',
    detail: 'Found in ~/.dstack/config.yml with main, team. Credentials for Azure are sent to it.',
  },
  {
    value: 'remote',
    label: 'Elsewhere, by URL and token',
    detail: 'A server of your team. Credentials for Azure are sent to it and kept there.',
  },
];

export function secret(change: Partial<SecretField>): SecretField {
  return { stored: false, loading: false, disabled: false, canRetry: false, ...change };
}

export function parts(...open: readonly FormPart[]): WizardForm['parts'] {
  const part = (name: FormPart, summary: string) => ({
    open: open.includes(name),
    complete: true,
    summary,
  });
  return {
    where: part('where', 'Contoso Development · Location 3 · vision · dstackvision37daa2cb'),
    access: part('access', 'What the server’s machine has'),
    server: part('server', 'On this machine'),
  };
}

export const ROLES: WizardForm['roles'] = [
  {
    who: 'Runs',
    what: 'Runs read and write their artifacts.',
    where: 'only the container dstack-container of dstackvision37daa2cb',
  },
  {
    who: 'dev@contoso.example',
    what: 'dev@contoso.example reads and writes the project record.',
    where: 'only the container dstack-azure of dstackvision37daa2cb',
  },
  {
    who: 'The server',
    what: 'What the server needs to start and stop VMs, and nothing else.',
    where: 'the resource group dstack-vision',
  },
];

export function list(options: readonly Option[], value?: string): SelectField {
  return {
    ...(value === undefined ? {} : { value }),
    options,
    total: options.length,
    loading: false,
    disabled: options.length === 0,
    canRetry: false,
  };
}

export function text(value: string, change: Partial<TextField> = {}): TextField {
  return { value, loading: false, disabled: false, canRetry: false, ...change };
}
