import { t } from '@vscode/l10n';
import type { HandOffView, ProgressView, WizardState } from '../src/contract/wizardState.ts';
import { element, setChildren, setText, setVisible } from './dom.ts';
import { handOffCard } from './handOff.ts';
import type { Screen, ScreenParts } from './screen.ts';
import { steps } from './steps.ts';
import { button } from './toolkit.ts';

/** The third screen: each object live, with its time and, if it failed, why and what now. */
export function progressScreen({ send }: ScreenParts): Screen {
  const counted = element('p', { class: 'summary' });
  const all = steps((key) => send({ kind: 'retryStep', key }));
  const handOff = element('div');
  const goOn = button({
    label: t('Continue'),
    primary: true,
    onClick: () => send({ kind: 'continue' }),
  });
  const cancel = button({ label: t('Cancel'), onClick: () => send({ kind: 'cancel' }) });
  const leave = button({ label: t('Leave Running'), onClick: () => send({ kind: 'leave' }) });
  const back = button({
    label: t('Back to the Form'),
    onClick: () => send({ kind: 'backToForm' }),
  });
  const undo = button({ label: t('Delete What Was Made…'), onClick: () => send({ kind: 'undo' }) });
  let shown: HandOffView | undefined;
  const root = element(
    'div',
    { class: 'screen' },
    counted,
    all.bar,
    handOff,
    element('section', { class: 'card' }, all.list),
    element(
      'div',
      { class: 'buttons' },
      ...[goOn, cancel, leave, back, undo].map((each) => each.element),
    ),
  );
  return {
    element: root,
    title: ({ progress }) => titleOf(progress),
    update({ progress }: WizardState) {
      if (progress === undefined) return;
      setText(counted, summary(progress));
      all.update(progress.items, progress.fraction);
      if (progress.handOff?.text !== shown?.text) {
        shown = progress.handOff;
        setChildren(handOff, shown === undefined ? [] : [handOffCard(shown, whatNow(), send)]);
      }
      setVisible(handOff, shown !== undefined);
      const { canContinue, cancelling } = progress;
      for (const each of [goOn, back, undo]) setVisible(each.element, canContinue);
      setVisible(cancel.element, progress.canCancel || cancelling);
      setVisible(leave.element, progress.canCancel);
      cancel.setDisabled(cancelling);
      cancel.setLabel(cancelling ? t('Cancelling…') : t('Cancel'));
    },
  };
}

function whatNow(): string {
  return t('Give them these commands. What they have done is found by Continue.');
}

function titleOf(progress?: ProgressView): string {
  if (progress?.cancelling === true) return t('Cancelling');
  if (progress?.canContinue !== true) return t('Creating the project');
  const isHandedOff = progress.items.every(({ status }) => status !== 'failed');
  return progress.handOff !== undefined && isHandedOff
    ? t('Waiting for an administrator')
    : t('The set-up has stopped');
}

function summary({ canContinue, done, total }: ProgressView): string {
  return canContinue
    ? t('Stopped: {0} of {1} steps are done. Continue goes on where it stopped.', done, total)
    : t('{0} of {1} steps are done.', done, total);
}
