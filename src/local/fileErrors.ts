import { t } from '@vscode/l10n';
import { SetupError } from '../setup/errors.ts';
import { errorCode } from './fileSystem.ts';

/** A failed file operation as a `SetupError`; what is one already, or no file error, stays as it is. */
export function fileError(path: string, error: unknown): unknown {
  switch (errorCode(error) ?? '') {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return problem(
        'file_not_writable',
        path,
        t('{0} cannot be written: the folder or the file is read-only for you.', path),
        t('Change its permissions, or open a folder that you can write to.'),
        error,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return problem(
        'disk_full',
        path,
        t('{0} cannot be written: the disk is full.', path),
        t('Free some space and try again.'),
        error,
      );
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ELOOP':
      return notAFile(path, error);
    default:
      return error;
  }
}

/** What stands at the path is no file. */
export function notAFile(path: string, cause?: unknown): SetupError {
  return problem(
    'not_a_file',
    path,
    t('{0} cannot be written: something else than a file is in its place.', path),
    t('Move it away and try again.'),
    cause,
  );
}

/** A link would take us out of the folder that we may write to. */
export function leadsOutside(path: string): SetupError {
  return problem(
    'link_leads_outside',
    path,
    t('{0} was not written: it is a link that leads out of the folder, or nowhere.', path),
    t('Replace the link by a file or folder of its own and try again.'),
  );
}

export function notText(path: string): SetupError {
  return problem(
    'file_not_text',
    path,
    t('{0} was not changed: it is not UTF-8 text.', path),
    t('Save it as UTF-8 and try again.'),
  );
}

export function keepsChanging(path: string): SetupError {
  return problem(
    'file_keeps_changing',
    path,
    t('{0} was not changed: another program keeps writing it.', path),
    t('Wait until that program is done and try again.'),
  );
}

function problem(
  code: string,
  object: string,
  message: string,
  remedy: string,
  cause?: unknown,
): SetupError {
  return new SetupError({ code, source: 'user', message, remedy, object, cause });
}
