/** The dialog in which an agent chooses whom a call goes to. */
import { find, setText } from "../dom";
import { getJson } from "../http";
import { text } from "../texts";
import { isTarget } from "./numbers";

interface Target {
  target: string;
  kind: "province" | "agent";
  label: string;
  note?: string;
  level?: string;
}

const PAUSE_MS = 180;

export class TargetDialog {
  private timer: number | undefined;

  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly url: string,
  ) {
    this.search?.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.list(), PAUSE_MS);
    });
    // Enter in a dialog's form presses its first button, which closes it.
    dialog.addEventListener("keydown", (event) => {
      if (event.code === "Enter" && event.target === this.search) event.preventDefault();
    });
  }

  open(): void {
    if (this.search) this.search.value = "";
    this.dialog.showModal();
    this.search?.focus();
    void this.list();
  }

  close(): void {
    this.dialog.close();
  }

  get chosen(): string {
    const value = find<HTMLInputElement>(this.dialog, 'input[name="target"]:checked')?.value ?? "";
    return isTarget(value) ? value : "";
  }

  private get search(): HTMLInputElement | null {
    return find<HTMLInputElement>(this.dialog, '[data-phone="transfer-search"]');
  }

  private async list(): Promise<void> {
    const words = this.search?.value.trim() ?? "";
    const place = find(this.dialog, '[data-phone="targets"]');
    if (!place) return;
    const targets = await getJson<Target[]>(`${this.url}?q=${encodeURIComponent(words)}`).catch(() => []);
    if ((this.search?.value.trim() ?? "") !== words) return;
    place.replaceChildren(...targets.filter(({ target }) => isTarget(target)).map((target) => this.row(target)));
    if (!place.childElementCount) setText(place, text("phone.targets.none"));
  }

  private row({ target, kind, label, note, level }: Target): HTMLElement {
    const row = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "target", value: target });
    radio.dataset["targetKind"] = kind;
    const name = document.createElement("span");
    name.textContent = label;
    row.append(radio, name);
    if (note) {
      const badge = document.createElement("span");
      badge.className = `badge ${level ?? ""}`.trim();
      badge.textContent = note;
      row.append(badge);
    }
    return row;
  }
}
