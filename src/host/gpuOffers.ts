import * as vscode from 'vscode';
import { quotaPath } from '../projects/portalPath.ts';
import { isCancellation, SetupError } from '../setup/errors.ts';
import { offerText, resourcesLine, type GpuOffer } from '../setup/gpuOffer.ts';
import type { Binding, Bindings } from './binding.ts';
import { restriction } from './cloud.ts';
import type { FoundDstack } from './localServer.ts';
import { dstackCli, type LocalServerCommandParts } from './localServerCommands.ts';
import { LOCAL_SERVER_URL } from './localServerUrl.ts';
import { openInPortal } from './portal.ts';
import type { Secrets } from './secrets.ts';
import { locationOf, noToken } from './starterFiles.ts';

/** Asks dstack for its offers; made of `src/local` and `src/dstack`, which `host` does not know. */
export type ListGpuOffers = (
  request: {
    readonly command: FoundDstack;
    readonly question: { readonly url: string; readonly project: string; readonly token: string };
    readonly location: string;
  },
  signal: AbortSignal,
) => Promise<readonly GpuOffer[]>;

export interface GpuOfferParts {
  readonly bindings: Bindings;
  readonly secrets: Pick<Secrets, 'token'>;
  readonly localServer: LocalServerCommandParts;
  readonly list: () => Promise<ListGpuOffers>;
}

/**
 * Shows what dstack would rent in the location of a folder's project, as a list to search in. Choosing
 * an offer copies the line that asks for it.
 */
export async function showGpuOffers(
  folder: vscode.WorkspaceFolder,
  parts: GpuOfferParts,
): Promise<void> {
  const restricted = restriction();
  if (restricted !== undefined) throw restricted;
  const binding = parts.bindings.of(folder.uri.toString());
  const location = locationOf(binding, folder);
  if (binding === undefined) return;
  const command = await dstackCli(parts.localServer);
  if (command === undefined) return;
  const token = await parts.secrets.token(binding);
  if (token === undefined) throw noToken(binding.projectName);
  const question = { url: binding.serverUrl, project: binding.projectName, token };
  try {
    await showList(binding, location, async (signal) => {
      const list = await parts.list();
      return list({ command, question, location }, signal);
    });
  } catch (error) {
    await offerStart(error, binding);
  }
}

type OfferItem = vscode.QuickPickItem & { readonly choose?: () => Promise<void> };

/** Resolves when the list is closed. What the listing fails with closes it, and is thrown. */
async function showList(
  binding: Binding,
  location: string,
  ask: (signal: AbortSignal) => Promise<readonly GpuOffer[]>,
): Promise<void> {
  const pick = vscode.window.createQuickPick<OfferItem>();
  const abort = new AbortController();
  const quota = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open Quota in Portal'),
  };
  const openQuota = () => openInPortal(quotaPath(binding.tenantId));
  pick.title = vscode.l10n.t('GPU offers of {0} in {1}', binding.projectName, location);
  pick.placeholder = vscode.l10n.t('Asking dstack, which can take half a minute…');
  pick.buttons = [quota];
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  const closed = new Promise<void>((resolve) => pick.onDidHide(resolve));
  void closed.then(() => abort.abort());
  pick.onDidTriggerButton(() => void openQuota());
  pick.onDidAccept(() => {
    void pick.selectedItems[0]?.choose?.();
    pick.hide();
  });
  pick.show();
  try {
    const offers = await ask(abort.signal);
    pick.placeholder = placeholder(offers.length);
    pick.items = offers.length === 0 ? noOffers(location, openQuota) : offers.map(offerItem);
    pick.busy = false;
    await closed;
  } finally {
    pick.dispose();
  }
}

function placeholder(count: number): string {
  return count === 0
    ? vscode.l10n.t('No GPU offers')
    : vscode.l10n.t('Search by GPU, size or price. Enter copies the line for "resources".');
}

function offerItem(offer: GpuOffer): OfferItem {
  return {
    ...offerText(offer),
    async choose() {
      const line = resourcesLine(offer);
      await vscode.env.clipboard.writeText(line);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', line), SHOWN_MS);
    },
  };
}

const SHOWN_MS = 5_000;

/** Why a list can be empty: not for want of quota, which is only asked for when a run starts. */
function noOffers(location: string, openQuota: () => Promise<void>): readonly OfferItem[] {
  return [
    {
      label: vscode.l10n.t('dstack has no GPU offers in {0}', location),
      detail: vscode.l10n.t(
        'It rents certain series only (NC, ND and NV A10), and Azure may have none of them here. A server that has just started has no prices yet.',
      ),
      alwaysShow: true,
    },
    {
      label: vscode.l10n.t('Open Quota in Portal'),
      detail: vscode.l10n.t('An offer needs no quota, but a run does: see what is left.'),
      iconPath: new vscode.ThemeIcon('link-external'),
      alwaysShow: true,
      choose: openQuota,
    },
  ];
}

/** Where only the local server is missing, one click starts it. */
async function offerStart(error: unknown, { serverUrl }: Binding): Promise<void> {
  if (isCancellation(error)) return;
  const isDown = error instanceof SetupError && error.code === 'server_unreachable';
  if (!isDown || serverUrl !== LOCAL_SERVER_URL) throw error;
  const start = vscode.l10n.t('Start Local Server');
  const text = vscode.l10n.t('Offers come from the dstack server, which does not run.');
  if ((await vscode.window.showWarningMessage(text, start)) === start) {
    await vscode.commands.executeCommand('dstackAzure.startLocalServer');
  }
}
