import { t } from '@vscode/l10n';
import { FORM_PARTS, type FormPart, type WizardState } from '../src/contract/wizardState.ts';
import { administratorBlock, extrasBlock, rolesBlock } from './access.ts';
import { element, setText, setVisible } from './dom.ts';
import { isTyping } from './focus.ts';
import { formFields, updateFields, type FormFields } from './formFields.ts';
import { formPart, type PartElement } from './formPart.ts';
import type { Send } from './fields.ts';
import { button, progressRing } from './toolkit.ts';
import type { Screen, ScreenParts } from './screen.ts';

/** The first screen: where the project goes, who may what, which server. Built once, then updated. */
export function formScreen({ send, announce }: ScreenParts): Screen {
  const fields = formFields(send, announce);
  const blocks = [administratorBlock(announce), extrasBlock(send), rolesBlock()] as const;
  /** What the next state decides the focus for: the part that was left, or the whole form. */
  let leaving: FormPart | 'form' | undefined;
  const parts = makeParts(fields, blocks, send, (part) => (leaving = part));
  const review = button({
    label: t('Review Plan'),
    primary: true,
    onClick: () => {
      leaving = 'form';
      send({ kind: 'review' });
    },
  });
  const ring = progressRing();
  const why = element('p', { class: 'why-not' });
  const root = element(
    'div',
    { class: 'screen' },
    ...FORM_PARTS.map((part) => parts[part].element),
    element('div', { class: 'buttons' }, review.element, ring, why),
    element('p', {
      class: 'hint',
      text: t('Nothing is made yet: first you see a plan of every object and every role.'),
    }),
  );
  return {
    element: root,
    title: () => t('Create Azure Project'),
    get news() {
      return newsOf(fields);
    },
    update({ form }: WizardState) {
      updateFields(fields, form);
      for (const block of blocks) block.update(form);
      for (const part of FORM_PARTS) parts[part].update(form.parts[part]);
      review.setDisabled(form.reviewing);
      setVisible(ring, form.reviewing);
      setText(why, form.reviewing ? t('Looking at what exists…') : (form.whyNotReview ?? ''));
      if (leaving === undefined || form.reviewing) return;
      const left = leaving;
      leaving = undefined;
      // Whoever has gone on to a field meanwhile stays there.
      if (isTyping()) return;
      if (left !== 'form' && !form.parts[left].open) focusAfter(left, parts);
      else firstError(fields, root)?.focus();
    },
  };
}

function focusAfter(left: FormPart, parts: Readonly<Record<FormPart, PartElement>>): void {
  const next = FORM_PARTS[FORM_PARTS.indexOf(left) + 1];
  if (next !== undefined) parts[next].focus();
}

/** What has come up in the fields that are in sight. */
function newsOf(fields: FormFields): string | undefined {
  const news = Object.values(fields).flatMap(({ element, news }) =>
    news === undefined || element.getClientRects().length === 0 ? [] : [news],
  );
  return news.length === 0 ? undefined : news.join(' ');
}

/** As it stands on the page; what is folded away has no box. */
function firstError(fields: FormFields, root: HTMLElement) {
  const order = [...root.querySelectorAll<HTMLElement>('[data-field]')];
  return Object.values(fields)
    .filter((field) => field.hasError && field.element.getClientRects().length > 0)
    .toSorted((a, b) => order.indexOf(a.element) - order.indexOf(b.element))[0];
}

function makeParts(
  fields: FormFields,
  [administrator, extras, roles]: readonly { readonly element: HTMLElement }[],
  send: Send,
  onNext: (part: FormPart) => void,
): Readonly<Record<FormPart, PartElement>> {
  const made = (...content: readonly ({ readonly element: HTMLElement } | undefined)[]) =>
    content.flatMap((each) => (each === undefined ? [] : [each.element]));
  return {
    where: formPart({
      name: 'where',
      title: t('Where'),
      what: t('Who you are, which subscription pays, and where the project lives.'),
      content: made(
        fields.account,
        fields.tenant,
        fields.otherTenant,
        fields.subscription,
        fields.location,
        fields.projectName,
        fields.storageAccount,
        fields.newStorageAccount,
        fields.resourceGroup,
        fields.newResourceGroup,
      ),
      send,
      next: t('Next: Access'),
      onNext: () => onNext('where'),
    }),
    access: formPart({
      name: 'access',
      title: t('Access'),
      what: t('What the dstack server signs in to Azure with, and who may do what.'),
      content: made(
        fields.credentials,
        administrator,
        fields.secretDays,
        fields.appTenant,
        fields.clientId,
        fields.clientSecret,
        fields.principalId,
        extras,
        roles,
      ),
      send,
      next: t('Next: Server'),
      onNext: () => onNext('access'),
    }),
    server: formPart({
      name: 'server',
      title: t('Server'),
      what: t('The dstack server that starts VMs in your subscription when you run something.'),
      content: made(fields.server, fields.serverUrl, fields.serverToken),
      send,
    }),
  };
}
