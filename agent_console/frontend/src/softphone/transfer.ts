/** Handing a call on: at once (REFER), or after speaking with the other side (REFER with Replaces). */
import type { RTCSession } from "jssip/lib/RTCSession";
import { attach } from "./media";
import type { DialOptions, SipLine } from "./sip-line";
import type { Consult } from "./view";

/** The PBX ends our leg when the other side has the call; if it forgets, we do. */
const GOODBYE_MS = 4_000;

export function refer(session: RTCSession, address: string, replaces?: RTCSession): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("transfer refused"));
    const eventHandlers = {
      accepted: () => {
        resolve();
        setTimeout(() => session.isEnded() || session.terminate(), GOODBYE_MS);
      },
      requestFailed: fail,
      failed: fail,
    };
    session.refer(address, replaces ? { eventHandlers, replaces } : { eventHandlers });
    // The notice of success is lost when the PBX ends our leg first: then the transfer has worked too.
    session.on("ended", () => resolve());
  });
}

export class Consultation {
  private other: RTCSession | undefined;
  private readonly audio = new Audio();

  constructor(
    private readonly line: SipLine,
    private readonly changed: (state: Consult, failed: boolean) => void,
  ) {}

  get active(): boolean {
    return this.other !== undefined;
  }

  get speaker(): HTMLAudioElement {
    return this.audio;
  }

  begin(target: string, options: DialOptions): void {
    const session = this.line.dial(target, {
      ...options,
      handlers: {
        confirmed: () => this.changed("talking", false),
        ended: () => this.over(session, false),
        failed: () => this.over(session, true),
      },
    });
    if (!session) return this.changed("none", true);
    this.other = session;
    attach(session, this.audio, () => undefined);
    this.changed("calling", false);
  }

  /** The first call goes to whom we speak with now. */
  async complete(first: RTCSession): Promise<void> {
    if (!this.other) return;
    await refer(first, this.other.remote_identity.uri.toString(), this.other);
  }

  cancel(): void {
    const other = this.other;
    this.other = undefined;
    if (other && !other.isEnded()) other.terminate();
    this.changed("none", false);
  }

  private over(session: RTCSession | undefined, failed: boolean): void {
    if (!this.other || this.other !== session) return;
    this.other = undefined;
    this.changed("none", failed);
  }
}
