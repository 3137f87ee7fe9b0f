/** The server's live events (SSE), handed on as DOM events that htmx triggers listen to, and whether they still come. */
import { Backoff } from "./backoff";
import { announce, setText } from "./dom";

const DEFAULT_KINDS =
  "call-changed case-changed queue-changed agent-changed callback-changed rota-changed notices-changed duty-changed phone-state";
const POLL_MS = 15_000;
const SILENCE_MS = 40_000;
/** A browser opens six connections to one server; forgotten tabs must not hold them all. */
const HIDDEN_MS = 60_000;

type LiveState = "connecting" | "live" | "offline";

export function parseData(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return raw;
  }
}

export function addLastEventId(url: string, id: string): string {
  if (!id) return url;
  return `${url}${url.includes("?") ? "&" : "?"}last_event_id=${encodeURIComponent(id)}`;
}

class Live {
  private source: EventSource | undefined;
  private state: LiveState = "connecting";
  private lastId = "";
  private retry: number | undefined;
  private silence: number | undefined;
  private hidden: number | undefined;
  private readonly backoff = new Backoff(1_000, 30_000);

  constructor(private readonly badge: HTMLElement) {}

  start(): void {
    this.open();
    setInterval(() => this.state !== "live" && announce("poll", null), POLL_MS);
    document.addEventListener("visibilitychange", () => this.visibilityChanged());
    addEventListener("online", () => this.reopen());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.reopen());
  }

  private open(): void {
    const url = this.badge.dataset["eventsUrl"];
    if (!url) return;
    const source = new EventSource(addLastEventId(url, this.lastId));
    this.source = source;
    source.addEventListener("open", () => {
      this.backoff.reset();
      this.show("live");
    });
    source.addEventListener("error", () => this.broken(source));
    source.addEventListener("offline", () => this.show("offline"));
    source.addEventListener("online", () => this.show("live"));
    source.addEventListener("ping", () => this.heard());
    const kinds = this.badge.dataset["kinds"] ?? DEFAULT_KINDS;
    for (const kind of kinds.split(/\s+/).filter(Boolean)) {
      source.addEventListener(kind, (event) => this.received(kind, event as MessageEvent<string>));
    }
  }

  private received(kind: string, event: MessageEvent<string>): void {
    if (event.lastEventId) this.lastId = event.lastEventId;
    announce(kind, parseData(event.data));
  }

  /** From the first ping on, silence means that the connection is dead without the browser having noticed. */
  private heard(): void {
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.reopen(), SILENCE_MS);
  }

  private broken(source: EventSource): void {
    if (source !== this.source) return;
    this.show("offline");
    // The browser itself tries again, unless the server answered with an error.
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.reopen(), this.backoff.next());
  }

  private reopen(): void {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.source?.close();
    this.open();
  }

  private visibilityChanged(): void {
    clearTimeout(this.hidden);
    if (document.visibilityState === "visible") {
      if (this.source?.readyState === EventSource.CLOSED) this.reopen();
    } else if (document.querySelector('#softphone[data-registered="true"]') === null) {
      this.hidden = window.setTimeout(() => {
        this.source?.close();
        this.show("connecting");
      }, HIDDEN_MS);
    }
  }

  private show(state: LiveState): void {
    const returned = this.state !== "live" && state === "live";
    const first = this.badge.dataset["state"] === undefined || this.badge.dataset["state"] === "connecting";
    this.state = state;
    this.badge.dataset["state"] = state;
    const words = { connecting: "textConnecting", live: "textLive", offline: "textOffline" }[state];
    setText(this.badge, this.badge.dataset[words] ?? "");
    // What changed while nothing came must be asked for once.
    if (returned && !first) announce("poll", null);
  }
}

export function startLive(): void {
  const badge = document.getElementById("live-state");
  if (badge) new Live(badge).start();
}
