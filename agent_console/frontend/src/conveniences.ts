/** Opening dialogs, copying a reference, printing, closing menus: small things that plain HTML cannot do alone. */
import { all, find } from "./dom";
import { text } from "./texts";
import { showToast } from "./toast";

async function copy(value: string): Promise<void> {
  await navigator.clipboard.writeText(value);
  showToast({ text: text("copied"), level: "good" });
}

function clicked(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest<HTMLElement>("[data-open-dialog]");
  if (opener) find<HTMLDialogElement>(document, `#${opener.dataset["openDialog"]}`)?.showModal();
  const copier = event.target.closest<HTMLElement>("[data-copy]");
  if (copier) void copy(copier.dataset["copy"] ?? "");
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of all<HTMLDetailsElement>(document, "details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

/** One step is open at a time, and whoever opens it goes on typing in its form. */
function stepOpened(event: Event): void {
  const step = event.target;
  if (!(step instanceof HTMLDetailsElement) || !step.open || !step.classList.contains("step")) return;
  // Not by their `name`: a form that comes back would be closed by the one that it is about to replace.
  for (const other of all<HTMLDetailsElement>(document, "details.step[open]")) other.open = other === step;
  find(step, "select, textarea, input:not([type=hidden])")?.focus();
}

/** Boosted links change #main only: the mark of the present page in the menu has to follow. */
function markPresentPage(): void {
  for (const link of all<HTMLAnchorElement>(document, ".topnav a")) {
    const here = link.pathname === location.pathname || (link.pathname !== "/" && location.pathname.startsWith(`${link.pathname}/`));
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

export function startConveniences(): void {
  document.addEventListener("click", clicked);
  document.addEventListener("toggle", stepOpened, true); // it does not bubble
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    for (const menu of all<HTMLDetailsElement>(document, "details.menu[open]")) menu.open = false;
  });
  document.body.addEventListener("htmx:pushedIntoHistory", markPresentPage);
  document.body.addEventListener("htmx:historyRestore", markPresentPage);
}
