/** The newcomer's phone on the demo page: dials 1567 as any calling number, presses keys, and can be called back. */
import type { RTCSession } from "jssip/lib/RTCSession";
import { duration } from "./clock";
import { all, announce, find, setText, showWhen } from "./dom";
import { after, isFree, isLive, type CallEvent, type CallState } from "./softphone/call-state";
import { sendKey } from "./softphone/keys";
import { attach, type MediaStats } from "./softphone/media";
import { micAvailable } from "./softphone/microphone";
import { callerHeader } from "./softphone/numbers";
import { Ringer } from "./softphone/ringer";
import { SipLine, type LineState } from "./softphone/sip-line";
import { text } from "./texts";
import { playKey } from "./tones";

class DemoPhone {
  private state: CallState = "idle";
  private session: RTCSession | undefined;
  private since = 0;
  private readonly ringer = new Ringer();
  private readonly line: SipLine;
  private readonly audio: HTMLAudioElement;

  constructor(private readonly root: HTMLElement) {
    this.audio = find<HTMLAudioElement>(root, '[data-demo="audio"]') ?? new Audio();
    this.line = new SipLine(
      root.dataset["credentialsUrl"] ?? "",
      { lineChanged: (state) => this.lineChanged(state), rang: (session) => this.rang(session) },
      () => !isFree(this.state),
    );
  }

  start(): void {
    this.root.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.typed(event));
    setInterval(() => this.tick(), 500);
    addEventListener("pagehide", () => this.session?.terminate());
    this.show();
    this.line.start();
  }

  private clicked(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
    const { demoAction, digit, caller } = button?.dataset ?? {};
    if (demoAction === "call") this.call(this.root.dataset["number"] ?? "1567");
    else if (demoAction === "practise") this.call(this.root.dataset["practiceNumber"] ?? "1568");
    else if (demoAction === "answer") this.session?.answer(this.media());
    else if (demoAction === "hang-up") this.session?.terminate();
    else if (digit) this.press(digit);
    else if (caller !== undefined && this.caller) this.caller.value = caller;
  }

  private typed(event: KeyboardEvent): void {
    const elsewhere = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (elsewhere || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
    if (/^[0-9*#]$/.test(event.key)) this.press(event.key);
  }

  private call(number: string): void {
    if (!isFree(this.state)) return;
    const session = this.line.dial(number, {
      audio: true,
      headers: [callerHeader(this.caller?.value ?? "")],
    });
    if (!session) return;
    this.adopt(session);
    this.move("dialled");
  }

  private rang(session: RTCSession): void {
    if (!isFree(this.state)) return session.terminate({ status_code: 486 });
    this.adopt(session);
    this.move("rang");
    this.ringer.start();
  }

  private adopt(session: RTCSession): void {
    this.session = session;
    attach(session, this.audio, (stats) => this.session === session && this.measured(stats));
    const over = (): void => {
      if (this.session !== session) return;
      this.session = undefined;
      this.ringer.stop();
      this.measured({ packetsReceived: 0, packetsSent: 0, level: 0 });
      this.move("over");
    };
    session.on("accepted", () => {
      this.ringer.stop();
      this.since = Date.now();
      this.move("connected");
    });
    session.on("getusermediafailed", () => setText(this.part("status"), text("phone.problem.microphone")));
    session.on("ended", over);
    session.on("failed", over);
  }

  private press(digit: string): void {
    playKey(digit);
    const key = all(this.root, "[data-digit]").find((button) => button.dataset["digit"] === digit);
    key?.classList.add("pressed");
    setTimeout(() => key?.classList.remove("pressed"), 160);
    if (this.state !== "talking") return;
    if (this.session) sendKey(this.session, digit, { duration: 120, interToneGap: 80 });
    const sent = this.part("sent");
    setText(sent, (sent?.textContent ?? "") + digit);
  }

  private measured({ packetsReceived, packetsSent, level }: MediaStats): void {
    Object.assign(this.root.dataset, { packetsReceived, packetsSent, level });
    const bar = find(this.root, '[data-demo="meter"] > span');
    if (bar) bar.style.width = `${level}%`;
  }

  private lineChanged(state: LineState): void {
    this.root.dataset["line"] = state;
    this.root.dataset["registered"] = String(state === "registered");
    this.show();
  }

  private move(event: CallEvent): void {
    const next = after(this.state, event);
    if (next === this.state) return;
    this.state = next;
    if (next === "calling" || next === "ringing") setText(this.part("sent"), "");
    this.show();
    announce("call-state", { state: next });
  }

  private show(): void {
    this.root.dataset["callState"] = this.state;
    showWhen(this.root, this.state);
    const registered = this.root.dataset["registered"] === "true";
    for (const action of ["call", "practise"]) {
      const button = find<HTMLButtonElement>(this.root, `[data-demo-action="${action}"]`);
      if (button) button.disabled = !registered || !micAvailable();
    }
    setText(this.part("status"), this.status(registered));
    if (!isLive(this.state)) setText(this.part("timer"), "");
  }

  private status(registered: boolean): string {
    if (!micAvailable()) return text("phone.problem.insecure");
    if (registered || isLive(this.state)) return text(`demo.state.${this.state}`);
    return text(`phone.line.${(this.root.dataset["line"] ?? "connecting").replace("-", "_")}`);
  }

  private tick(): void {
    if (this.state === "talking") setText(this.part("timer"), duration(Math.floor((Date.now() - this.since) / 1000)));
  }

  private media(): { mediaConstraints: MediaStreamConstraints; pcConfig: RTCConfiguration } {
    return { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: this.line.iceServers } };
  }

  private get caller(): HTMLInputElement | null {
    return find<HTMLInputElement>(this.root, '[data-demo="caller"]');
  }

  private part(name: string): HTMLElement | null {
    return find(this.root, `[data-demo="${name}"]`);
  }
}

const root = document.getElementById("demo-phone");
if (root?.dataset["credentialsUrl"]) new DemoPhone(root).start();
