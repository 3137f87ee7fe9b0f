/** Makes a ringing phone seen when its tab is behind others: title, icon, and the system's own notification. */
import { find } from "../dom";
import { text } from "../texts";

const FLASH_MS = 1_000;

export class Attention {
  private flash: number | undefined;
  private title = "";
  private icon = "";
  private notification: Notification | undefined;

  start(number: string): void {
    this.stop();
    this.turn();
    this.flash = window.setInterval(() => this.turn(), FLASH_MS);
    this.changeIcon();
    if (document.visibilityState === "hidden") this.notify(number);
  }

  stop(): void {
    if (this.flash === undefined) return;
    clearInterval(this.flash);
    this.flash = undefined;
    if (document.title === text("phone.title.ringing")) document.title = this.title;
    const link = find<HTMLLinkElement>(document, 'link[rel="icon"]');
    if (link && this.icon) link.href = this.icon;
    this.notification?.close();
    this.notification = undefined;
  }

  async allow(): Promise<boolean> {
    return "Notification" in window && (await Notification.requestPermission()) === "granted";
  }

  get undecided(): boolean {
    return "Notification" in window && Notification.permission === "default";
  }

  /** The page below may change, and with it the title, while it rings. */
  private turn(): void {
    const ringing = text("phone.title.ringing");
    if (document.title !== ringing) this.title = document.title;
    document.title = document.title === ringing ? this.title : ringing;
  }

  private changeIcon(): void {
    const link = find<HTMLLinkElement>(document, 'link[rel="icon"]');
    if (!link) return;
    this.icon = link.href;
    link.href = link.dataset["ringHref"] ?? link.href;
  }

  private notify(number: string): void {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    this.notification = new Notification(text("phone.notification.title"), {
      body: text("phone.notification.body", { number }),
      requireInteraction: true,
      tag: "damrong-call",
    });
    this.notification.onclick = () => window.focus();
  }
}
