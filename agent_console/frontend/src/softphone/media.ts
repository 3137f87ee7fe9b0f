/** The sound of a session: into the loudspeaker, and as numbers for the meter and the tests. */
import type { RTCSession } from "jssip/lib/RTCSession";

export interface MediaStats {
  packetsReceived: number;
  packetsSent: number;
  /** 0–100, what is heard. */
  level: number;
}

const EVERY_MS = 250;

/** Loudness as the ear takes it: speech at a tenth of full scale already fills most of the bar. */
export function toPercent(level: number): number {
  return Math.min(100, Math.round(Math.sqrt(Math.max(0, level)) * 130));
}

export function summarise(reports: Iterable<Record<string, unknown>>): MediaStats {
  const stats: MediaStats = { packetsReceived: 0, packetsSent: 0, level: 0 };
  for (const report of reports) {
    if (report["kind"] !== "audio") continue;
    if (report["type"] === "inbound-rtp") {
      stats.packetsReceived += Number(report["packetsReceived"] ?? 0);
      stats.level = Math.max(stats.level, toPercent(Number(report["audioLevel"] ?? 0)));
    } else if (report["type"] === "outbound-rtp") {
      stats.packetsSent += Number(report["packetsSent"] ?? 0);
    }
  }
  return stats;
}

function play(connection: RTCPeerConnection, audio: HTMLAudioElement): void {
  connection.addEventListener("track", ({ track, streams }) => {
    audio.srcObject = streams[0] ?? new MediaStream([track]);
    // Refused until the person has clicked on the page once; by answering they have.
    audio.play().catch(() => undefined);
  });
}

function watch(session: RTCSession, connection: RTCPeerConnection, listener: (stats: MediaStats) => void): void {
  const timer = setInterval(() => {
    if (session.isEnded() || connection.connectionState === "closed") return clearInterval(timer);
    connection
      .getStats()
      .then((reports) => listener(summarise([...reports.values()] as Record<string, unknown>[])))
      .catch(() => undefined);
  }, EVERY_MS);
}

/** May be called before the session has a connection (an incoming call gets it when it is answered). */
export function attach(session: RTCSession, audio: HTMLAudioElement, listener: (stats: MediaStats) => void): void {
  const begin = (connection: RTCPeerConnection): void => {
    play(connection, audio);
    watch(session, connection, listener);
  };
  // JsSIP's type says that it is always there.
  const connection = session.connection as RTCPeerConnection | null;
  if (connection) begin(connection);
  else session.on("peerconnection", ({ peerconnection }) => begin(peerconnection));
}
