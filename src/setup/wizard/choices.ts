import { t } from '@vscode/l10n';
import {
  LOCAL_SERVER,
  REMOTE_SERVER,
  type CredentialWay,
  type Option,
} from '../../contract/wizardState.ts';
import { isElsewhere } from './fields.ts';
import type { FormModel } from './formModel.ts';

const HOME = 'home:';

/** The URL of a server of the CLI's own file, if that is what was chosen. */
export function homeUrl(server: string): string | undefined {
  return server.startsWith(HOME) ? server.slice(HOME.length) : undefined;
}

/** The four ways in which a server can sign in to Azure; what can't work here says why. */
export function credentialOptions(model: FormModel): readonly Option[] {
  return [
    way('default', t('What the server’s machine has'), defaultDetail(model)),
    way(
      'existingApp',
      t('An app registration that exists'),
      isElsewhere(model)
        ? t('The server signs in as it and keeps its client secret.')
        : t('The server signs in as it. Its secret stays in VS Code’s secret storage.'),
    ),
    newApp(model),
    way(
      'administrator',
      t('Ask an administrator'),
      t('You get the commands to send, and enter what comes back.'),
    ),
  ];
}

function way(value: CredentialWay, label: string, detail: string): Option {
  return { value, label, detail };
}

function defaultDetail(model: FormModel): string {
  return isElsewhere(model)
    ? t('For a server with a managed identity. Nothing is stored.')
    : t(
        'The server on this machine uses your “az login”: it has your own rights. Nothing is stored.',
      );
}

function newApp(model: FormModel): Option {
  const { value: registrar, error } = model.lists.registrar;
  const option = way('newApp', t('A new app registration'), newAppDetail(model));
  if (registrar !== undefined || error === undefined) return option;
  return { ...option, disabledReason: `${error.message} ${error.remedy}` };
}

function newAppDetail({ lists }: FormModel): string {
  const { value: registrar, loading } = lists.registrar;
  if (loading) return t('Looking for Azure CLI…');
  if (registrar === undefined) return t('Made with Azure CLI, signed in as the account above.');
  return registrar.via === 'azureCli'
    ? t('Azure CLI is signed in as {0}, as you are here, and makes it.', registrar.name)
    : t('{0} makes it through your organisation’s own client.', registrar.name);
}

/**
 * Where the dstack server runs; undefined while it is not known what can be offered. Those of the CLI's
 * file come when they come: taking the others away for that long would take a choice away with them.
 */
export function serverOptions(model: FormModel): readonly Option[] | undefined {
  const { environment } = model.lists;
  if (environment.value === undefined) return undefined;
  const remote = [...homeOptions(model), remoteOption()];
  return environment.value.isWindows === true
    ? [...remote, { ...localOption(), disabledReason: noWindowsServer() }]
    : [localOption(), ...remote];
}

function localOption(): Option {
  return {
    value: LOCAL_SERVER,
    label: t('On this machine'),
    detail: t('VS Code starts it. Secrets reach its process only, and no file.'),
  };
}

function noWindowsServer(): string {
  return t('dstack has no server for Windows. Open the folder in WSL, or use a server elsewhere.');
}

function homeOptions({ lists }: FormModel): readonly Option[] {
  return (lists.homeServers.value ?? []).map(({ url, projectNames }) => ({
    value: `${HOME}${url}`,
    label: url,
    detail: t(
      'Found in ~/.dstack/config.yml with {0}. Credentials for Azure are sent to it.',
      projectNames.join(', '),
    ),
  }));
}

function remoteOption(): Option {
  return {
    value: REMOTE_SERVER,
    label: t('Elsewhere, by URL and token'),
    detail: t('A server of your team. Credentials for Azure are sent to it and kept there.'),
  };
}
