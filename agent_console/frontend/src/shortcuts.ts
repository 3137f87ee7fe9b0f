/** Keyboard shortcuts, bound to the place of a key (`KeyboardEvent.code`): with the Thai layout its letter is another one. */
import { all, find } from "./dom";

const SWITCH = "damrong.shortcuts";

export interface Keys {
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** "Alt+KeyA", "Ctrl+Enter", "Shift+Slash": the one way to write a combination. The Mac's command key counts as Ctrl. */
export function combination(event: Keys): string {
  const parts = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey ? "Shift" : "",
    event.code === "NumpadEnter" ? "Enter" : event.code,
  ];
  return parts.filter(Boolean).join("+");
}

type Action = (event: KeyboardEvent) => boolean;
const actions = new Map<string, Action>();

/** `action` returns whether it did something; if not, the key keeps its usual meaning. */
export function bind(keys: string, action: Action): void {
  actions.set(keys, action);
}

export function shortcutsEnabled(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function pressed(event: KeyboardEvent): void {
  if (event.isComposing || event.repeat) return;
  const keys = combination(event);
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
  // A single key is text while somebody types, and people who speak to their computer must be able to switch it off.
  if (plain && typing(event.target)) return;
  if (keys !== "Ctrl+Enter" && !shortcutsEnabled()) return;
  if (actions.get(keys)?.(event)) event.preventDefault();
}

function openShortcuts(): boolean {
  const dialog = find<HTMLDialogElement>(document, "#shortcuts-dialog");
  if (dialog && !dialog.open) dialog.showModal();
  return dialog !== null;
}

function submitForm(event: KeyboardEvent): boolean {
  const near = event.target instanceof Element ? event.target.closest("form") : null;
  const form = near ?? find<HTMLFormElement>(document, "form[data-draft-key]");
  form?.requestSubmit();
  return form !== null;
}

function goToSection(number: number): boolean {
  const section = find(document, `[data-section="${number}"]`);
  const field = section && find(section, "input:not([type=hidden]), select, textarea");
  section?.scrollIntoView({ block: "nearest" });
  field?.focus();
  return field !== null;
}

export function startShortcuts(): void {
  document.addEventListener("keydown", pressed);
  bind("Shift+Slash", openShortcuts);
  bind("Ctrl+Enter", submitForm);
  for (let number = 1; number <= 9; number += 1) bind(`Alt+Digit${number}`, () => goToSection(number));
  for (const box of all<HTMLInputElement>(document, "[data-shortcuts-enabled]")) {
    box.checked = shortcutsEnabled();
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
}
