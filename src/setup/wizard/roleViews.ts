import { t } from '@vscode/l10n';
import type { RoleView } from '../../contract/wizardState.ts';
import { desiredState } from '../desiredState.ts';
import type { Caller } from '../ports.ts';
import type { ProjectSpec } from '../projectSpec.ts';
import { projectContext } from '../resources/projectContext.ts';
import { isElsewhere, usesTypedApp } from './fields.ts';
import type { FormModel } from './formModel.ts';
import { textValue } from './formOptions.ts';
import { placeSpec } from './specOf.ts';

/** Stands in for a principal that is not known yet: only who gets what is of interest. */
const SOMEBODY = '00000000-0000-0000-0000-000000000000';

/** Every right that the project gives, as the plan will show it, in plain words. */
export function roleViews(model: FormModel): readonly RoleView[] {
  const spec = placeSpec(model, credentialsToShow(model));
  if (spec === undefined) return [];
  const account = model.lists.accounts.value?.find(({ id }) => id === model.chosen.account);
  const you: Caller = {
    principalId: 'you',
    principalType: 'User',
    name: account?.label ?? t('You'),
  };
  return remembered(model, JSON.stringify([spec, you.name]), () => viewsOf(spec, you));
}

/** The last rights that were worked out for a form: most key presses change nothing about them. */
const memory = new WeakMap<
  FormModel,
  { readonly key: string; readonly views: readonly RoleView[] }
>();

function remembered(
  model: FormModel,
  key: string,
  make: () => readonly RoleView[],
): readonly RoleView[] {
  const last = memory.get(model);
  if (last?.key === key) return last.views;
  const views = make();
  memory.set(model, { key, views });
  return views;
}

function viewsOf(spec: ProjectSpec, you: Caller): readonly RoleView[] {
  const resources = desiredState(projectContext(spec, you));
  const purposes = new Map(resources.map(({ key, purpose }) => [key, purpose]));
  return resources
    .filter(({ kind }) => kind === 'roleAssignment')
    .map(({ key, purpose, scope = '' }) => ({
      who: whoOf(key, you.name),
      // The custom roles say themselves what they allow.
      what: purposes.get(key.replace(/^role\/app\//, 'roleDefinition/')) ?? purpose,
      where: scope,
    }));
}

function credentialsToShow(model: FormModel): object {
  const principalId = SOMEBODY;
  if (usesTypedApp(model)) return { kind: 'existingApp', principalId };
  if (model.chosen.credentials === 'newApp') return { kind: 'newApp' };
  // An ID that was typed for a server elsewhere is kept while another one is chosen, and not used.
  return isElsewhere(model) && textValue(model, 'principalId') !== ''
    ? { kind: 'default', principalId }
    : { kind: 'default' };
}

function whoOf(key: string, you: string): string {
  if (key.startsWith('role/runner/')) return t('Runs');
  return key.startsWith('role/app/') ? t('The server') : you;
}
