/** A typed search for a place, by the ARIA pattern of an editable combobox with a list. */
import { find } from "./dom";
import { getJson } from "./http";
import { text } from "./texts";

export interface FoundPlace {
  label: string;
  province_code?: string | null;
  district_code?: string | null;
  subdistrict_code?: string | null;
  postcode?: string | null;
}

const PAUSE_MS = 180;
const LEAST_LETTERS = 2;

/** The index that an arrow key leads to; the list is a ring. */
export function step(active: number, by: number, count: number): number {
  if (count === 0) return -1;
  if (active < 0) return by > 0 ? 0 : count - 1;
  return (active + by + count) % count;
}

export class PlaceSearch {
  private found: FoundPlace[] = [];
  private active = -1;
  private timer: number | undefined;
  private readonly list: HTMLElement | null;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly url: string,
    private readonly choose: (place: FoundPlace) => void,
  ) {
    this.list = find(document, `#${input.getAttribute("aria-controls")}`);
  }

  start(): void {
    this.close();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list?.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
      if (option) this.pick(Number(option.dataset["index"]));
    });
  }

  private typed(): void {
    clearTimeout(this.timer);
    const words = this.input.value.trim();
    if (words.length < LEAST_LETTERS) return this.close();
    this.timer = window.setTimeout(() => void this.search(words), PAUSE_MS);
  }

  private async search(words: string): Promise<void> {
    try {
      const found = await getJson<FoundPlace[]>(`${this.url}?q=${encodeURIComponent(words)}`);
      if (this.input.value.trim() === words) this.show(found);
    } catch {
      this.close();
    }
  }

  private pressed(event: KeyboardEvent): void {
    // Enter and arrows that belong to an input method are not ours.
    if (event.isComposing) return;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      this.mark(step(this.active, event.code === "ArrowDown" ? 1 : -1, this.found.length));
    } else if (event.code === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      this.pick(Math.max(this.active, 0));
    } else if (event.code === "Escape") {
      this.close();
    }
  }

  private show(found: FoundPlace[]): void {
    if (!this.list) return;
    this.found = found;
    this.list.replaceChildren(...(found.length ? found.map((place, index) => this.option(place, index)) : [this.nothing()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(found.length ? 0 : -1);
  }

  private option(place: FoundPlace, index: number): HTMLElement {
    const option = document.createElement("li");
    option.id = `${this.list?.id}-${index}`;
    option.setAttribute("role", "option");
    option.dataset["index"] = String(index);
    const label = document.createElement("span");
    label.textContent = place.label;
    const postcode = document.createElement("small");
    postcode.textContent = place.postcode ?? "";
    option.append(label, postcode);
    return option;
  }

  private nothing(): HTMLElement {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    item.textContent = text("place.none");
    return item;
  }

  private mark(index: number): void {
    this.active = index;
    this.input.removeAttribute("aria-activedescendant");
    for (const option of this.list?.querySelectorAll<HTMLElement>("[data-index]") ?? []) {
      const chosen = Number(option.dataset["index"]) === index;
      option.setAttribute("aria-selected", String(chosen));
      if (!chosen) continue;
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  private pick(index: number): void {
    const place = this.found[index];
    if (!place) return;
    this.input.value = place.label;
    this.choose(place);
    this.close();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.found = [];
    this.active = -1;
    if (this.list) this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
