import assert from "node:assert/strict";
import { test } from "node:test";
import { collect, Copies, isNewer } from "../src/draft-copy";

class MemoryStorage implements Storage {
  private readonly items = new Map<string, string>();
  [name: string]: unknown;
  get length(): number {
    return this.items.size;
  }
  clear(): void {
    this.items.clear();
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

const NOON = "2026-01-03T12:00:00.000Z";
const LATER = "2026-01-03T12:00:01.000Z";

test("fields of one name become a list, and tokens are not kept", () => {
  const fields = collect([
    ["subject", "ถนนพัง"],
    ["tags", "a"],
    ["tags", "b"],
    ["tags", "c"],
    ["csrf_token", "secret"],
  ]);

  assert.deepEqual(fields, { subject: "ถนนพัง", tags: ["a", "b", "c"] });
});

test("the browser's copy wins only if it is newer than the server's draft", () => {
  const copy = { fields: {}, editedAt: LATER, base: "" };

  assert.equal(isNewer(copy, NOON), true);
  assert.equal(isNewer(copy, LATER), false);
  assert.equal(isNewer(copy, undefined), true);
  assert.equal(isNewer(null, NOON), false);
});

test("a computer whose clock is slow loses nothing that it typed on the server's own draft", () => {
  const copy = { fields: {}, editedAt: "2026-01-03T11:00:00.000Z", base: NOON };

  assert.equal(isNewer(copy, NOON), true);
  assert.equal(isNewer(copy, LATER), false);
});

test("words typed while the server was saving are not dropped", () => {
  const copies = new Copies(new MemoryStorage());
  copies.keep("call-1", { fields: { subject: "ก" }, editedAt: NOON, base: "" });
  copies.keep("call-1", { fields: { subject: "กข" }, editedAt: LATER, base: "" });

  copies.dropIfSaved("call-1", NOON);

  assert.deepEqual(copies.read("call-1")?.fields, { subject: "กข" });
});

test("signing out leaves no draft, and nothing of others is touched", () => {
  const storage = new MemoryStorage();
  storage.setItem("another.program", "stays");
  const copies = new Copies(storage);
  copies.keep("call-1", { fields: {}, editedAt: NOON, base: "" });
  copies.keep("call-2", { fields: {}, editedAt: NOON, base: "" });

  copies.dropAll();

  assert.equal(storage.length, 1);
  assert.equal(storage.getItem("another.program"), "stays");
});

test("a draft of yesterday, or an unreadable one, does not stay in the browser", () => {
  const storage = new MemoryStorage();
  storage.setItem("damrong.draft.broken", "{");
  const copies = new Copies(storage, () => Date.parse("2026-01-04T12:00:00.500Z"));
  copies.keep("old", { fields: {}, editedAt: NOON, base: "" });
  copies.keep("fresh", { fields: {}, editedAt: LATER, base: "" });

  copies.dropOld();

  assert.equal(copies.read("old"), null);
  assert.notEqual(copies.read("fresh"), null);
  assert.equal(storage.length, 1);
});
