import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/backoff";
import { duration, secondsLeft, wallTime } from "../src/clock";
import { addLastEventId, parseData } from "../src/live";
import { step } from "../src/place-search";
import { combination } from "../src/shortcuts";
import { isElsewhere, renewalDelay } from "../src/softphone/credentials";
import { isHost } from "../src/softphone/ice";
import { summarise, toPercent } from "../src/softphone/media";
import { fill } from "../src/texts";
import { frequencies } from "../src/tones";

const KEY = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

test("shortcuts follow the place of the key, whatever the layout writes", () => {
  assert.equal(combination({ ...KEY, code: "KeyA", altKey: true }), "Alt+KeyA");
  assert.equal(combination({ ...KEY, code: "Enter", metaKey: true }), "Ctrl+Enter");
  assert.equal(combination({ ...KEY, code: "NumpadEnter", ctrlKey: true }), "Ctrl+Enter");
  assert.equal(combination({ ...KEY, code: "Slash", shiftKey: true }), "Shift+Slash");
});

test("waits between tries double up to a bound and start again after success", () => {
  const backoff = new Backoff(1_000, 5_000, () => 0.5);

  assert.deepEqual([backoff.next(), backoff.next(), backoff.next(), backoff.next()], [1_000, 2_000, 4_000, 5_000]);
  backoff.reset();
  assert.equal(backoff.next(), 1_000);
});

test("durations read like a clock and never below zero", () => {
  assert.deepEqual([-3, 0, 9, 75, 3_675].map(duration), ["0:00", "0:00", "0:09", "1:15", "1:01:15"]);
});

test("the countdown follows the server's clock", () => {
  const until = "2026-01-01T00:00:30Z";
  const serverNow = "2026-01-01T00:00:12Z";

  assert.equal(secondsLeft(until, serverNow, 1_000, 1_000), 18);
  assert.equal(secondsLeft(until, serverNow, 1_000, 6_000), 13);
  assert.equal(secondsLeft(until, serverNow, 1_000, 60_000), 0);
});

test("times are those of Thailand", () => {
  assert.equal(wallTime(new Date("2026-01-01T03:32:00Z")), "10:32");
});

test("a secret is renewed after four fifths of its life", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  assert.equal(renewalDelay("2026-01-01T00:10:00Z", now), 480_000);
  assert.equal(renewalDelay("2025-12-31T23:00:00Z", now), 5_000);
  assert.equal(renewalDelay("no date", now), 3_600_000);
});

test("a new address, not a new secret, opens the line anew", () => {
  const one = { uri: "sip:a@h", ws_url: "ws://h", extension: "a", authorization_user: "a", secret: "1", expires_at: "" };

  assert.equal(isElsewhere(one, { ...one, secret: "2" }), false);
  assert.equal(isElsewhere(one, { ...one, ws_url: "ws://g" }), true);
});

test("a path of this machine by UDP is enough to begin", () => {
  assert.equal(isHost("candidate:1 1 udp 2113937151 192.168.1.7 50000 typ host generation 0"), true);
  assert.equal(isHost("candidate:1 1 tcp 1518280447 192.168.1.7 9 typ host tcptype active"), false);
  assert.equal(isHost("candidate:2 1 udp 1677729535 203.0.113.9 50000 typ srflx raddr 0.0.0.0"), false);
});

test("packets and loudness come from the audio reports alone", () => {
  const stats = summarise([
    { type: "inbound-rtp", kind: "audio", packetsReceived: 120, audioLevel: 0.25 },
    { type: "outbound-rtp", kind: "audio", packetsSent: 118 },
    { type: "inbound-rtp", kind: "video", packetsReceived: 9 },
    { type: "transport" },
  ]);

  assert.deepEqual(stats, { packetsReceived: 120, packetsSent: 118, level: 65 });
  assert.equal(toPercent(1), 100);
  assert.equal(toPercent(-1), 0);
});

test("every key has its own pair of tones", () => {
  const pairs = [..."123456789*0#"].map((key) => frequencies(key)?.join("+"));

  assert.equal(new Set(pairs).size, 12);
  assert.deepEqual(frequencies("5"), [770, 1336]);
  assert.deepEqual(frequencies("#"), [941, 1477]);
  assert.equal(frequencies("A"), undefined);
  assert.equal(frequencies(""), undefined);
});

test("arrow keys go round the list of places", () => {
  assert.deepEqual([step(-1, 1, 3), step(2, 1, 3), step(0, -1, 3), step(-1, -1, 3), step(0, 1, 0)], [0, 0, 2, 2, -1]);
});

test("events that are not JSON are handed on as text", () => {
  assert.deepEqual(parseData('{"id": 7}'), { id: 7 });
  assert.equal(parseData("plain"), "plain");
});

test("a connection that starts anew says what it saw last", () => {
  assert.equal(addLastEventId("/events", ""), "/events");
  assert.equal(addLastEventId("/events", "1-0"), "/events?last_event_id=1-0");
  assert.equal(addLastEventId("/events?a=1", "1-0"), "/events?a=1&last_event_id=1-0");
});

test("texts take their values, and leave an unknown name visible", () => {
  assert.equal(fill("สายเข้าจาก {number}", { number: "053" }), "สายเข้าจาก 053");
  assert.equal(fill("{other}", { number: "053" }), "{other}");
});
