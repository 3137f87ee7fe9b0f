/** The rota's grid on the page: its squares, what stands in them, and which of them has the focus. */
import { all, find, setText } from "../dom";

/** A person's day as the server knows it; `code` null: off duty. */
export interface Day {
  user_id: number;
  day: string;
  code: string | null;
}

export const SQUARE = "[data-rota] td[data-user]";

export function sheet(): HTMLElement | null {
  return find(document, "[data-rota]");
}

export function plans(): boolean {
  return sheet()?.hasAttribute("data-plans") ?? false;
}

export function squareAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(SQUARE) : null;
}

export function squareOf(day: Pick<Day, "user_id" | "day">): HTMLElement | null {
  return find(document, `${SQUARE}[data-user="${day.user_id}"][data-day="${day.day}"]`);
}

export function dayOf(square: HTMLElement): Day {
  const { user, day, code } = square.dataset;
  return { user_id: Number(user), day: day ?? "", code: code || null };
}

/** Whether the square belongs to a rota at all. */
export function isOpen(square: HTMLElement): boolean {
  return square.dataset["rotaId"] !== undefined;
}

/** One square is in the Tab key's way; the arrow keys go on from there. */
export function focusSquare(square: HTMLElement): void {
  for (const other of all(document, `${SQUARE}[tabindex="0"]`)) other.tabIndex = -1;
  square.tabIndex = 0;
  square.focus();
  square.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The square so many rows and columns away; the one at the edge when there is none. */
export function neighbour(square: HTMLElement, rows: number, columns: number): HTMLElement {
  const row = square.closest("tr");
  if (!row?.parentElement) return square;
  const lines = all<HTMLTableRowElement>(row.parentElement, "tr");
  const line = lines[clamp(lines.indexOf(row) + rows, lines.length)];
  const own = all(row, "td[data-user]").indexOf(square);
  const squares = line ? all(line, "td[data-user]") : [];
  return squares[clamp(own + columns, squares.length)] ?? square;
}

function clamp(place: number, length: number): number {
  return Math.max(0, Math.min(length - 1, place));
}

export function versions(): Record<string, number> {
  return JSON.parse(sheet()?.dataset["versions"] ?? "{}") as Record<string, number>;
}

/** For those who hear the page. */
export function say(words: string): void {
  setText(find(document, "#rota-says"), words);
}
