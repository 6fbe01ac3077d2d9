import { t } from '@vscode/l10n';
import type { WizardStep } from '../src/contract/wizardState.ts';
import { element, setAttribute } from './dom.ts';

const STEPS: readonly WizardStep[] = ['form', 'review', 'progress', 'done'];

/** Where among the wizard's steps the page is. */
export function stepRail(): { readonly element: HTMLElement; mark(step: WizardStep): void } {
  const items = STEPS.map((step) => element('li', { text: stepLabel(step) }));
  return {
    element: element('ol', { class: 'rail', attributes: { 'aria-label': t('Steps') } }, ...items),
    mark(step) {
      const reached = STEPS.indexOf(step);
      for (const [index, item] of items.entries()) {
        item.classList.toggle('past', index < reached);
        setAttribute(item, 'aria-current', index === reached ? 'step' : undefined);
      }
    },
  };
}

function stepLabel(step: WizardStep): string {
  switch (step) {
    case 'form':
      return t('Choose');
    case 'review':
      return t('Review');
    case 'progress':
      return t('Create');
    case 'done':
      return t('Done');
  }
}
