/** A registered SIP line over WebSocket: gets its secret, registers, comes back after every loss, rings, and dials. */
import { UA, WebSocketInterface } from "jssip";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import type { RTCSession, RTCSessionEventMap } from "jssip/lib/RTCSession";
import { Backoff } from "../backoff";
import { HttpError } from "../http";
import { fetchCredentials, isElsewhere, renewalDelay, type Credentials } from "./credentials";
import { hurry } from "./ice";

export type LineState = "connecting" | "registered" | "elsewhere" | "signed-out" | "failed";

export interface LineListener {
  lineChanged(state: LineState): void;
  rang(session: RTCSession, request: IncomingRequest): void;
}

export interface DialOptions {
  audio: MediaTrackConstraints | true;
  headers?: string[];
  handlers?: Partial<RTCSessionEventMap>;
}

/** Short, so that the PBX forgets a browser that died within two minutes. */
const REGISTER_SECONDS = 120;
const TRIES_WITH_SECRET = 6;
const FIRST_TRY_MS = 100;

export class SipLine {
  private ua: UA | undefined;
  private credentials: Credentials | undefined;
  private renewal: number | undefined;
  private retry: number | undefined;
  private open = false;
  private triesWithSecret = 0;
  private readonly backoff = new Backoff(1_000, 15_000);

  constructor(
    private readonly credentialsUrl: string,
    private readonly listener: LineListener,
    private readonly inCall: () => boolean,
  ) {}

  start(): void {
    this.open = true;
    this.listener.lineChanged("connecting");
    void this.renew();
  }

  stop(): void {
    this.open = false;
    clearTimeout(this.renewal);
    clearTimeout(this.retry);
    this.ua?.stop();
    this.ua = undefined;
    this.credentials = undefined;
  }

  get iceServers(): RTCIceServer[] {
    // No STUN by default: it would tell an outside server about every call, and delays calls within one network.
    return this.credentials?.ice_servers ?? [];
  }

  address(user: string): string {
    return `sip:${user}@${this.credentials?.uri.split("@")[1] ?? ""}`;
  }

  dial(user: string, { audio, headers = [], handlers = {} }: DialOptions): RTCSession | undefined {
    return this.ua?.call(this.address(user), {
      mediaConstraints: { audio, video: false },
      pcConfig: { iceServers: this.iceServers },
      extraHeaders: headers,
      eventHandlers: handlers,
    });
  }

  /** For a connection that looks alive from here, but that the PBX no longer knows. */
  registerAnew(): void {
    if (!this.open || this.inCall()) return;
    this.connect();
  }

  private async renew(): Promise<void> {
    clearTimeout(this.renewal);
    clearTimeout(this.retry);
    try {
      const next = await fetchCredentials(this.credentialsUrl);
      if (this.open) this.use(next);
    } catch (error) {
      this.renewalFailed(error);
    }
  }

  private use(next: Credentials): void {
    const before = this.credentials;
    this.credentials = next;
    this.triesWithSecret = 0;
    this.renewal = window.setTimeout(() => void this.renew(), renewalDelay(next.expires_at, Date.now()));
    if (!this.ua || !before || (isElsewhere(before, next) && !this.inCall())) return this.connect();
    this.ua.set("authorization_user", next.authorization_user);
    this.ua.set("password", next.secret);
    if (this.ua.isConnected()) this.ua.register();
  }

  private renewalFailed(error: unknown): void {
    if (!this.open) return;
    if (error instanceof HttpError && error.signedOut) {
      // Whoever was signed out in mid-call may end the talk.
      if (this.inCall()) {
        this.retry = window.setTimeout(() => void this.renew(), this.backoff.next());
        return;
      }
      this.stop();
      return this.listener.lineChanged("signed-out");
    }
    // A console that restarts must not take a registered phone off the line.
    if (!this.ua?.isRegistered()) this.listener.lineChanged("failed");
    this.retry = window.setTimeout(() => void this.renew(), this.backoff.next());
  }

  private connect(): void {
    const credentials = this.credentials;
    if (!credentials) return;
    this.ua?.stop();
    const ua = new UA({
      sockets: [new WebSocketInterface(credentials.ws_url)],
      uri: credentials.uri,
      authorization_user: credentials.authorization_user,
      password: credentials.secret,
      register_expires: REGISTER_SECONDS,
      // Both sides ask each other now and then: a browser that vanished in mid-call does not hold the caller for ever.
      session_timers: true,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: "Damrong",
    });
    this.ua = ua;
    this.listen(ua);
    ua.start();
  }

  private listen(ua: UA): void {
    const current = (): boolean => this.ua === ua && this.open;
    ua.on("registered", () => {
      if (!current()) return;
      this.backoff.reset();
      this.listener.lineChanged("registered");
    });
    ua.on("disconnected", () => current() && this.listener.lineChanged("connecting"));
    ua.on("registrationFailed", () => current() && this.registrationFailed());
    ua.on("newRTCSession", (event: { originator: string; session: RTCSession; request: unknown }) => {
      hurry(event.session);
      if (event.originator === "remote") this.listener.rang(event.session, event.request as IncomingRequest);
    });
  }

  /**
   * A new secret takes a moment to reach the PBX: it is tried again before another is asked for, which would have to
   * travel anew. Refused after that (it ran out), or unanswered (a dead connection), is mended by a new one.
   */
  private registrationFailed(): void {
    if (this.triesWithSecret < TRIES_WITH_SECRET && this.ua?.isConnected()) {
      const wait = FIRST_TRY_MS * 2 ** this.triesWithSecret;
      this.triesWithSecret += 1;
      clearTimeout(this.retry);
      this.retry = window.setTimeout(() => this.ua?.register(), wait);
      return;
    }
    this.listener.lineChanged("failed");
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => {
      if (!this.inCall()) {
        this.ua?.stop();
        this.ua = undefined;
      }
      void this.renew();
    }, this.backoff.next());
  }
}
