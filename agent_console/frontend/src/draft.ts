/** Autosave of the case form: at once into the browser, half a second later to the server, restored when the page comes back. */
import { Backoff } from "./backoff";
import { wallTime } from "./clock";
import { all, announce, find, setText, within } from "./dom";
import { collect, Copies, isNewer, type Fields } from "./draft-copy";
import { getJson, HttpError } from "./http";
import { onContent } from "./hypermedia";
import { text } from "./texts";

const PAUSE_MS = 500;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type State = "saving" | "saved" | "local";

const copies = new Copies(localStorage);
const drafts = new Map<HTMLFormElement, Draft>();

export function restore(form: HTMLFormElement, fields: Fields): void {
  for (const control of all<Control>(form, "input[name], select[name], textarea[name]")) {
    if (["hidden", "password", "file"].includes(control.type)) continue;
    const kept = fields[control.name];
    const values = kept === undefined ? [] : [kept].flat();
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
      control.checked = values.includes(control.value);
    } else if (values[0] !== undefined) {
      control.value = values[0];
      // Options of a district may still have to be fetched: place.ts looks here.
      if (control.value !== values[0]) control.dataset["wanted"] = values[0];
    }
  }
  announce("draft-restored", null, form);
}

class Draft {
  private editedAt = "";
  private savedEdit = "";
  private base: string;
  private timer: number | undefined;
  private sending: Promise<void> | undefined;
  private done = false;
  private readonly backoff = new Backoff(2_000, 30_000);

  constructor(
    private readonly form: HTMLFormElement,
    readonly key: string,
    private readonly url: string,
  ) {
    this.base = form.dataset["draftSavedAt"] ?? "";
  }

  start(): void {
    const copy = copies.read(this.key);
    if (isNewer(copy, this.form.dataset["draftSavedAt"])) {
      restore(this.form, copy.fields);
      this.show("local", "draft.restored", copy.editedAt);
      this.edited();
    } else {
      copies.drop(this.key);
    }
    this.form.addEventListener("input", () => this.edited());
    this.form.addEventListener("change", () => this.edited());
  }

  get unsaved(): boolean {
    return !this.done && this.editedAt !== this.savedEdit;
  }

  get touched(): boolean {
    return !this.done && (this.editedAt !== "" || Boolean(this.form.dataset["draftSavedAt"]));
  }

  finish(): void {
    this.done = true;
    clearTimeout(this.timer);
    copies.drop(this.key);
    drafts.delete(this.form);
  }

  /** Sends what is not yet sent; never fails, because the browser's copy stays. */
  async flush(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending && !keepalive) await this.sending;
    if (!this.unsaved) return;
    this.sending = this.send(keepalive);
    await this.sending;
    this.sending = undefined;
  }

  private edited(): void {
    if (this.done) return;
    this.editedAt = new Date().toISOString();
    copies.keep(this.key, { fields: this.fields(), editedAt: this.editedAt, base: this.base });
    this.schedule(PAUSE_MS);
  }

  private fields(): Fields {
    return collect(new FormData(this.form).entries());
  }

  private schedule(pause: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), pause);
  }

  private async send(keepalive: boolean): Promise<void> {
    const edit = this.editedAt;
    this.show("saving", "draft.saving", edit);
    try {
      const body = { fields: this.fields(), edited_at: edit };
      const { saved_at } = await getJson<{ saved_at: string }>(this.url, { method: "PUT", body, keepalive });
      this.base = saved_at;
      this.savedEdit = edit;
      this.backoff.reset();
      copies.dropIfSaved(this.key, edit);
      this.show("saved", "draft.saved", edit);
    } catch (error) {
      this.failed(error, edit);
    }
  }

  private failed(error: unknown, edit: string): void {
    // The case of this draft is saved already: nothing is left to keep.
    if (error instanceof HttpError && error.status === 409) return this.finish();
    this.show("local", "draft.local", edit);
    if (!this.done) this.schedule(this.backoff.next());
  }

  private show(state: State, key: string, edited: string): void {
    const place = find(this.form, "[data-draft-state]");
    if (!place) return;
    place.dataset["state"] = state;
    setText(place, text(key, { time: wallTime(new Date(edited)) }));
  }
}

function adopt(form: HTMLFormElement): void {
  const { draftKey, draftUrl } = form.dataset;
  if (!draftKey || !draftUrl || drafts.has(form)) return;
  const draft = new Draft(form, draftKey, draftUrl);
  drafts.set(form, draft);
  draft.start();
}

function forgetRemoved(): void {
  for (const [form, draft] of drafts) {
    if (form.isConnected) continue;
    if (draft.unsaved) void draft.flush();
    else drafts.delete(form);
  }
}

function finish(key: string): void {
  for (const draft of [...drafts.values()]) if (draft.key === key) draft.finish();
  copies.drop(key);
}

/** Before something else takes the form's place. Resolves with the key of a form that holds text, or "". */
export async function flushDrafts(atMostMs: number): Promise<string> {
  const open = [...drafts.values()];
  const touched = open.find((draft) => draft.touched);
  const saved = Promise.all(open.map((draft) => draft.flush()));
  await Promise.race([saved, new Promise((resolve) => setTimeout(resolve, atMostMs))]);
  return touched?.key ?? "";
}

export function startDrafts(): void {
  copies.dropOld();
  onContent((root) => {
    for (const answer of within(root, "[data-draft-done]")) finish(answer.dataset["draftDone"] ?? "");
    forgetRemoved();
    within<HTMLFormElement>(root, "form[data-draft-key]").forEach(adopt);
  });
  addEventListener("online", () => drafts.forEach((draft) => void draft.flush()));
  addEventListener("pagehide", () => drafts.forEach((draft) => void draft.flush(true)));
  document.addEventListener("submit", (event) => {
    const action = (event.target as HTMLFormElement).getAttribute("action");
    if (action === "/sign-out") copies.dropAll();
  });
}
