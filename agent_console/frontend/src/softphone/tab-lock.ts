/** One tab at a time holds the phone: two registrations would ring twice and take each other's calls. */

export interface TabListener {
  mine(): void;
  elsewhere(): void;
  /** Another tab asks for the phone; true if this one has let go. */
  release(): boolean;
  refused(): void;
}

interface Message {
  kind: "release" | "refused";
}

/** A tab that reloads gets its lock back within this time, without a flash of "open elsewhere". */
const PATIENCE_MS = 400;
const ANSWER_MS = 1_500;

export class TabLock {
  private readonly channel: BroadcastChannel;
  private letGo: (() => void) | undefined;
  private asking: number | undefined;

  constructor(
    private readonly name: string,
    private readonly listener: TabListener,
  ) {
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (event: MessageEvent<Message>) => this.heard(event.data);
  }

  start(): void {
    this.acquire(false);
  }

  takeOver(): void {
    this.channel.postMessage({ kind: "release" } satisfies Message);
    // A frozen tab does not answer; its phone is worth nothing.
    this.asking = window.setTimeout(() => this.acquire(true), ANSWER_MS);
  }

  private acquire(steal: boolean): void {
    const waiting = setTimeout(() => this.listener.elsewhere(), PATIENCE_MS);
    const hold = (): Promise<void> => {
      clearTimeout(waiting);
      clearTimeout(this.asking);
      this.listener.mine();
      return new Promise((resolve) => (this.letGo = resolve));
    };
    navigator.locks.request(this.name, steal ? { steal } : {}, hold).catch(() => this.stolen());
  }

  private heard(message: Message): void {
    if (message.kind === "refused" && this.asking !== undefined) {
      clearTimeout(this.asking);
      this.asking = undefined;
      this.listener.refused();
    } else if (message.kind === "release" && this.letGo) {
      if (this.listener.release()) this.giveUp();
      else this.channel.postMessage({ kind: "refused" } satisfies Message);
    }
  }

  private giveUp(): void {
    this.letGo?.();
    this.letGo = undefined;
    this.listener.elsewhere();
    // In the queue again, behind the tab that asked: if that one closes, the phone comes back here.
    setTimeout(() => this.acquire(false), PATIENCE_MS);
  }

  private stolen(): void {
    this.letGo = undefined;
    this.listener.release();
    this.listener.elsewhere();
  }
}
