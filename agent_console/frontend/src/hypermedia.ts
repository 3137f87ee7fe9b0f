/** htmx, set up for a strict content security policy and for pages that hold personal data. */
import htmx from "htmx.org";
import { within } from "./dom";
import { csrfToken, request } from "./http";
import { text } from "./texts";
import { showToast } from "./toast";

// Before htmx wakes up at DOMContentLoaded: it would otherwise add an inline style, which the policy forbids.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
// A style attribute that htmx carries over while it swaps would be refused by the policy.
htmx.config.attributesToSettle = ["class"];
htmx.config.selfRequestsOnly = true;
// No page is kept in the browser's storage: the pages hold names and numbers.
htmx.config.historyCacheSize = 0;
htmx.config.timeout = 30_000;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  // A form that comes back with its errors, or with what a colleague did meanwhile, is an answer to show.
  { code: "409", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

interface SwapEvent {
  xhr: XMLHttpRequest;
  target: Element;
  shouldSwap: boolean;
}

/** What each part of the page was made of, to leave it alone when news of something else brings the same again. */
const madeOf = new WeakMap<Element, string>();

function leaveUnchanged(event: Event): void {
  const swap = (event as CustomEvent<SwapEvent>).detail;
  // A swap in mid-click or while somebody types would lose the click, the focus or the words.
  if (swap.xhr.status === 200 && madeOf.get(swap.target) === swap.xhr.responseText) swap.shouldSwap = false;
  else if (swap.target.id) inUse.set(swap.target.id, use(swap.target));
}

interface Use {
  folds: string[];
  typed: [string, string][];
}

/** By the id of a part that is about to be put in anew: what somebody opened and typed in it. */
const inUse = new Map<string, Use>();

function use(part: Element): Use {
  const inputs = [...part.querySelectorAll<HTMLInputElement>("details[id] input[id]:not([type=checkbox])")];
  return {
    folds: [...part.querySelectorAll<HTMLDetailsElement>("details[id][open]")].map((fold) => fold.id),
    typed: inputs.filter((input) => input.value !== input.defaultValue).map((input) => [input.id, input.value]),
  };
}

/** News from elsewhere neither closes what somebody reads nor takes their words; htmx itself keeps the focus by its id. */
function goOn(part: Element): void {
  const { folds, typed } = inUse.get(part.id) ?? { folds: [], typed: [] };
  inUse.delete(part.id);
  for (const fold of part.querySelectorAll<HTMLDetailsElement>("details[id]")) {
    if (folds.includes(fold.id)) fold.open = true;
  }
  for (const input of part.querySelectorAll<HTMLInputElement>("details[id] input[id]")) {
    const words = typed.find(([id]) => id === input.id);
    if (words) input.value = words[1];
  }
}

function remember(event: Event): void {
  // What `load` brings has neither.
  const { xhr, target } = (event as CustomEvent<Partial<SwapEvent>>).detail;
  const made = event.target;
  if (xhr && made instanceof Element && made.id && made.id === target?.id) {
    madeOf.set(made, xhr.responseText);
    goOn(made);
  }
}

/** An answer to what refreshed a page that was left meanwhile: its events no longer reach the body. */
function dropLateAnswers(refresher: Element): void {
  refresher.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!refresher.isConnected) event.preventDefault();
  });
}

interface RequestEvent {
  verb: string;
  headers: Record<string, string>;
}

export function startHypermedia(): void {
  const body = document.body;
  body.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers } = (event as CustomEvent<RequestEvent>).detail;
    if (verb !== "get") headers["X-CSRF-Token"] = csrfToken();
  });
  body.addEventListener("htmx:beforeSwap", leaveUnchanged);
  body.addEventListener("htmx:afterSwap", remember);
  body.addEventListener("htmx:responseError", (event) => {
    const status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    showToast({ text: text(status === 401 ? "error.signed_out" : "error.server"), level: "bad" });
  });
  onContent((root) => within(root, "[hx-get][hidden]").forEach(dropLateAnswers));
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    body.addEventListener(kind, () => showToast({ text: text("error.network"), level: "bad" }));
  }
}

/**
 * Fetches a page of ours and puts it, or the part of it that `select` names, into the target. Unlike htmx's own call it fails loudly.
 * `ready` is asked when the answer is there: false leaves the page as it is.
 */
export async function load(
  url: string,
  target: Element,
  swapStyle: "innerHTML" | "outerHTML",
  select?: string,
  ready: () => boolean = () => true,
): Promise<void> {
  const headers = { Accept: "text/html", "HX-Request": "true", "HX-Current-URL": location.href, "HX-Target": target.id };
  const html = await (await request(url, { headers })).text();
  if (!ready()) return;
  const timing = { swapDelay: 0, settleDelay: 20 };
  htmx.swap(target, html, { swapStyle, ...timing }, { contextElement: target, ...(select ? { select } : {}) });
}

/** Calls back for the page itself and for everything that htmx brings in later. */
export function onContent(listener: (root: HTMLElement) => void): void {
  htmx.onLoad((element) => {
    if (element instanceof HTMLElement) listener(element);
  });
}
