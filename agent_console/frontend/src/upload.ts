/** How far a file is on its way. */
import { find, within } from "./dom";
import { onContent } from "./hypermedia";

interface Progress {
  loaded: number;
  total: number;
  lengthComputable: boolean;
}

function watch(form: HTMLElement): void {
  const bar = find<HTMLProgressElement>(form, "[data-upload-progress]");
  if (!bar) return;
  form.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = (event as CustomEvent<Progress>).detail;
    bar.hidden = false;
    if (lengthComputable && total) bar.value = (100 * loaded) / total;
  });
  form.addEventListener("htmx:afterRequest", () => {
    bar.hidden = true;
  });
}

export function startUploads(): void {
  onContent((root) => within(root, "form[data-upload]").forEach(watch));
}
