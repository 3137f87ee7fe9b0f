/** The agent's phone: joins the SIP line, the ring, the screen pop and the buttons. */
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import type { RTCSession } from "jssip/lib/RTCSession";
import { find } from "../dom";
import { request } from "../http";
import { text } from "../texts";
import { Attention } from "./attention";
import { after, isFree, isLive, type CallEvent, type CallState } from "./call-state";
import { sendKey } from "./keys";
import { attach } from "./media";
import { micAvailable, Microphone } from "./microphone";
import { fillId, isAgent, isPbxId, isTarget, spoken } from "./numbers";
import { Ringer } from "./ringer";
import { screenPop } from "./screen-pop";
import { SipLine, type LineState } from "./sip-line";
import { Consultation, refer } from "./transfer";
import { PhoneView, type Consult } from "./view";

/** Longer than this the caller would notice that the agent's button does nothing. */
const FINISH_MS = 800;
const ENDED_SHOWN_MS = 1_500;

export class Softphone {
  private state: CallState = "idle";
  private session: RTCSession | undefined;
  private pbxId = "";
  private kind = "";
  private key = "";
  private clearing: number | undefined;
  private readonly ringer = new Ringer();
  private readonly attention = new Attention();
  readonly view: PhoneView;
  readonly line: SipLine;
  readonly microphone: Microphone;
  private readonly consultation: Consultation;
  private readonly audio: HTMLAudioElement;

  constructor(private readonly root: HTMLElement) {
    this.view = new PhoneView(root);
    this.audio = find<HTMLAudioElement>(root, '[data-phone="audio"]') ?? new Audio();
    this.line = new SipLine(
      root.dataset["credentialsUrl"] ?? "",
      { lineChanged: (state) => this.lineChanged(state), rang: (session, invite) => this.rang(session, invite) },
      () => this.busy,
    );
    this.consultation = new Consultation(this.line, (state, failed) => this.consultChanged(state, failed));
    this.microphone = new Microphone(root, () => [this.audio, this.consultation.speaker]);
    this.microphone.start();
    this.microphone.applySpeaker();
    if (!micAvailable()) this.view.problem("phone.problem.insecure");
  }

  get busy(): boolean {
    return !isFree(this.state);
  }

  get inConversation(): boolean {
    return isLive(this.state);
  }

  answer(): boolean {
    if (this.state !== "ringing" || !this.session) return false;
    this.microphone.stopTest();
    this.session.answer({
      mediaConstraints: { audio: this.microphone.constraints, video: false },
      pcConfig: { iceServers: this.line.iceServers },
    });
    return true;
  }

  /** Tells the server first: a leg that ends without it looks like a crash, and the PBX queues the caller again. */
  async hangUp(): Promise<void> {
    const session = this.session;
    if (!session || session.isEnded()) return;
    this.consultation.cancel();
    const finishUrl = this.root.dataset["finishUrl"];
    if (session.isEstablished() && finishUrl && isPbxId(this.pbxId)) {
      const url = `${fillId(finishUrl, this.pbxId)}?key=${encodeURIComponent(this.key)}`;
      await request(url, { method: "POST", timeout: FINISH_MS, keepalive: true }).catch(() => undefined);
    }
    if (!session.isEnded()) session.terminate();
  }

  toggleMute(): boolean {
    if (!this.session || !isLive(this.state)) return false;
    if (this.session.isMuted().audio) this.session.unmute({ audio: true });
    else this.session.mute({ audio: true });
    return true;
  }

  toggleHold(): boolean {
    if (this.consultation.active) return false;
    if (this.state === "talking") return this.session?.hold() ?? false;
    if (this.state === "held") return this.session?.unhold() ?? false;
    return false;
  }

  press(digit: string): void {
    if (this.state !== "talking") return;
    if (this.session) sendKey(this.session, digit);
    this.view.sent(digit);
  }

  async transferTo(target: string): Promise<void> {
    if (!this.session?.isEstablished() || !isTarget(target)) return;
    await refer(this.session, this.line.address(target)).catch(() => this.view.problem("phone.problem.transfer"));
  }

  consult(target: string): void {
    if (!this.session?.isEstablished() || !isTarget(target) || this.consultation.active) return;
    const begin = (): void => {
      // So that the colleague's screen shows the caller whom this is about.
      const headers = isPbxId(this.pbxId) ? [`X-Damrong-Call: ${this.pbxId}`] : [];
      this.consultation.begin(target, { audio: this.microphone.constraints, headers });
    };
    // The caller must be on hold before the other side is on the line.
    if (this.state === "held") begin();
    else this.session.hold({}, begin);
  }

  async completeTransfer(): Promise<void> {
    if (!this.session) return;
    await this.consultation.complete(this.session).catch(() => this.view.problem("phone.problem.transfer"));
  }

  cancelTransfer(): void {
    this.consultation.cancel();
  }

  callBack(request_: string): void {
    const target = `cb${request_}`;
    if (this.busy || !isTarget(target)) return;
    const session = this.line.dial(target, { audio: this.microphone.constraints });
    if (!session) return this.view.problem("phone.problem.call");
    this.adopt(session, "", "callback", "");
    this.move("dialled");
  }

  async enableSound(): Promise<void> {
    await this.ringer.enable();
    this.view.soundBlocked(this.ringer.blocked);
  }

  async allowNotifications(): Promise<boolean> {
    return this.attention.allow();
  }

  get notificationsUndecided(): boolean {
    return this.attention.undecided;
  }

  private lineChanged(state: LineState): void {
    this.view.line(state);
    this.view.soundBlocked(state === "registered" && this.ringer.blocked);
  }

  private rang(session: RTCSession, invite: IncomingRequest): void {
    if (this.busy) return session.terminate({ status_code: 486 });
    const { user } = session.remote_identity.uri;
    const number = isAgent(user) ? text("phone.colleague") : spoken(user) || text("phone.unknown_number");
    const kind = invite.getHeader("X-Damrong-Kind") ?? "citizen";
    this.adopt(session, invite.getHeader("X-Damrong-Call") ?? "", kind, number);
    this.key = invite.getHeader("X-Damrong-Key") ?? "";
    this.move("rang");
    this.ringer.start();
    this.attention.start(number);
    this.view.announce(text("phone.announce.ringing", { number }));
    void this.pop();
  }

  private async pop(): Promise<void> {
    const { pbxId, kind, key } = this;
    if (!pbxId || (await screenPop(this.root, { pbxId, kind, key })) || this.pbxId !== pbxId) return;
    this.view.problem("phone.problem.pop");
  }

  private adopt(session: RTCSession, pbxId: string, kind: string, number: string): void {
    clearTimeout(this.clearing);
    Object.assign(this, { session, pbxId, kind, key: "" });
    this.view.problem(null);
    this.view.number(number);
    this.view.muted(false);
    attach(session, this.audio, (stats) => this.session === session && this.view.media(stats));
    session.on("accepted", () => this.connected(session));
    session.on("hold", ({ originator }) => String(originator) === "local" && this.move("held"));
    session.on("unhold", ({ originator }) => String(originator) === "local" && this.move("resumed"));
    session.on("muted", () => this.view.muted(true));
    session.on("unmuted", () => this.view.muted(false));
    session.on("getusermediafailed", () => this.view.problem("phone.problem.microphone"));
    session.on("ended", () => this.over(session));
    session.on("failed", ({ originator }) => {
      if (this.state === "calling" && String(originator) !== "local") this.view.problem("phone.problem.call");
      this.over(session);
    });
  }

  private connected(session: RTCSession): void {
    if (this.session !== session) return;
    this.quiet();
    this.move("connected");
  }

  private over(session: RTCSession): void {
    if (this.session !== session) return;
    this.quiet();
    this.session = undefined;
    this.consultation.cancel();
    this.move("over");
    this.clearing = window.setTimeout(() => {
      Object.assign(this, { pbxId: "", kind: "", key: "" });
      this.move("cleared");
    }, ENDED_SHOWN_MS);
  }

  private quiet(): void {
    this.ringer.stop();
    this.attention.stop();
  }

  private move(event: CallEvent): void {
    const next = after(this.state, event);
    if (next === this.state) return;
    this.state = next;
    this.view.call(next, this.pbxId, this.kind);
    if (next !== "ringing") this.view.announce(text(`phone.state.${next}`));
  }

  private consultChanged(state: Consult, failed: boolean): void {
    this.view.consulting(state);
    if (failed) this.view.problem("phone.problem.transfer");
    if (state === "none" && this.state === "held") this.session?.unhold();
  }
}
