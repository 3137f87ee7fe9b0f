/** The rota calendar: by keyboard as an ARIA grid, by mouse and by finger; each change is asked for, and shown when it is saved. */
import { all, find, on, setText } from "../dom";
import { onContent } from "../hypermedia";
import { text } from "../texts";
import { beside, change, heard, isBusy, undo } from "./editing";
import { endsDrag, isDragging, startDragging, type Dropped } from "./dragging";
import { beginsCode, lettersOf, moved, typedCode } from "./moves";
import { dayOf, focusSquare, isOpen, neighbour, plans, say, sheet, squareAt, squareOf, type Day } from "./squares";

const TYPING_MS = 900;

let carried: Day | null = null;
let typed = "";
let forget: number | undefined;
let focusNext = false;

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -99],
  End: [0, 99],
};

function codes(): string[] {
  return all(document, "#rota-menu [data-rota-put]").map((button) => button.dataset["rotaPut"] ?? "").filter(Boolean);
}

function put(square: HTMLElement, code: string | null): void {
  if (!isOpen(square)) {
    say(text("rota.no_rota"));
    return;
  }
  const day = dayOf(square);
  if (day.code === code) return;
  void change([{ ...day, code }]);
}

function lift(square: HTMLElement): void {
  const day = dayOf(square);
  if (!day.code || !isOpen(square)) {
    say(text("rota.nothing_here"));
    return;
  }
  letGo();
  carried = day;
  square.classList.add("lifted");
  say(text("rota.lifted", { what: square.getAttribute("aria-label") ?? "" }));
}

function letGo(): boolean {
  if (!carried) return false;
  squareOf(carried)?.classList.remove("lifted");
  carried = null;
  return true;
}

function setDown(square: HTMLElement): void {
  if (!carried) {
    say(text("rota.nothing_carried"));
    return;
  }
  // As it stands now: somebody may have changed it while it was carried.
  const from = squareOf(carried);
  letGo();
  if (from) move(from, square);
}

function move(from: HTMLElement, to: HTMLElement): void {
  if (!isOpen(to)) {
    say(text("rota.no_rota"));
    return;
  }
  const changes = moved(dayOf(from), dayOf(to));
  if (changes.length) void change(changes);
  else say(text("rota.same"));
}

function type(square: HTMLElement, event: KeyboardEvent): boolean {
  const known = codes();
  const next = lettersOf(event).map((letter) => typed + letter).find((word) => beginsCode(word, known));
  if (next === undefined) return false;
  typed = next;
  clearTimeout(forget);
  const code = typedCode(typed, known);
  if (code === undefined) {
    // “N” may become “N2”: what was typed counts when no more comes.
    say(typed);
    forget = window.setTimeout(() => finish(square, known), TYPING_MS);
    return true;
  }
  typed = "";
  put(square, code);
  return true;
}

function finish(square: HTMLElement, known: string[]): void {
  const exact = known.find((code) => code.toLowerCase() === typed.toLowerCase());
  typed = "";
  if (exact && square.isConnected) put(square, exact);
}

function openMenu(square: HTMLElement): void {
  const dialog = find<HTMLDialogElement>(document, "#rota-menu");
  if (!dialog || !isOpen(square)) {
    say(text("rota.no_rota"));
    return;
  }
  focusSquare(square);
  setText(find(dialog, "[data-rota-menu-title]"), square.getAttribute("aria-label")?.split(" · ").slice(0, 2).join(" · ") ?? "");
  setText(find(dialog, "[data-rota-menu-about]"), square.getAttribute("aria-label")?.split(" · ").slice(2).join(" · ") ?? "");
  const lifter = find<HTMLButtonElement>(dialog, "[data-rota-lift]");
  if (lifter) lifter.hidden = !square.dataset["code"];
  for (const button of all(dialog, "[data-rota-put]")) {
    button.setAttribute("aria-pressed", String(button.dataset["rotaPut"] === (square.dataset["code"] ?? "")));
  }
  dialog.showModal();
  beside(dialog, square);
}

function chosen(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const dialog = event.target.closest<HTMLDialogElement>("#rota-menu");
  if (!dialog) return;
  const button = event.target.closest<HTMLElement>("button");
  if (!button && event.target !== dialog) return;
  dialog.close();
  const square = find(document, '[data-rota] td[data-user][tabindex="0"]');
  if (!square) return;
  focusSquare(square);
  if (button?.dataset["rotaPut"] !== undefined) put(square, button.dataset["rotaPut"] || null);
  else if (button?.hasAttribute("data-rota-lift")) lift(square);
}

/** Whether the key did something. */
function editingKey(square: HTMLElement, event: KeyboardEvent): boolean {
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl && !event.altKey) {
    // By the place of the key: with the Thai layout its letter is another one.
    if (event.code === "KeyX") lift(square);
    else if (event.code === "KeyV") setDown(square);
    else if (event.code === "KeyZ") void undo();
    else return false;
    return true;
  }
  if (event.altKey || ctrl) return false;
  if (event.key === "Enter" || event.key === " ") {
    if (carried) setDown(square);
    else openMenu(square);
  } else if (event.key === "Delete" || event.key === "Backspace") put(square, null);
  else if (event.key === "Escape") {
    if (!letGo()) return false;
    say(text("rota.let_go"));
  } else return type(square, event);
  return true;
}

function turn(key: string): boolean {
  const link = find<HTMLAnchorElement>(document, `[data-rota-key="${key}"]`);
  if (!link) return false;
  focusNext = true;
  link.click();
  return true;
}

function pressed(event: KeyboardEvent): void {
  const square = squareAt(event.target);
  if (!sheet() || event.isComposing || find(document, "dialog[open]")) return;
  if (event.altKey && /^Arrow(Up|Down)$/.test(event.key)) {
    if (turn(`Alt+${event.key}`)) event.preventDefault();
    return;
  }
  if (!square) return;
  const step = STEPS[event.key];
  if (step && !event.altKey && !event.ctrlKey) focusSquare(neighbour(square, ...step));
  else if (!(/^Page(Up|Down)$/.test(event.key) && turn(event.key)) && !(plans() && editingKey(square, event))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function clicked(event: MouseEvent): void {
  chosen(event);
  const square = squareAt(event.target);
  if (!square || endsDrag()) return;
  if (carried) setDown(square);
  else if (plans()) openMenu(square);
  else focusSquare(square);
}

export function startRota(): void {
  // Before the console's own shortcuts, which know nothing of the grid.
  document.addEventListener("keydown", pressed, { capture: true });
  document.addEventListener("click", clicked);
  startDragging();
  on<Dropped>("rota-dropped", ({ from, to }) => move(from, to));
  on<{ centre_code?: string }>("rota-changed", ({ centre_code: centre }) => {
    if (!isDragging()) void heard(centre ?? null);
  });
  on("poll", () => {
    if (!isDragging() && !isBusy()) void heard(null);
  });
  onContent((root) => {
    if (carried) squareOf(carried)?.classList.add("lifted");
    if (!focusNext || !find(root, "[data-rota]")) return;
    focusNext = false;
    const square = find(root, "[data-rota] td.today[data-user]") ?? find(root, "[data-rota] td[data-user]");
    if (square) focusSquare(square);
  });
}
