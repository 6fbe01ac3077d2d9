import { t } from '@vscode/l10n';
import {
  CREATE_NEW,
  FORM_PARTS,
  type FieldName,
  type FormPart,
  type PartView,
  type SelectFieldName,
} from '../../contract/wizardState.ts';
import type { FormModel } from './formModel.ts';
import { optionsOf, textValue } from './formOptions.ts';

/** The parts as they are drawn. @param wrong the parts in which something is missing or wrong */
export function partViews(
  model: FormModel,
  wrong: ReadonlySet<FormPart>,
): Readonly<Record<FormPart, PartView>> {
  const view = (part: FormPart): PartView => ({
    open: model.open.has(part),
    complete: !wrong.has(part),
    summary: summaryOf(model, part).filter(Boolean).join(' · '),
  });
  return { where: view('where'), access: view('access'), server: view('server') };
}

/** The part that comes after this one. */
export function partAfter(part: FormPart): FormPart | undefined {
  return FORM_PARTS[FORM_PARTS.indexOf(part) + 1];
}

function summaryOf(model: FormModel, part: FormPart): readonly string[] {
  switch (part) {
    case 'where':
      return [
        labelOf(model, 'subscription'),
        labelOf(model, 'location'),
        textValue(model, 'projectName'),
        storageName(model),
      ];
    case 'access':
      return [labelOf(model, 'credentials'), ...extrasSummary(model)];
    case 'server':
      return [serverName(model)];
  }
}

function labelOf(model: FormModel, field: SelectFieldName & FieldName): string {
  const value = model.chosen[field];
  return optionsOf(model, field)?.find((option) => option.value === value)?.label ?? '';
}

function storageName(model: FormModel): string {
  const { storageAccount } = model.chosen;
  return storageAccount === CREATE_NEW
    ? textValue(model, 'newStorageAccount')
    : (storageAccount ?? '');
}

function extrasSummary({ extras }: FormModel): readonly string[] {
  if (extras.size === 0) return [];
  return [extras.size === 1 ? t('1 extra') : t('{0} extras', extras.size)];
}

function serverName(model: FormModel): string {
  const url = textValue(model, 'serverUrl');
  return model.chosen.server === 'remote' && url !== '' ? url : labelOf(model, 'server');
}
