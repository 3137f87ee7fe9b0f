/** The short-lived secret by which this browser's phone may register. */
import { getJson } from "../http";

export interface Credentials {
  uri: string;
  ws_url: string;
  extension: string;
  authorization_user: string;
  secret: string;
  expires_at: string;
  ice_servers?: RTCIceServer[];
}

const LEAST_MS = 5_000;
const MOST_MS = 3_600_000;

export function fetchCredentials(url: string): Promise<Credentials> {
  return getJson<Credentials>(url);
}

/** How long to wait before asking for the next secret: four fifths of this one's life. */
export function renewalDelay(expiresAt: string, now: number): number {
  const life = Date.parse(expiresAt) - now;
  return Number.isNaN(life) ? MOST_MS : Math.min(Math.max(life * 0.8, LEAST_MS), MOST_MS);
}

/** Whether the line must be opened anew, and not just given the new secret. */
export function isElsewhere(before: Credentials, next: Credentials): boolean {
  return before.uri !== next.uri || before.ws_url !== next.ws_url;
}
