import { t } from '@vscode/l10n';
import type { ReceiptLineView, UndoReceiptView } from '../../contract/undoState.ts';
import { inline, plain } from '../markdown.ts';
import type { ProjectSpec } from '../projectSpec.ts';
import type { UndoReceipt } from '../undoReceipt.ts';

/** A receipt to keep: what is gone, what stays and why, with the ids that Azure knows. */
export function receiptMarkdown(
  spec: ProjectSpec,
  receipt: UndoReceipt,
  view: UndoReceiptView,
  now: number,
): string {
  const ids = new Map(
    [...receipt.gone, ...receipt.untagged, ...receipt.kept, ...receipt.failed, ...receipt.left].map(
      ({ key, id }) => [key, id],
    ),
  );
  const part = (title: string, lines: readonly ReceiptLineView[]): readonly string[] =>
    lines.length === 0
      ? []
      : [`## ${title}`, lines.map((line) => lineText(line, ids.get(line.key))).join('\n')];
  const parts = [
    `# ${t('Receipt: the dstack project {0} was deleted', spec.name)}`,
    plain(view.summary),
    facts(spec, receipt, now),
    ...part(t('Gone'), view.gone),
    ...part(t('In Azure’s bin'), view.inBin),
    ...part(t('Stays without the project’s tags'), view.untagged),
    ...part(t('Kept'), view.kept),
    ...part(
      t('Failed'),
      view.failed.map(({ problem, ...line }) => ({
        ...line,
        note: `${problem.message} ${problem.remedy}`,
      })),
    ),
    ...part(t('Not reached'), view.left),
    ...files(view),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts(spec: ProjectSpec, { runId }: UndoReceipt, now: number): string {
  return [
    `- ${t('When')}: ${new Date(now).toISOString()}`,
    `- ${t('Subscription')}: ${inline(spec.subscriptionId)}`,
    `- ${t('Resource group')}: ${inline(spec.resourceGroup.name)}`,
    `- ${t('Storage account')}: ${inline(spec.storageAccount.name)}`,
    `- ${t('Run')}: ${inline(runId)}`,
  ].join('\n');
}

function lineText({ kindLabel, name, note }: ReceiptLineView, id: string | undefined): string {
  const why = note === undefined ? '' : `: ${plain(note)}`;
  const where = id === undefined ? '' : `\n  ${inline(id)}`;
  return `- ${plain(kindLabel)} ${inline(name)}${why}${where}`;
}

function files({ files: changed }: UndoReceiptView): readonly string[] {
  if (changed.length === 0) return [];
  const lines = changed.map(({ path, note }) => `- ${inline(path)}: ${plain(note)}`);
  return [`## ${t('Files')}`, lines.join('\n')];
}
