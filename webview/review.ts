import { t } from '@vscode/l10n';
import type {
  ExportFormat,
  PlanAction,
  PlanItemView,
  PlanView,
  WizardState,
} from '../src/contract/wizardState.ts';
import { element, setChildren } from './dom.ts';
import { filesCard } from './filesCard.ts';
import { handOffCard } from './handOff.ts';
import { icon, type IconName } from './icons.ts';
import { costsCard, portsCard } from './planFacts.ts';
import { problemText } from './problem.ts';
import { rightsCard } from './rightsCard.ts';
import type { Screen, ScreenParts } from './screen.ts';
import { button } from './toolkit.ts';

/** The second screen: every object with what happens to it, before anything happens. */
export function reviewScreen({ send }: ScreenParts): Screen {
  const body = element('div', { class: 'stack' });
  let plan: PlanView | undefined;
  let drawn = '';
  const apply = button({
    label: t('Create Project'),
    primary: true,
    onClick: () => {
      if (plan !== undefined) send({ kind: 'apply', planId: plan.planId });
    },
  });
  const back = button({ label: t('Back'), onClick: () => send({ kind: 'backToForm' }) });
  const root = element(
    'div',
    { class: 'screen' },
    body,
    element(
      'div',
      { class: 'buttons' },
      apply.element,
      back.element,
      element(
        'div',
        { class: 'buttons aside' },
        exportButton(t('Export as Markdown'), 'markdown', send),
        exportButton(t('Export as ARM Template'), 'template', send),
      ),
    ),
  );
  return {
    element: root,
    title: () => t('Review the plan'),
    update(state: WizardState) {
      if (state.plan === undefined) return;
      plan = state.plan;
      apply.setDisabled(!plan.canApply);
      // Not the plan's id: what was found about the same changes (rights, locks) may be another.
      const now = JSON.stringify(plan);
      if (now === drawn) return;
      drawn = now;
      setChildren(body, planNodes(plan, send));
    },
  };
}

/** For whoever has to agree first, or runs it by other means: the plan as a document. */
function exportButton(label: string, format: ExportFormat, send: ScreenParts['send']): HTMLElement {
  return button({ label, onClick: () => send({ kind: 'exportPlan', format }) }).element;
}

interface Group {
  readonly title: string;
  readonly icon: IconName;
  readonly actions: readonly PlanAction[];
  /** What needs no look is folded away. */
  readonly folded?: boolean;
}

function handOffWhat(): string {
  return t(
    'You may not do these steps yourself. Everything else runs; give the commands to an administrator, then press Continue.',
  );
}

function planNodes(plan: PlanView, send: ScreenParts['send']): readonly Node[] {
  return [
    element('p', {
      class: 'summary',
      text: [`${plan.summary}.`, plan.duration].filter((each) => each !== undefined).join(' '),
    }),
    ...(plan.problems ?? []).map((problem) =>
      element('div', { class: 'banner' }, ...problemText(problem)),
    ),
    ...plan.warnings.map((text) =>
      element('div', { class: 'banner warning' }, icon('warning'), element('span', { text })),
    ),
    ...(plan.handOff === undefined ? [] : [handOffCard(plan.handOff, handOffWhat(), send)]),
    ...groups().flatMap((group) => {
      const items = plan.items.filter(({ action }) => group.actions.includes(action));
      return items.length === 0 ? [] : [groupNode(group, items)];
    }),
    ...(plan.ports.length === 0 ? [] : [portsCard(plan.ports)]),
    costsCard(plan.costs),
    ...(plan.files.length === 0 ? [] : [filesCard(plan.files)]),
    ...(plan.rights === undefined ? [] : [rightsCard(plan.rights)]),
  ];
}

function groups(): readonly Group[] {
  return [
    { title: t('In the way'), icon: 'failed', actions: ['conflict'] },
    { title: t('To create'), icon: 'create', actions: ['create'] },
    { title: t('To change'), icon: 'update', actions: ['update', 'replace'] },
    { title: t('Used as they are'), icon: 'adopt', actions: ['adopt'] },
    { title: t('Already right'), icon: 'done', actions: ['keep'], folded: true },
  ];
}

function groupNode(group: Group, items: readonly PlanItemView[]): HTMLElement {
  const heading = element(
    'h2',
    { class: `group-${group.icon}` },
    icon(group.icon),
    element('span', { text: group.title }),
    element('span', { class: 'count', text: items.length.toString() }),
  );
  const list = element('ul', { class: 'items' }, ...items.map(itemNode));
  if (group.folded !== true) return element('section', { class: 'card' }, heading, list);
  const details = element('details', {}, element('summary', {}, heading), list);
  return element('section', { class: 'card' }, details);
}

function itemNode(item: PlanItemView): HTMLElement {
  const obvious = item.action === 'create' || item.action === 'keep';
  return element(
    'li',
    { class: 'item', attributes: { 'data-key': item.key, 'data-action': item.action } },
    element(
      'div',
      { class: 'item-head' },
      element('span', { class: 'kind', text: item.kindLabel }),
      element('span', { class: 'name', text: item.name, attributes: { title: item.name } }),
    ),
    element('p', { class: 'purpose', text: item.purpose }),
    reach(item),
    obvious ? undefined : element('p', { class: 'reason', text: item.reason }),
  );
}

/** Who may do it and where: what a role is judged by. */
function reach({ grantedTo, scope }: PlanItemView): HTMLElement | undefined {
  const parts = [
    ...(grantedTo === undefined ? [] : [t('Given to {0}.', grantedTo)]),
    ...(scope === undefined ? [] : [t('Reaches {0}.', scope)]),
  ];
  return parts.length === 0 ? undefined : element('p', { class: 'scope', text: parts.join(' ') });
}
