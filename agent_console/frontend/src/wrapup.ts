/** The visible countdown after a call. The server ends the wrap-up; this only shows how long it lasts. */
import { duration, secondsLeft } from "./clock";
import { announce, find, setText, within } from "./dom";
import { onContent } from "./hypermedia";

function startCountdown(panel: HTMLElement): void {
  const loadedAt = performance.now();
  const until = panel.dataset["until"] ?? "";
  const serverNow = panel.dataset["now"] ?? new Date().toISOString();
  const bar = find<HTMLProgressElement>(panel, "progress");
  const tick = (): void => {
    const left = secondsLeft(until, serverNow, loadedAt, performance.now());
    setText(find(panel, "[data-countdown]"), duration(left));
    if (bar) bar.value = left;
    if (left > 0) return;
    clearInterval(timer);
    announce("wrap-up-ended", null);
  };
  const timer = setInterval(() => (panel.isConnected ? tick() : clearInterval(timer)), 250);
  tick();
}

export function startWrapUp(): void {
  onContent((root) => within(root, "[data-wrap-up][data-until]").forEach(startCountdown));
}
