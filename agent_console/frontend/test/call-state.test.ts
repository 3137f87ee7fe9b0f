import assert from "node:assert/strict";
import { test } from "node:test";
import { after, isFree, isLive, type CallEvent, type CallState } from "../src/softphone/call-state";

const STATES: CallState[] = ["idle", "calling", "ringing", "talking", "held", "ended"];
const EVENTS: CallEvent[] = ["rang", "dialled", "connected", "held", "resumed", "over", "cleared"];

function run(...events: CallEvent[]): CallState {
  return events.reduce<CallState>(after, "idle");
}

test("a call that is answered, held, resumed and ended leaves the phone idle", () => {
  assert.equal(run("rang", "connected"), "talking");
  assert.equal(run("rang", "connected", "held"), "held");
  assert.equal(run("rang", "connected", "held", "resumed", "over"), "ended");
  assert.equal(run("rang", "connected", "over", "cleared"), "idle");
});

test("a second call cannot ring into a conversation", () => {
  for (const state of STATES) {
    const expected = isFree(state) ? "ringing" : state;
    assert.equal(after(state, "rang"), expected);
  }
});

test("a call that rings again at once after another is not lost", () => {
  assert.equal(run("rang", "over", "rang"), "ringing");
});

test("a late end of clearing does not disturb a new call", () => {
  assert.equal(after("ringing", "cleared"), "ringing");
});

test("every event leads to a known state", () => {
  for (const state of STATES) for (const event of EVENTS) assert.ok(STATES.includes(after(state, event)));
});

test("leaving the page is warned of only while somebody is on the line", () => {
  assert.deepEqual(STATES.filter(isLive), ["calling", "talking", "held"]);
});
