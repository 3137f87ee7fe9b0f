/** Sends changes of the rota, and shows what came of them: the fresh sheet, or why it was refused. */
import { all, find, setText } from "../dom";
import { request } from "../http";
import { load } from "../hypermedia";
import { text } from "../texts";
import { showToast } from "../toast";
import { isDragging } from "./dragging";
import { dayOf, focusSquare, say, sheet, squareAt, squareOf, versions, type Day } from "./squares";

interface Edited {
  versions: Record<string, number>;
  before: Day[];
}

interface Refused {
  detail: string;
  breaches?: { user_id: number; day: string; words: string }[];
  may_insist?: boolean;
  may_override?: boolean;
  changed?: boolean;
}

interface Leave {
  reason: string;
  insist: boolean;
  override: boolean;
}

interface Attempt {
  changes: Day[];
  words: string;
  isUndo: boolean;
}

const MOST_STEPS = 50;
const AGAIN_MS = 500;
const steps: Day[][] = [];
/** What we ourselves changed last: news of it is no news. */
let ours = "";
let busy = false;

export function isBusy(): boolean {
  return busy || find<HTMLDialogElement>(document, "#rota-refusal[open], #rota-menu[open]") !== null;
}

export async function change(changes: Day[], words = text("rota.saved")): Promise<void> {
  if (changes.length) await attempt({ changes, words, isUndo: false });
}

export async function undo(): Promise<void> {
  const before = steps.pop();
  if (!before) {
    say(text("rota.nothing_to_undo"));
    return;
  }
  if (!(await attempt({ changes: before, words: text("rota.undone"), isUndo: true }))) steps.push(before);
}

let queue: Promise<unknown> = Promise.resolve();

/** One after the other: what is done while an earlier change is on its way must not be lost. */
function attempt(wanted: Attempt, leave?: Leave): Promise<boolean> {
  const next = queue.then(() => send(wanted, leave));
  queue = next;
  return next;
}

async function send(wanted: Attempt, leave?: Leave): Promise<boolean> {
  const place = sheet();
  if (!place) return false;
  busy = true;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await request(place.dataset["editUrl"] ?? "", {
      method: "POST",
      body: { centre: place.dataset["centre"], rota: Number(place.dataset["draft"]) || null, versions: versions(), changes: wanted.changes, ...leave },
      expected: [409, 422],
    });
    if (!answer.ok) {
      await refused((await answer.json()) as Refused, wanted);
      return false;
    }
    await done((await answer.json()) as Edited, wanted);
    return true;
  } catch {
    showToast({ text: text("error.network"), level: "bad" });
    return false;
  } finally {
    busy = false;
    sheet()?.removeAttribute("aria-busy");
  }
}

async function done(edited: Edited, wanted: Attempt): Promise<void> {
  ours = key(edited.versions);
  const place = sheet();
  if (place) place.dataset["versions"] = JSON.stringify({ ...versions(), ...edited.versions });
  if (!wanted.isUndo) {
    steps.push(edited.before);
    steps.splice(0, steps.length - MOST_STEPS);
  }
  await refresh(wanted.changes[0]);
  say(wanted.words);
}

async function refused(why: Refused, wanted: Attempt): Promise<void> {
  if (why.changed) {
    await refresh(wanted.changes[0]);
    say(why.detail);
    showToast({ text: why.detail, level: "bad" });
    return;
  }
  const dialog = find<HTMLDialogElement>(document, "#rota-refusal");
  if (!dialog) {
    showToast({ text: why.detail, level: "bad" });
    return;
  }
  describe(dialog, why);
  const square = wanted.changes[0] && squareOf(wanted.changes[0]);
  square?.classList.add("refused");
  dialog.showModal();
  if (square) beside(dialog, square);
  listen(dialog, why, wanted, square ?? null);
}

function describe(dialog: HTMLElement, why: Refused): void {
  setText(find(dialog, "[data-rota-refusal-detail]"), why.detail);
  const list = find(dialog, "[data-rota-breaches]");
  list?.replaceChildren(
    ...[...new Set((why.breaches ?? []).map((breach) => breach.words))].map((words) => {
      const item = document.createElement("li");
      item.textContent = words;
      return item;
    }),
  );
  const may = Boolean(why.may_insist ?? false) || Boolean(why.may_override ?? false);
  for (const part of all(dialog, "[data-rota-insist]")) part.hidden = !may;
  const missing = find(dialog, "[data-rota-reason-missing]");
  if (missing) missing.hidden = true;
}

function listen(dialog: HTMLDialogElement, why: Refused, wanted: Attempt, square: HTMLElement | null): void {
  const field = find<HTMLInputElement>(dialog, "#rota-reason");
  const again = find<HTMLButtonElement>(dialog, "button[data-rota-insist]");
  const listening = new AbortController();
  if (field) field.value = "";
  const insist = (): void => {
    const reason = field?.value.trim() ?? "";
    if (!reason) {
      const missing = find(dialog, "[data-rota-reason-missing]");
      if (missing) missing.hidden = false;
      field?.focus();
      return;
    }
    dialog.close();
    void attempt(wanted, { reason, insist: why.may_insist ?? false, override: why.may_override ?? false });
  };
  again?.addEventListener("click", insist, { signal: listening.signal });
  field?.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      insist();
    },
    { signal: listening.signal },
  );
  dialog.addEventListener(
    "close",
    () => {
      listening.abort();
      square?.classList.remove("refused");
      if (square?.isConnected) focusSquare(square);
    },
    { signal: listening.signal },
  );
}

/** Near the square that it is about, where the window has room. */
export function beside(dialog: HTMLElement, square: HTMLElement): void {
  dialog.removeAttribute("style");
  const room = document.documentElement;
  if (room.clientWidth < 640) return;
  const place = square.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  dialog.style.margin = "0";
  dialog.style.left = `${Math.max(8, Math.min(place.left, room.clientWidth - width - 8))}px`;
  const below = place.bottom + 6;
  dialog.style.top = `${Math.max(8, below + height < room.clientHeight ? below : place.top - height - 6)}px`;
}

let refreshing: Promise<void> = Promise.resolve();

/** The sheet as it is now. One after the other: an answer must not be put into a sheet that an earlier one replaced. */
export function refresh(focus?: Day): Promise<void> {
  const next = refreshing.then(() => fetchSheet(focus));
  refreshing = next.catch(() => undefined);
  return next;
}

/** Whoever had the focus in the sheet keeps it, on the same person's day. */
async function fetchSheet(focus?: Day): Promise<void> {
  const place = sheet();
  if (!place) return;
  let had: Day | undefined;
  let scrolled = { left: 0, top: 0 };
  // As it is when the answer comes: the reader went on meanwhile, and a duty in mid-air needs its sheet.
  const ready = (): boolean => {
    if (isDragging()) {
      setTimeout(() => void refresh(focus), AGAIN_MS);
      return false;
    }
    const square = squareAt(document.activeElement);
    const wrap = find(document, ".rota-wrap");
    had = square ? dayOf(square) : undefined;
    scrolled = { left: wrap?.scrollLeft ?? 0, top: wrap?.scrollTop ?? 0 };
    return place.isConnected;
  };
  await load(place.dataset["url"] ?? location.href, place, "outerHTML", "#rota", ready);
  if (place.isConnected) return;
  find(document, ".rota-wrap")?.scrollTo(scrolled);
  const next = focus ?? had;
  const square = next && squareOf(next);
  if (square) focusSquare(square);
}

/** Somebody changed a rota: show it, and say so unless it was us. */
export async function heard(centre: string | null): Promise<void> {
  const place = sheet();
  if (!place || (centre && place.dataset["centre"] !== centre) || isBusy()) return;
  const before = key(versions());
  try {
    await refresh();
  } catch {
    return; // the next news, or the next look, will bring it
  }
  const after = key(versions());
  if (after === before || contains(after, ours)) return;
  steps.length = 0;
  say(text("rota.changed"));
  showToast({ text: text("rota.changed") });
}

function key(of: Record<string, number>): string {
  return Object.entries(of)
    .map(([rota, version]) => `${rota}.${version}`)
    .sort()
    .join(" ");
}

function contains(all_: string, some: string): boolean {
  const there = new Set(all_.split(" "));
  return some !== "" && some.split(" ").every((one) => there.has(one));
}
