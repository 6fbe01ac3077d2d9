/** Whether the focus was on what is no longer there to be seen. */
export function hasLostFocus(focused: Element | null): boolean {
  if (focused === null || focused === document.body) return false;
  const now = document.activeElement;
  if (now !== focused && now !== document.body) return false;
  return !focused.isConnected || focused.getClientRects().length === 0;
}

/** Whether somebody is in the middle of a text: nothing may take the focus from them. */
export function isTyping(): boolean {
  return (
    document.activeElement?.matches(
      'input:not([type=radio], [type=checkbox]), vscode-text-field',
    ) ?? false
  );
}
