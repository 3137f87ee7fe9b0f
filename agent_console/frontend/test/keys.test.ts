import assert from "node:assert/strict";
import { test } from "node:test";
import type { RTCSession } from "jssip/lib/RTCSession";
import { sendKey } from "../src/softphone/keys";

/** A call whose sound does not flow yet. */
class Call extends EventTarget {
  connectionState = "connecting";
  established = true;
  sent = "";
  private readonly dtmf = { canInsertDTMF: false };

  getSenders(): unknown[] {
    return [{ dtmf: null }, { dtmf: this.dtmf }];
  }

  becomes(state: string): void {
    this.connectionState = state;
    this.dtmf.canInsertDTMF = state === "connected";
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  session(): RTCSession {
    return {
      connection: this,
      isEstablished: () => this.established,
      sendDTMF: (key: string) => (this.sent += key),
    } as unknown as RTCSession;
  }
}

test("keys pressed before the sound flows are sent in their order", () => {
  const call = new Call();
  const session = call.session();
  for (const key of "502") sendKey(session, key);
  assert.equal(call.sent, "");

  call.becomes("connected");
  sendKey(session, "0");

  assert.equal(call.sent, "5020");
});

test("a key of a call that is over is lost without an error", () => {
  const call = new Call();
  const session = call.session();
  sendKey(session, "1");
  call.established = false;
  call.becomes("closed");
  sendKey(session, "2");

  assert.equal(call.sent, "");
});
