/** Short messages in the corner of the page; the container is a live region, so they are also read aloud. */
import { on } from "./dom";

const SHOWN_MS = 7_000;

export interface Toast {
  text: string;
  level?: "good" | "bad" | "";
}

export function showToast({ text, level = "" }: Toast): void {
  const container = document.getElementById("toasts");
  if (!container) return;
  // Said again, it is said anew, not twice.
  for (const shown of [...container.children]) if (shown.textContent === text) shown.remove();
  const toast = document.createElement("div");
  toast.className = `toast ${level}`.trim();
  const words = document.createElement("p");
  words.textContent = text;
  toast.append(words);
  toast.addEventListener("click", () => toast.remove());
  container.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

export function startToasts(): void {
  on<Toast>("toast", showToast);
}
