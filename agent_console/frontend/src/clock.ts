/** Times as people read them. */

/** 75 → "1:15", 3675 → "1:01:15"; never below zero. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The wall clock of the centres, whatever the computer is set to. */
export function wallTime(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Bangkok",
  }).format(at);
}

/** Seconds left, measured by the server's clock: that of the agent's computer may be minutes off. */
export function secondsLeft(until: string, serverNow: string, loadedAt: number, now: number): number {
  const total = Date.parse(until) - Date.parse(serverNow);
  return Math.max(0, (total - (now - loadedAt)) / 1000);
}
