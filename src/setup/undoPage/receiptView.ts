import { t } from '@vscode/l10n';
import type { ReceiptLineView, UndoReceiptView } from '../../contract/undoState.ts';
import type { ReceiptLine, UndoReceipt } from '../undoReceipt.ts';
import { problemView } from '../wizard/problem.ts';
import { labelOf } from './lookView.ts';

/** A receipt as the page draws it. */
export function receiptView(
  receipt: UndoReceipt,
  files: UndoReceiptView['files'] = [],
): UndoReceiptView {
  const { stillRunning } = receipt;
  return {
    outcome: receipt.outcome,
    summary: summaryOf(receipt),
    gone: receipt.gone.map((line) => lineView(line)),
    untagged: receipt.untagged.map((line) => lineView(line)),
    kept: receipt.kept.map((line) => lineView(line, line.why)),
    failed: receipt.failed.map((line) => ({ ...lineView(line), problem: problemView(line.error) })),
    left: receipt.left.map((line) =>
      lineView(
        line,
        stillRunning.includes(line.key) ? t('Azure may still finish removing it.') : undefined,
      ),
    ),
    inBin: receipt.inBin.map((line) => ({
      ...lineView(line, line.note),
      canPurge: line.kind === 'keyVault',
    })),
    files,
  };
}

function lineView(line: ReceiptLine, note?: string): ReceiptLineView {
  const { key, name } = line;
  return { key, kindLabel: labelOf(line), name, ...(note === undefined ? {} : { note }) };
}

function summaryOf({ outcome, gone, kept, failed, left }: UndoReceipt): string {
  const numbers = t('{0} gone, {1} kept.', gone.length, kept.length);
  switch (outcome) {
    case 'done':
      return kept.length === 0
        ? t('Everything that the project had made is gone.')
        : t('The project is taken back as far as you wanted: {0}', numbers);
    case 'cancelled':
      return t('Cancelled: {0} {1} left as they were.', numbers, left.length);
    case 'failed':
      return t('Not finished: {0} {1} failed.', numbers, failed.length);
  }
}
