/** The browser's own copy of what is being typed: kept until the server has it, so that neither crash loses a word. */

export type Fields = Record<string, string | string[]>;

export interface Copy {
  fields: Fields;
  editedAt: string;
  /** The server's own time of the draft that this text was typed on top of; "" if there was none. */
  base: string;
}

const PREFIX = "damrong.draft.";
const KEPT_MS = 24 * 3600 * 1000;
/** Never kept, whatever a form holds. */
const UNSAVED = new Set(["csrf_token", "password"]);

export function collect(data: Iterable<[string, FormDataEntryValue]>): Fields {
  const fields: Fields = {};
  for (const [name, value] of data) {
    if (typeof value !== "string" || UNSAVED.has(name)) continue;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else fields[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return fields;
}

/** Whether this copy holds words that the server's draft lacks. */
export function isNewer(copy: Copy | null, serverSavedAt: string | undefined): copy is Copy {
  if (!copy) return false;
  const server = Date.parse(serverSavedAt ?? "");
  if (Number.isNaN(server)) return true;
  // The server's times compare with each other; the computer's clock may be minutes off and is asked last.
  return server <= Date.parse(copy.base) || Date.parse(copy.editedAt) > server;
}

export class Copies {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  keep(key: string, copy: Copy): void {
    try {
      this.storage.setItem(PREFIX + key, JSON.stringify(copy));
    } catch {
      // A full or forbidden storage leaves the server's copy, half a second later.
    }
  }

  read(key: string): Copy | null {
    const raw = this.storage.getItem(PREFIX + key);
    if (raw === null) return null;
    try {
      return JSON.parse(raw) as Copy;
    } catch {
      return null;
    }
  }

  drop(key: string): void {
    this.storage.removeItem(PREFIX + key);
  }

  /** The server has this state; a copy that was typed meanwhile stays. */
  dropIfSaved(key: string, editedAt: string): void {
    if (this.read(key)?.editedAt === editedAt) this.drop(key);
  }

  dropAll(): void {
    for (const key of this.keys()) this.drop(key);
  }

  dropOld(): void {
    for (const key of this.keys()) {
      const edited = Date.parse(this.read(key)?.editedAt ?? "");
      if (!(this.now() - edited < KEPT_MS)) this.drop(key);
    }
  }

  private keys(): string[] {
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index) ?? "");
    return keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  }
}
