import { t } from '@vscode/l10n';
import type { ReceiptLineView, UndoReceiptView, UndoState } from '../../src/contract/undoState.ts';
import { element, setChildren, setVisible } from '../dom.ts';
import { filesCard } from '../filesCard.ts';
import { icon } from '../icons.ts';
import { problemText } from '../problem.ts';
import { button } from '../toolkit.ts';
import { group } from './lookItems.ts';
import type { SendUndo, UndoScreen } from './screen.ts';

/** What has become of each object: gone, kept and why. */
export function receiptScreen(send: SendUndo): UndoScreen {
  const body = element('div', { class: 'stack' });
  const again = button({
    label: t('Look Again'),
    primary: true,
    onClick: () => send({ kind: 'lookAgain' }),
  });
  const save = button({ label: t('Save Receipt…'), onClick: () => send({ kind: 'saveReceipt' }) });
  const open = button({
    label: t('Open as Document'),
    onClick: () => send({ kind: 'openReceipt' }),
  });
  const close = button({ label: t('Close'), onClick: () => send({ kind: 'leave' }) });
  let drawn: UndoReceiptView | undefined;
  return {
    element: element(
      'div',
      { class: 'screen' },
      body,
      element(
        'div',
        { class: 'buttons' },
        ...[again, save, open, close].map((each) => each.element),
      ),
    ),
    title: ({ projectName, receipt }) => titleOf(projectName, receipt?.outcome),
    update({ receipt }: UndoState) {
      if (receipt === undefined) return;
      setVisible(again.element, receipt.outcome !== 'done');
      const isSame = JSON.stringify(receipt) === JSON.stringify(drawn);
      drawn = receipt;
      if (!isSame) setChildren(body, receiptNodes(receipt, send));
    },
  };
}

function titleOf(projectName: string, outcome: UndoReceiptView['outcome'] | undefined): string {
  switch (outcome) {
    case 'cancelled':
      return t('Deleting was cancelled');
    case 'failed':
      return t('Not everything could be deleted');
    case 'done':
    case undefined:
      return t('The project {0} is deleted', projectName);
  }
}

function receiptNodes(receipt: UndoReceiptView, send: SendUndo): readonly Node[] {
  const isDone = receipt.outcome === 'done';
  const part = (
    title: string,
    sign: Parameters<typeof group>[1],
    lines: readonly ReceiptLineView[],
  ): readonly Node[] => (lines.length === 0 ? [] : [group(title, sign, lines.map(lineRow))]);
  return [
    element(
      'div',
      { class: isDone ? 'banner success' : 'banner warning' },
      icon(isDone ? 'done' : 'warning'),
      element('span', { text: receipt.summary }),
    ),
    ...(receipt.failed.length === 0
      ? []
      : [group(t('Failed'), 'failed', receipt.failed.map(failedRow))]),
    ...part(t('Kept'), 'adopt', receipt.kept),
    ...part(t('Not reached'), 'waiting', receipt.left),
    ...part(t('Stays without the project’s tags'), 'update', receipt.untagged),
    ...(receipt.inBin.length === 0
      ? []
      : [
          group(
            t('In Azure’s bin'),
            'info',
            receipt.inBin.map((line) => binRow(line, send)),
          ),
        ]),
    ...part(t('Gone'), 'done', receipt.gone),
    ...(receipt.files.length === 0 ? [] : [filesCard(receipt.files)]),
  ];
}

function lineRow({ key, kindLabel, name, note }: ReceiptLineView): HTMLElement {
  return element(
    'li',
    { class: 'item', attributes: { 'data-key': key } },
    element(
      'div',
      { class: 'item-head' },
      element('span', { class: 'kind', text: kindLabel }),
      element('span', { class: 'name', text: name, attributes: { title: name } }),
    ),
    note === undefined ? undefined : element('p', { class: 'reason', text: note }),
  );
}

function failedRow({ problem, ...line }: UndoReceiptView['failed'][number]): HTMLElement {
  const row = lineRow(line);
  row.append(element('p', { class: 'problem' }, ...problemText(problem)));
  return row;
}

function binRow(line: UndoReceiptView['inBin'][number], send: SendUndo): HTMLElement {
  const row = lineRow(line);
  if (!line.canPurge) return row;
  const purge = button({
    label: t('Purge…'),
    title: t('Purge {0}', line.name),
    onClick: () => send({ kind: 'purge', key: line.key }),
  });
  row.append(element('div', { class: 'field-actions' }, purge.element));
  return row;
}
