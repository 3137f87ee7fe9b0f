/** Small, typed steps around the DOM that several modules share. */

export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(root: ParentNode, selector: string): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

/** Like `all`, but the root itself counts too: htmx hands over the swapped element, not its parent. */
export function within<T extends HTMLElement = HTMLElement>(root: Element, selector: string): T[] {
  const own = root.matches(selector) ? [root as T] : [];
  return [...own, ...all<T>(root, selector)];
}

export function announce<T>(kind: string, detail: T, target: EventTarget = document.body): void {
  target.dispatchEvent(new CustomEvent(`damrong:${kind}`, { detail, bubbles: true }));
}

export function on<T>(kind: string, listener: (detail: T) => void): void {
  document.body.addEventListener(`damrong:${kind}`, (event) => listener((event as CustomEvent<T>).detail));
}

export function setText(element: Element | null, value: string): void {
  // Writing the same words again would make a screen reader say them again.
  if (element && element.textContent !== value) element.textContent = value;
}

/** `[data-when="ringing held"]` is shown only in those states. */
export function showWhen(root: ParentNode, state: string): void {
  for (const element of all(root, "[data-when]")) {
    element.hidden = !element.dataset["when"]?.split(" ").includes(state);
  }
}
