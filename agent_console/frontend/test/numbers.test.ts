import assert from "node:assert/strict";
import { test } from "node:test";
import { callerHeader, fillId, isPbxId, isTarget, spoken } from "../src/softphone/numbers";

test("calling numbers are grouped as Thai people read them", () => {
  assert.equal(spoken("053123456"), "053 123 456");
  assert.equal(spoken("021234567"), "02 123 4567");
  assert.equal(spoken("0812345678"), "081 234 5678");
  assert.equal(spoken("+66812345678"), "081 234 5678");
});

test("a foreign or odd number is shown as it came", () => {
  assert.equal(spoken("+4930123456"), "+4930123456");
  assert.equal(spoken("1111"), "1111");
});

test("a withheld number is empty", () => {
  for (const user of ["anonymous", "Anonymous", "unknown", ""]) assert.equal(spoken(user), "");
});

test("only queues, agents and callback requests can be dialled", () => {
  for (const target of ["p50", "p00", "ag0007", "ag12345", "cb12"]) assert.ok(isTarget(target), target);
  for (const target of ["", "p5", "p500", "ag7", "cb", "0812345678", "p50@evil", "p50\r\n", "sip:p50"]) {
    assert.ok(!isTarget(target), target);
  }
});

test("an id from a SIP header cannot lead a request elsewhere", () => {
  assert.ok(isPbxId("1763913600.42"));
  for (const id of ["", "../admin", "1/2", "1?x=1", "a b", "..", "1\r\n2"]) assert.ok(!isPbxId(id), id);
  assert.equal(fillId("/calls/by-pbx/{id}/pop", "1763913600.42"), "/calls/by-pbx/1763913600.42/pop");
});

test("the demo caller's field cannot write another header", () => {
  assert.equal(callerHeader("053 123-456"), "X-Demo-Caller: 053123456");
  assert.equal(callerHeader("+49 30 123456"), "X-Demo-Caller: +4930123456");
  assert.equal(callerHeader(""), "X-Demo-Caller: anonymous");
  assert.equal(callerHeader("053\r\nX-Evil: 1"), "X-Demo-Caller: anonymous");
});
