import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsCode, lettersOf, moved, typedCode } from "../src/rota/moves";

const anong = { user_id: 1, day: "2026-12-07", code: "M" };
const boon = { user_id: 2, day: "2026-12-07", code: "E" };

test("a duty moves to a free day", () => {
  const free = { user_id: 1, day: "2026-12-08", code: null };
  assert.deepEqual(moved(anong, free), [
    { ...free, code: "M" },
    { ...anong, code: null },
  ]);
});

test("two duties are exchanged", () => {
  assert.deepEqual(moved(anong, boon), [
    { ...boon, code: "M" },
    { ...anong, code: "E" },
  ]);
});

test("nothing changes on the same day or for the same shift", () => {
  assert.deepEqual(moved(anong, anong), []);
  assert.deepEqual(moved(anong, { ...boon, code: "M" }), []);
});

test("a code counts as soon as no longer one begins with it", () => {
  assert.equal(typedCode("m", ["M", "N", "N2"]), "M");
  assert.equal(typedCode("N", ["M", "N", "N2"]), undefined);
  assert.equal(typedCode("n2", ["M", "N", "N2"]), "N2");
  assert.equal(beginsCode("N", ["M", "N", "N2"]), true);
  assert.equal(beginsCode("x", ["M", "N", "N2"]), false);
});

test("with the Thai layout a key means its Thai letter first, then its Latin one", () => {
  assert.deepEqual(lettersOf({ key: "ท", code: "KeyM" }), ["ท", "M"]);
  assert.deepEqual(lettersOf({ key: "m", code: "KeyM" }), ["m"]);
  assert.deepEqual(lettersOf({ key: "Enter", code: "Enter" }), []);
});
