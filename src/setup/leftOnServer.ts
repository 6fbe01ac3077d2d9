import { t } from '@vscode/l10n';
import type { ProjectSpec } from './projectSpec.ts';

/**
 * What a dstack server keeps of a project that is removed without it.
 * @returns undefined where no server was ever told of the project
 */
export function leftOnServer({ name, server, credentials }: ProjectSpec): string | undefined {
  switch (server.kind) {
    case 'none':
      return undefined;
    case 'local':
      return t(
        'The local dstack server is not told: its file keeps the project “{0}” with its Azure backend.',
        name,
      );
    case 'remote':
      if (server.url === undefined) {
        return t(
          'It is not known which dstack server has the project “{0}”, so none is told: it keeps the project with its Azure backend. Delete the project there too.',
          name,
        );
      }
      return credentials.kind === 'default'
        ? t(
            'The dstack server at {0} is not told: it keeps the project “{1}” with its members, its Azure backend and its history. Delete the project there once the server answers.',
            server.url,
            name,
          )
        : t(
            'The dstack server at {0} is not told: it keeps the project “{1}” with its members, its Azure backend, its history and the client secret of its app. Delete the project there once the server answers.',
            server.url,
            name,
          );
  }
}
