import { t } from '@vscode/l10n';
import { DSTACK_LOCATIONS, isDstackLocation } from './locations.ts';
import { isResourceGroupName, isStorageAccountName } from './names.ts';
import { specSchema } from './projectSpec.ts';

/**
 * A spec that somebody asks to be set up: what the form refuses is refused here too, before Azure is
 * asked. An undo takes any spec, because what is there is there.
 */
export const askedSpecSchema = specSchema.superRefine((spec, context) => {
  const refuse = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  if (!isDstackLocation(spec.location)) {
    const offered = DSTACK_LOCATIONS.join(', ');
    refuse(['location'], t('dstack does not run in {0}. It runs in {1}.', spec.location, offered));
  }
  const { resourceGroup, storageAccount } = spec;
  if (!isResourceGroupName(resourceGroup.name)) {
    const rule = t('A group’s name has 1 to 90 letters, digits, or -_.() and ends in no dot.');
    refuse(['resourceGroup', 'name'], rule);
  }
  if (!isStorageAccountName(storageAccount.name)) {
    const rule = t('An account’s name has 3 to 24 lower-case letters and digits.');
    refuse(['storageAccount', 'name'], rule);
  }
});
