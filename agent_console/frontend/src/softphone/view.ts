/** What the softphone shows; reads nothing and decides nothing. */
import { duration } from "../clock";
import { announce, find, setText, showWhen } from "../dom";
import { text } from "../texts";
import { showToast } from "../toast";
import type { CallState } from "./call-state";
import type { MediaStats } from "./media";
import type { LineState } from "./sip-line";

export type Consult = "none" | "calling" | "talking";

const LINE_LEVELS: Record<LineState, string> = {
  connecting: "warn",
  registered: "good",
  elsewhere: "warn",
  "signed-out": "bad",
  failed: "bad",
};

export class PhoneView {
  private state: CallState = "idle";
  private consult: Consult = "none";
  private since = 0;

  constructor(readonly root: HTMLElement) {
    setInterval(() => this.tick(), 500);
    this.refresh();
  }

  line(state: LineState): void {
    this.root.dataset["line"] = state;
    this.root.dataset["registered"] = String(state === "registered");
    const badge = this.part("registration");
    if (badge) badge.className = `badge ${LINE_LEVELS[state]}`;
    setText(badge, text(`phone.line.${state.replace("-", "_")}`));
    const elsewhere = this.part("elsewhere");
    if (elsewhere) elsewhere.hidden = state !== "elsewhere";
  }

  call(state: CallState, pbxId: string, kind: string): void {
    if (state === "talking" && this.state !== "held") this.since = Date.now();
    if (state === "ringing" || state === "calling") this.since = Date.now();
    this.state = state;
    Object.assign(this.root.dataset, { callState: state, pbxId, kind });
    this.refresh();
    announce("call-state", { state, pbxId, kind });
  }

  consulting(state: Consult): void {
    this.consult = state;
    this.root.dataset["consult"] = state;
    this.refresh();
  }

  number(value: string): void {
    setText(this.part("number"), value);
  }

  muted(on: boolean): void {
    this.root.dataset["muted"] = String(on);
    this.press("mute", on);
  }

  media({ packetsReceived, packetsSent, level }: MediaStats): void {
    Object.assign(this.root.dataset, { packetsReceived, packetsSent, level });
  }

  press(action: string, on: boolean): void {
    find(this.root, `[data-phone-action="${action}"]`)?.setAttribute("aria-pressed", String(on));
  }

  announce(words: string): void {
    setText(this.part("announce"), words);
  }

  problem(key: string | null): void {
    const notice = this.part("problem");
    if (notice) notice.hidden = key === null;
    setText(this.part("problem-text"), key === null ? "" : text(key));
    if (key !== null && !notice) showToast({ text: text(key), level: "bad" });
  }

  soundBlocked(blocked: boolean): void {
    const notice = this.part("sound-blocked");
    if (notice) notice.hidden = !blocked;
  }

  keypad(open?: boolean): void {
    const pad = this.part("keypad");
    if (!pad) return;
    pad.hidden = !(open ?? pad.hidden);
    const button = find(this.root, '[data-phone-action="keypad"]');
    button?.setAttribute("aria-expanded", String(!pad.hidden));
    if (pad.hidden) setText(this.part("keypad-sent"), "");
  }

  sent(digit: string): void {
    const shown = this.part("keypad-sent");
    setText(shown, (shown?.textContent ?? "") + digit);
  }

  part(name: string): HTMLElement | null {
    return find(this.root, `[data-phone="${name}"]`);
  }

  private refresh(): void {
    const shown = this.consult === "none" ? this.state : `consult-${this.consult}`;
    showWhen(this.root, shown);
    const call = this.part("call");
    if (call) call.hidden = this.state === "idle";
    setText(this.part("status"), text(`phone.state.${shown.replace("-", "_")}`));
    this.press("hold", this.state === "held");
    if (this.state !== "talking") this.keypad(false);
    this.tick();
  }

  private tick(): void {
    const running = this.state !== "idle" && this.state !== "ended";
    if (running) setText(this.part("timer"), duration(Math.floor((Date.now() - this.since) / 1000)));
  }
}
