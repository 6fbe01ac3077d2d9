import type { WizardIntent } from '../src/contract/wizardIntent.ts';
import type { WizardState, WizardStep } from '../src/contract/wizardState.ts';
import { doneScreen } from './done.ts';
import { formScreen } from './form.ts';
import { startPage } from './frame.ts';
import { progressScreen } from './progress.ts';
import { stepRail } from './rail.ts';
import { reviewScreen } from './review.ts';
import type { Screen, ScreenParts } from './screen.ts';

function makeScreen(step: WizardStep, parts: ScreenParts): Screen {
  switch (step) {
    case 'form':
      return formScreen(parts);
    case 'review':
      return reviewScreen(parts);
    case 'progress':
      return progressScreen(parts);
    case 'done':
      return doneScreen(parts);
  }
}

startPage<WizardState, WizardIntent>(() => ({
  makeScreen,
  rail: stepRail(),
  toIntent: (action) => ({ kind: 'problemAction', action }),
}));
