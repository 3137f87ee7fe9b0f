/** Dragging a duty with mouse, pen or finger. A finger holds still first, as a finger that moves scrolls the page. */
import { announce, find } from "../dom";
import { isOpen, plans, squareAt } from "./squares";

const HOLD_MS = 350;
const SLACK = 5;
const EDGE = 28;

export interface Dropped {
  from: HTMLElement;
  to: HTMLElement;
}

class Drag {
  private ghost: HTMLElement | undefined;
  private over: HTMLElement | null = null;
  private hold: number | undefined;
  private readonly listening = new AbortController();

  constructor(
    private readonly chip: HTMLElement,
    private readonly from: HTMLElement,
    private readonly down: PointerEvent,
    private readonly ended: (dragged: boolean) => void,
  ) {
    const options = { signal: this.listening.signal };
    addEventListener("pointermove", (event) => this.moved(event), options);
    addEventListener("pointerup", (event) => this.released(event), options);
    addEventListener("pointercancel", () => this.end(), options);
    addEventListener("keydown", (event) => event.key === "Escape" && this.end(), options);
    addEventListener("touchmove", (event) => this.ghost && event.preventDefault(), { ...options, passive: false });
    if (down.pointerType === "touch") this.hold = window.setTimeout(() => this.begin(down.clientX, down.clientY), HOLD_MS);
  }

  private begin(x: number, y: number): void {
    this.ghost = this.chip.cloneNode(true) as HTMLElement;
    this.ghost.classList.add("rota-ghost");
    document.body.append(this.ghost);
    this.from.classList.add("lifted");
    this.follow(x, y);
  }

  private moved(event: PointerEvent): void {
    if (event.pointerId !== this.down.pointerId) return;
    const far = Math.hypot(event.clientX - this.down.clientX, event.clientY - this.down.clientY) > SLACK;
    if (!this.ghost && far) {
      if (this.down.pointerType === "touch") {
        this.end(); // it scrolls
        return;
      }
      this.begin(event.clientX, event.clientY);
    }
    if (this.ghost) this.follow(event.clientX, event.clientY);
  }

  private follow(x: number, y: number): void {
    if (!this.ghost) return;
    this.ghost.style.translate = `${x + 8}px ${y + 8}px`;
    const square = squareAt(document.elementFromPoint(x, y));
    if (square !== this.over) {
      this.over?.classList.remove("drop-here");
      this.over = square && square !== this.from && isOpen(square) ? square : null;
      this.over?.classList.add("drop-here");
    }
    this.scroll(x, y);
  }

  private scroll(x: number, y: number): void {
    const wrap = find(document, ".rota-wrap");
    if (!wrap) return;
    const place = wrap.getBoundingClientRect();
    if (y < place.top || y > place.bottom) return;
    if (x > place.right - EDGE) wrap.scrollLeft += 12;
    else if (x < place.left + EDGE) wrap.scrollLeft -= 12;
  }

  private released(event: PointerEvent): void {
    if (event.pointerId !== this.down.pointerId) return;
    const to = this.ghost ? this.over : null;
    this.end();
    if (to) announce<Dropped>("rota-dropped", { from: this.from, to });
  }

  private end(): void {
    clearTimeout(this.hold);
    this.listening.abort();
    const dragged = this.ghost !== undefined;
    this.ghost?.remove();
    this.from.classList.remove("lifted");
    this.over?.classList.remove("drop-here");
    this.ended(dragged);
  }
}

let running: Drag | undefined;
let justDragged = false;

export function isDragging(): boolean {
  return running !== undefined;
}

/** Whether the click that comes now only ends a drag. */
export function endsDrag(): boolean {
  return justDragged;
}

export function startDragging(): void {
  document.addEventListener("pointerdown", (event) => {
    const chip = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-rota-drag]") : null;
    const from = squareAt(event.target);
    if (!chip || !from || event.button !== 0 || running || !plans()) return;
    running = new Drag(chip, from, event, (dragged) => {
      running = undefined;
      justDragged = dragged;
      setTimeout(() => (justDragged = false), 0);
    });
  });
}
