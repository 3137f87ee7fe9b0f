/** Keys pressed in a call, sent in its sound as RFC 4733 has it. */
import type { DTMF_TRANSPORT } from "jssip/lib/Constants";
import type { RTCSession } from "jssip/lib/RTCSession";

const RFC_4733 = "RFC2833" as DTMF_TRANSPORT;

/** An impatient caller presses before the sound flows: such keys wait for it, in their order. Of a call that is over they are lost. */
export function sendKey(session: RTCSession, key: string, times: { duration?: number; interToneGap?: number } = {}): void {
  if (!session.isEstablished()) return;
  const connection = session.connection;
  if (connection.getSenders().some(({ dtmf }) => dtmf?.canInsertDTMF)) {
    session.sendDTMF(key, { transportType: RFC_4733, ...times });
  } else if (connection.connectionState === "new" || connection.connectionState === "connecting") {
    connection.addEventListener("connectionstatechange", () => sendKey(session, key, times), { once: true });
  }
}
