import { t } from '@vscode/l10n';
import type {
  AdministratorView,
  ExtraView,
  RoleView,
  WizardForm,
} from '../src/contract/wizardState.ts';
import { element, setChildren, setText, setVisible } from './dom.ts';
import type { Send } from './fields.ts';
import { icon } from './icons.ts';
import { button } from './toolkit.ts';

interface Block {
  readonly element: HTMLElement;
  update(form: WizardForm): void;
}

/** What to send to an administrator; the fields for what comes back stand below it. */
export function administratorBlock(announce: (text: string) => void): Block {
  let shown: AdministratorView | undefined;
  const text = element('pre', { attributes: { tabindex: '0' } });
  const copy = button({
    label: t('Copy for the Administrator'),
    onClick: () => {
      if (shown === undefined) return;
      void navigator.clipboard.writeText(shown.text).then(() => {
        copy.setLabel(t('Copied'));
        announce(t('Copied'));
      });
    },
  });
  const root = element(
    'div',
    { class: 'field inset' },
    element('p', {
      text: t('Send this to whoever may register apps. When the answer is there, enter it below.'),
    }),
    element('div', { class: 'buttons' }, copy.element),
    element('details', {}, element('summary', { text: t('Show the commands') }), text),
  );
  return {
    element: root,
    update({ administrator }) {
      setVisible(root, administrator !== undefined);
      if (administrator === undefined || administrator.text === shown?.text) return;
      shown = administrator;
      setText(text, administrator.text);
      copy.setLabel(t('Copy for the Administrator'));
    },
  };
}

/** Ticks for what most projects do without; folded away until one is set. */
export function extrasBlock(send: Send): Block {
  const rows = new Map<ExtraView['name'], ReturnType<typeof extraRow>>();
  const list = element('div', { class: 'choices' });
  const root = element(
    'details',
    { class: 'field more' },
    element('summary', { text: t('Extras') }),
    list,
  );
  return {
    element: root,
    update({ extras }) {
      if (rows.size === 0 && extras.some(({ checked }) => checked)) root.open = true;
      for (const extra of extras) {
        const row = rows.get(extra.name) ?? extraRow(extra, send);
        rows.set(extra.name, row);
        row.update(extra);
      }
      setChildren(
        list,
        [...rows.values()].map((row) => row.element),
      );
    },
  };
}

function extraRow(extra: ExtraView, send: Send) {
  const { name } = extra;
  const id = `extra-${name}`;
  const input = element('input', {
    id,
    class: 'checkbox',
    attributes: { type: 'checkbox', 'aria-describedby': `${id}-detail` },
  });
  input.addEventListener('change', () =>
    send({ kind: 'extra', extra: name, checked: input.checked }),
  );
  const label = element('label', { text: extra.label });
  label.htmlFor = id;
  const warning = element('p', { class: 'extra-warning' }, icon('warning'));
  warning.append(element('span', { text: extra.warning ?? '' }));
  setVisible(warning, extra.warning !== undefined);
  const detail = element(
    'div',
    { id: `${id}-detail`, class: 'choice-detail' },
    element('p', { text: extra.detail }),
    warning,
  );
  return {
    element: element('div', { class: 'choice' }, input, element('div', {}, label, detail)),
    update({ checked }: ExtraView) {
      input.checked = checked;
    },
  };
}

/** Every right that will be given, before anybody has to read a plan. */
export function rolesBlock(): Block {
  let drawn = '';
  const list = element('ul', { class: 'items' });
  const root = element(
    'details',
    { class: 'field more' },
    element('summary', { text: t('Who gets which right') }),
    list,
  );
  return {
    element: root,
    update({ roles }) {
      setVisible(root, roles.length > 0);
      const now = JSON.stringify(roles);
      if (now === drawn) return;
      drawn = now;
      setChildren(list, roles.map(roleRow));
    },
  };
}

function roleRow({ who, what, where }: RoleView): HTMLElement {
  return element(
    'li',
    { class: 'item' },
    element('span', { class: 'name', text: who }),
    element('p', { class: 'purpose', text: what }),
    element('p', { class: 'scope', text: t('Reaches {0}.', where) }),
  );
}
