import { t } from '@vscode/l10n';
import type { UndoLookView, UndoState } from '../../src/contract/undoState.ts';
import { checkbox } from '../checkbox.ts';
import { element, setChildren, setText, setVisible } from '../dom.ts';
import { icon } from '../icons.ts';
import { problemText } from '../problem.ts';
import { button, textField } from '../toolkit.ts';
import { lookGroups } from './lookItems.ts';
import type { SendUndo, UndoScreen } from './screen.ts';
import { ticksCard } from './ticks.ts';

/** Everything that would go, what can be ticked, what stays, and the name to type. */
export function lookScreen(send: SendUndo): UndoScreen {
  const hindrances = element('div', { class: 'stack' });
  const withoutServer = checkbox({ onChange: (on) => send({ kind: 'withoutServer', on }) });
  const going = element('div', { class: 'stack' });
  const ticks = ticksCard(send);
  const staying = element('div', { class: 'stack' });
  const folder = folderCard(send);
  const confirm = confirmCard(send);
  const remove = button({
    label: t('Delete Project'),
    primary: true,
    onClick: () => send({ kind: 'undo' }),
  });
  const again = button({ label: t('Look Again'), onClick: () => send({ kind: 'lookAgain' }) });
  const why = element('p', { class: 'why-not' });
  let drawn = '';
  return {
    element: element(
      'div',
      { class: 'screen' },
      element('p', {
        class: 'summary',
        text: t(
          'Nothing has been deleted yet. Right before each object goes, it is proved once more to be this project’s.',
        ),
      }),
      hindrances,
      withoutServer.element,
      going,
      ticks.element,
      staying,
      folder.element,
      confirm.element,
      element('div', { class: 'buttons' }, remove.element, again.element, why),
    ),
    title: ({ projectName }) => t('Delete the project {0}?', projectName),
    update({ look, projectName }: UndoState) {
      if (look === undefined) return;
      const key = JSON.stringify([look.items.map(unticked), look.foreign, look.notes]);
      setChildren(hindrances, hindranceNodes(look, hindrances));
      if (key !== drawn) {
        drawn = key;
        const groups = lookGroups(look);
        setChildren(going, groups.going);
        setChildren(staying, groups.staying);
      }
      setVisible(withoutServer.element, look.withoutServer !== undefined);
      withoutServer.update({
        checked: look.withoutServer === true,
        label: t('Delete without telling the dstack server'),
      });
      ticks.update(look.items);
      folder.update(look);
      confirm.update(look, projectName);
      remove.setDisabled(!look.canUndo);
      setText(why, look.whyNot ?? '');
    },
  };
}

function unticked({ key, decision, why, name }: UndoLookView['items'][number]) {
  return [key, decision, why, name];
}

/** What is in the way and what is not known; drawn anew only where it differs. */
function hindranceNodes({ blockers, notes }: UndoLookView, shown: HTMLElement): readonly Node[] {
  const key = JSON.stringify([blockers, notes]);
  if (shown.dataset['shown'] === key) return [...shown.childNodes];
  shown.dataset['shown'] = key;
  return [
    ...blockers.map((problem) => element('div', { class: 'banner' }, ...problemText(problem))),
    ...notes.map((text) =>
      element('div', { class: 'banner warning' }, icon('warning'), element('span', { text })),
    ),
  ];
}

function folderCard(send: SendUndo) {
  const about = element('p', {
    class: 'reason',
    text: t(
      'The project’s entries in the files of .dstack, the variables of its terminals, and its token in VS Code. What others wrote stays.',
    ),
  });
  const box = checkbox({
    onChange: (on) => send({ kind: 'tickFolders', on }),
    describedBy: about,
  });
  const card = element('section', { class: 'card' }, box.element, about);
  return {
    element: card,
    update({ folders }: UndoLookView) {
      setVisible(card, folders !== undefined);
      if (folders === undefined) return;
      const label = t('Take the project out of the folder {0}', folders.names.join(', '));
      box.update({ checked: folders.ticked, label });
    },
  };
}

function confirmCard(send: SendUndo) {
  const hint = element('p', { class: 'hint' });
  const field = textField({
    label: t('Project name, to confirm'),
    maxLength: 50,
    onInput: (value) => send({ kind: 'type', value }),
    describedBy: [hint],
  });
  return {
    element: element(
      'section',
      { class: 'card' },
      element('div', { class: 'field first' }, field.element, hint),
    ),
    update({ typed }: UndoLookView, projectName: string) {
      field.setValue(typed);
      setText(hint, t('Type {0}. What is deleted can’t be brought back.', projectName));
    },
  };
}
