import { t } from '@vscode/l10n';
import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import { CREATE_NEW, type WizardState } from '../src/contract/wizardState.ts';
import { element, setText, setVisible } from './dom.ts';
import { SelectControl, TextControl } from './fields.ts';
import { button, progressRing } from './toolkit.ts';
import type { Screen, ScreenParts } from './screen.ts';

/** The first screen: where the project goes and what it is called. Built once, then updated. */
export function formScreen({ send, announce }: ScreenParts): Screen {
  const select = (name: Parameters<typeof makeSelect>[0], label: string) =>
    makeSelect(name, label, send, announce);
  const fields = {
    account: select('account', t('Account')),
    tenant: select('tenant', t('Tenant')),
    subscription: select('subscription', t('Subscription')),
    location: select('location', t('Location')),
    projectName: makeText('projectName', t('Project name'), 50, send),
    storageAccount: select('storageAccount', t('Storage account')),
    newStorageAccount: makeText(
      'newStorageAccount',
      t('Name of the new storage account'),
      24,
      send,
    ),
    resourceGroup: select('resourceGroup', t('Resource group')),
    newResourceGroup: makeText('newResourceGroup', t('Name of the new resource group'), 90, send),
  };
  const review = button({
    label: t('Review Plan'),
    primary: true,
    onClick: () => {
      wantsError = true;
      send({ kind: 'review' });
    },
  });
  const ring = progressRing();
  const why = element('p', { class: 'why-not' });
  let wantsError = false;

  const root = element(
    'div',
    { class: 'screen' },
    section(
      t('Azure'),
      t('Who you are and which subscription pays for what runs.'),
      fields.account,
      fields.tenant,
      fields.subscription,
      fields.location,
    ),
    section(t('Project'), t('How dstack and your colleagues will call it.'), fields.projectName),
    section(
      t('Storage'),
      t('Artifacts of runs are kept here. One project has one storage account.'),
      fields.storageAccount,
      fields.newStorageAccount,
      fields.resourceGroup,
      fields.newResourceGroup,
    ),
    element('div', { class: 'buttons' }, review.element, ring, why),
    element('p', {
      class: 'hint',
      text: t('Nothing is made yet: first you see a plan of every object and every role.'),
    }),
  );
  return {
    element: root,
    title: t('Create Azure Project'),
    update({ form }: WizardState) {
      for (const name of Object.keys(fields) as (keyof typeof fields)[]) {
        const control = fields[name];
        if (control instanceof SelectControl) control.update(form[name as SelectName]);
        else control.update(form[name as TextName]);
      }
      const creates = form.storageAccount.value === CREATE_NEW;
      setVisible(fields.newStorageAccount.element, creates);
      setVisible(fields.resourceGroup.element, creates);
      setVisible(
        fields.newResourceGroup.element,
        creates && form.resourceGroup.value === CREATE_NEW,
      );
      review.setDisabled(form.reviewing);
      setVisible(ring, form.reviewing);
      setText(why, form.reviewing ? t('Looking at what exists…') : (form.whyNotReview ?? ''));
      if (wantsError && !form.reviewing) {
        wantsError = false;
        Object.values(fields)
          .find((control) => control.hasError && !control.element.hidden)
          ?.focus();
      }
    },
  };
}

type SelectName =
  'account' | 'tenant' | 'subscription' | 'location' | 'storageAccount' | 'resourceGroup';
type TextName = 'newStorageAccount' | 'newResourceGroup' | 'projectName';

function makeSelect(
  name: SelectName,
  label: string,
  send: (intent: WizardIntent) => void,
  announce: (text: string) => void,
): SelectControl {
  return new SelectControl(name, { label, send, announce });
}

function makeText(
  name: TextName,
  label: string,
  maxLength: number,
  send: (intent: WizardIntent) => void,
): TextControl {
  return new TextControl(name, { label, maxLength, send });
}

function section(
  title: string,
  what: string,
  ...fields: readonly { readonly element: HTMLElement }[]
): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('h2', { text: title }),
    element('p', { class: 'what', text: what }),
    ...fields.map((field) => field.element),
  );
}
