/** What an element is made with. Text is text: there is no way to hand in markup. */
export interface Properties {
  readonly class?: string;
  readonly id?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes an element with its children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly (Node | undefined)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.id !== undefined) made.id = properties.id;
  if (properties.text !== undefined) made.textContent = properties.text;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) {
    made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Sets text only where it differs, so that nothing is announced or selected anew for nothing. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Sets or, with undefined, removes an attribute. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Shows or hides without removing, so that focus and ids stay where they are. */
export function setVisible(target: HTMLElement, visible: boolean): void {
  if (target.hidden === visible) target.hidden = !visible;
}

/**
 * Makes the children exactly these. Those that stay are not touched, whatever comes and goes beside
 * them: an element that is taken out and put back loses the focus, and the press that it is under.
 */
export function setChildren(parent: Element, children: readonly Node[]): void {
  const staying = new Set(children);
  for (const child of [...parent.childNodes]) if (!staying.has(child)) child.remove();
  for (const [index, child] of children.entries()) {
    const there = parent.childNodes[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  }
}
