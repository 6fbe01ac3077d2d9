import * as vscode from 'vscode';
import { cancellation, isCancellation } from '../setup/errors.ts';

/** The person wants the question before this one again. */
export const BACK = Symbol('back');

/** Where a question stands among the others. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

export interface QuickChoice extends vscode.QuickPickItem {
  readonly value: string;
  /** Shown, but not to be chosen, and why. */
  readonly disabledReason?: string | undefined;
}

/**
 * A list to search in, shown at once and busy until its rows are there.
 * @returns the row's value; BACK where there is a question before
 * @throws AbortError when the question is closed; what `load` throws
 */
export async function pickOne(
  place: Place,
  placeholder: string,
  load: (signal: AbortSignal) => Promise<readonly QuickChoice[]>,
): Promise<QuickChoice | typeof BACK> {
  const input = vscode.window.createQuickPick<QuickChoice>();
  input.placeholder = placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.busy = true;
  return ask(input, place, (settle, fail, signal) => {
    load(signal).then(
      (items) => {
        input.items = items;
        input.busy = false;
      },
      (error: unknown) => fail(error),
    );
    return input.onDidAccept(() => {
      const [chosen] = input.selectedItems;
      if (chosen === undefined) return;
      if (chosen.disabledReason === undefined) settle(chosen);
      else input.placeholder = chosen.disabledReason;
    });
  });
}

/** A text with what is wrong with it beside it. */
export async function typeOne(
  place: Place,
  prompt: string,
  value: string,
  problem: (text: string) => string | undefined,
): Promise<string | typeof BACK> {
  const input = vscode.window.createInputBox();
  input.prompt = prompt;
  input.value = value;
  return ask<string>(input, place, (settle) => {
    const check = (): void => {
      input.validationMessage = problem(input.value.trim());
    };
    return vscode.Disposable.from(
      input.onDidChangeValue(check),
      input.onDidAccept(() => {
        check();
        if (input.validationMessage === undefined) settle(input.value.trim());
      }),
    );
  });
}

async function ask<T>(
  input: vscode.QuickPick<QuickChoice> | vscode.InputBox,
  place: Place,
  start: (
    settle: (value: T) => void,
    fail: (error: unknown) => void,
    signal: AbortSignal,
  ) => vscode.Disposable,
): Promise<T | typeof BACK> {
  const closed = new AbortController();
  const subscriptions: { dispose(): unknown }[] = [input];
  try {
    return await new Promise<T | typeof BACK>((resolve, reject) => {
      Object.assign(input, place);
      input.ignoreFocusOut = true;
      if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
      subscriptions.push(
        input.onDidTriggerButton(() => resolve(BACK)),
        input.onDidHide(() => reject(cancellation())),
        start(
          resolve,
          (error) => {
            if (!isCancellation(error)) reject(error instanceof Error ? error : cancellation());
          },
          closed.signal,
        ),
      );
      input.show();
    });
  } finally {
    closed.abort();
    vscode.Disposable.from(...subscriptions).dispose();
  }
}
