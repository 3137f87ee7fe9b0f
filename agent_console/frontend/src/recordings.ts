/** A player says nothing of why it stays silent: the reader is told what the server answered. */
import { text } from "./texts";
import { showToast } from "./toast";

async function reason(url: string): Promise<string> {
  const headers = { Accept: "application/json", Range: "bytes=0-0" };
  const answer = await fetch(url, { headers, credentials: "same-origin", redirect: "manual" });
  if (answer.type === "opaqueredirect") return text("error.signed_out");
  if (answer.ok) return text("error.server");
  const problem = (await answer.json()) as { detail?: string };
  return problem.detail || text("error.server");
}

function failed(event: Event): void {
  const player = event.target;
  if (!(player instanceof HTMLAudioElement) || !player.getAttribute("src")) return;
  void reason(player.src)
    .catch(() => text("error.network"))
    .then((words) => showToast({ text: words, level: "bad" }));
  player.load(); // so that the button tries again; with preload="none" this asks for nothing
}

export function startRecordings(): void {
  document.addEventListener("error", failed, true); // it does not bubble
}
