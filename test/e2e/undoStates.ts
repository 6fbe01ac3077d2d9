import type {
  UndoItemView,
  UndoLookView,
  UndoReceiptView,
  UndoState,
} from '../../src/contract/undoState.ts';

const account = 'dstackvision37daa2cb';

const ITEMS: readonly UndoItemView[] = [
  item('server', 'dstack server', 'local dstack server', 'remove', 'The server forgets it.'),
  item('role', 'Role assignment', 'Storage Blob Data Contributor', 'remove', 'Made by this.'),
  item('vnet', 'Virtual network', 'dstack-vision-westeurope', 'remove', 'Made by this project.'),
  item('identity', 'Managed identity', `${account}-runner-identity`, 'remove', 'Made by this.'),
  {
    ...item('vault', 'Key vault', account, 'ask', 'May hold secrets. Azure keeps it for a week.'),
    ticked: false,
  },
  {
    ...item('account', 'Storage account', account, 'ask', 'Holds more: dstack-container/run-1.'),
    ticked: true,
  },
  item('nsg', 'Network security group', 'their-group', 'keep', 'Was not made by this project.'),
  item('tags', 'Resource group', 'dstack-vision', 'untag', 'Other things are in it: a, b.'),
];

/** States of every screen of the page that deletes a project. */
export const undoStates: Readonly<Record<string, UndoState>> = {
  'delete-looking': state({ step: 'looking', asking: true }),
  'delete-looking-refused': state({
    step: 'looking',
    asking: true,
    problem: { code: 'project_in_use', message: 'VMs exist: fleet-0.', remedy: 'Delete them.' },
  }),
  'delete-look-failed': state({
    step: 'looking',
    asking: false,
    problem: { code: 'network', message: 'Azure could not be reached.', remedy: 'Look again.' },
  }),
  'delete-look': state({ step: 'look', look: look({}) }),
  'delete-look-ready': state({
    step: 'look',
    look: look({ typed: 'vision', canUndo: true, whyNot: undefined }),
  }),
  'delete-blocked': state({
    step: 'look',
    look: look({
      blockers: [
        {
          code: 'project_in_use',
          message: 'VMs of the project exist: fleet-0, fleet-1.',
          remedy: 'Stop the runs and delete the fleets (dstack fleet delete), then try again.',
        },
        {
          code: 'server_unreachable',
          message: 'The dstack server does not say what is running: no answer.',
          remedy: 'Start the server, or remove the project without it.',
        },
      ],
      notes: ['Role assignments at the subscription can’t be listed: forbidden.'],
      withoutServer: false,
      whyNot: 'VMs of the project exist: fleet-0, fleet-1.',
    }),
  }),
  'delete-locked': state({
    step: 'look',
    look: look({
      items: ITEMS.map(lockedIfInGroup),
      notes: [
        'The lock “production” on the resource group dstack-vision holds some of it. Have it removed in the Azure portal, then look again; locks are never removed by this extension.',
      ],
    }),
  }),
  'delete-running': state({
    step: 'running',
    progress: {
      items: ITEMS.map(({ key, kindLabel, name }, index) => {
        const base = { key, kindLabel, name };
        if (index < 3) return { ...base, status: 'done', durationMs: index * 1500 };
        if (index === 7) {
          const note = 'Stays, and loses the project’s tags';
          return { ...base, status: 'waiting', stays: true, note };
        }
        if (index === 3) return { ...base, status: 'running', startedAt: Date.now() - 4000 };
        return { ...base, status: 'waiting' };
      }),
      ...{ fraction: 3 / 8, canCancel: true, cancelling: false, done: 3, total: 8 },
    },
  }),
  'delete-receipt': state({ step: 'receipt', receipt: receipt('done') }),
  'delete-receipt-failed': state({ step: 'receipt', receipt: receipt('failed') }),
};

function state(change: Partial<UndoState>): UndoState {
  return { revision: 1, projectName: 'vision', step: 'look', ...change };
}

function item(
  key: string,
  kindLabel: string,
  name: string,
  decision: UndoItemView['decision'],
  why: string,
): UndoItemView {
  return { key, kindLabel, name, decision, why };
}

function lockedIfInGroup(view: UndoItemView): UndoItemView {
  if (view.decision === 'keep' || view.key === 'server') return view;
  const held = 'Held by the lock “production” on the resource group dstack-vision.';
  const { key, kindLabel, name, why } = view;
  return item(key, kindLabel, name, 'locked', `${why} ${held}`);
}

function look(change: { readonly [K in keyof UndoLookView]?: UndoLookView[K] | undefined }) {
  const { whyNot, ...rest } = {
    whyNot: 'Type the name of the project to confirm.',
    ...change,
  };
  const view = {
    items: ITEMS,
    foreign: ['their-database'],
    notes: [],
    blockers: [],
    folders: { names: ['my-project'], ticked: true },
    typed: '',
    canUndo: false,
    ...rest,
  } as UndoLookView;
  return whyNot === undefined ? view : { ...view, whyNot };
}

function receipt(outcome: UndoReceiptView['outcome']): UndoReceiptView {
  const line = ({ key, kindLabel, name }: UndoItemView) => ({ key, kindLabel, name });
  const [server, role, network, identity, vault, storage, nsg, group] = ITEMS.map(line);
  const some = <T>(...lines: readonly (T | undefined)[]): readonly T[] =>
    lines.filter((each) => each !== undefined);
  return {
    outcome,
    summary: outcome === 'done' ? 'Taken back: 5 gone, 2 kept.' : 'Not finished: 1 failed.',
    gone: some(server, role, network, identity, vault),
    untagged: some(group),
    kept: some(storage, nsg).map((each) => ({ ...each, note: 'Holds data: run-1, run-2.' })),
    failed:
      outcome === 'done'
        ? []
        : some(network).map((each) => ({
            ...each,
            problem: {
              code: 'locked',
              message: 'The lock “production” stops the delete.',
              remedy: 'Ask whoever set the lock to lift it.',
            },
          })),
    left: [],
    inBin: some(vault).map((each) => ({
      ...each,
      note: 'Azure keeps it for seven days; its name stays taken until it is purged.',
      canPurge: true,
    })),
    files: [{ path: '.dstack/config.yml', note: 'deleted: Nothing else was in it.' }],
  };
}
