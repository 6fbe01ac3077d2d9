import { t } from '@vscode/l10n';
import { z } from 'zod';
import { SetupError } from '../setup/errors.ts';
import { recordSchema, type ProjectRecord } from '../setup/projectRecord.ts';

const versionSchema = z.object({ schema: z.number() });

/**
 * The record in a blob's text.
 * @throws SetupError `record_newer` if a later version of this extension wrote it, and
 *   `record_unreadable` if it is no record; neither may be overwritten
 */
export function parseRecord(text: string, object: string): ProjectRecord {
  const value = jsonIn(text);
  const record = recordSchema.safeParse(value);
  if (record.success) return record.data;
  const version = versionSchema.safeParse(value);
  if (version.success && version.data.schema > 1) {
    throw new SetupError({
      code: 'record_newer',
      source: 'user',
      message: t('The project record was written by a newer version of this extension.'),
      remedy: t('Update the extension.'),
      object,
    });
  }
  throw new SetupError({
    code: 'record_unreadable',
    source: 'user',
    message: t('The project record is damaged.'),
    remedy: t('Look at the blob in the Azure portal; remove it to have it written anew.'),
    object,
    cause: record.error,
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
