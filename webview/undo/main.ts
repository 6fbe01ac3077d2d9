import type { UndoIntent } from '../../src/contract/undoIntent.ts';
import type { UndoState, UndoStep } from '../../src/contract/undoState.ts';
import { startPage } from '../frame.ts';
import { lookScreen } from './look.ts';
import { lookingScreen } from './looking.ts';
import { receiptScreen } from './receipt.ts';
import { runningScreen } from './running.ts';
import type { SendUndo, UndoScreen } from './screen.ts';

function makeScreen(step: UndoStep, send: SendUndo): UndoScreen {
  switch (step) {
    case 'looking':
      return lookingScreen(send);
    case 'look':
      return lookScreen(send);
    case 'running':
      return runningScreen(send);
    case 'receipt':
      return receiptScreen(send);
  }
}

startPage<UndoState, UndoIntent>(() => ({
  makeScreen: (step, { send }) => makeScreen(step, send),
}));
