import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';

/** Another dstack server answers on the port. */
export function portHasServer(url: string): SetupError {
  return problem('local_server_port_has_server', [
    t('Another dstack server already runs at {0}.', url),
    t('Stop it, then start the local server again.'),
  ]);
}

/** Something else listens on the port. */
export function portTaken(url: string): SetupError {
  return problem('local_server_port_taken', [
    t('Another program uses the port of the local dstack server, {0}.', url),
    t('Stop that program, then start the server again.'),
  ]);
}

/** A `dstack` without the libraries of a server. */
export function librariesMissing(path: string): SetupError {
  return problem('local_server_libraries_missing', [
    t('The dstack at {0} is installed without what a server for Azure needs.', path),
    t('Install it as "dstack[all]", then start the server again.'),
  ]);
}

export function cannotRun(path: string, cause: unknown): SetupError {
  return problem(
    'local_server_not_started',
    [
      t('{0} could not be started.', path),
      t('Check that the file is there and that you may run it.'),
    ],
    cause,
  );
}

/** @param lines the end of what it printed, without secrets */
export function endedEarly(code: number | null, lines: readonly string[]): SetupError {
  return problem('local_server_exited', [
    lines.length === 0
      ? t('The local dstack server ended before it was ready (exit code {0}).', String(code))
      : t(
          'The local dstack server ended before it was ready (exit code {0}): {1}',
          String(code),
          lines.join(' / '),
        ),
    t('"dstack: Show Local Server Log" has the rest.'),
  ]);
}

export function neverReady(url: string, seconds: number): SetupError {
  return problem('local_server_not_ready', [
    t('The local dstack server did not answer at {0} within {1} seconds.', url, String(seconds)),
    t('"dstack: Show Local Server Log" says what it was doing; start it again.'),
  ]);
}

/** Nobody could tell later whether a process is still the server, so nobody could stop it. */
export function cannotBeKept(): SetupError {
  return problem('local_server_cannot_be_kept', [
    t(
      'This machine does not tell when a process was started, so no later window could stop the server.',
    ),
    t('Turn the setting "Keep Local Server" off, then start the server again.'),
  ]);
}

export function noServerForWindows(): SetupError {
  return problem('local_server_on_windows', [
    t('There is no dstack server for Windows.'),
    t('Open the folder in WSL or on a remote machine, and start the server there.'),
  ]);
}

function problem(
  code: string,
  [message, remedy]: readonly [string, string],
  cause?: unknown,
): SetupError {
  return new SetupError({ code, source: 'dstack', message, remedy, cause });
}
