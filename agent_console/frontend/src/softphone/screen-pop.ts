/** Brings up the caller's page while it rings, without losing what is typed in the form that stood there. */
import { find } from "../dom";
import { flushDrafts } from "../draft";
import { load } from "../hypermedia";
import { fillId, isPbxId } from "./numbers";

/** What the PBX says of the call that it rings: its name, why it comes, and the proof that it rang here. */
export interface Ring {
  pbxId: string;
  kind: string;
  key: string;
}

/** Its words are safe in the browser already; this only spares the server a race. */
const DRAFT_MS = 150;
const TRIES = 7;

async function showDesk(deskUrl: string): Promise<void> {
  const main = find(document, "#main");
  if (!main) return;
  await load(deskUrl, main, "outerHTML", "#main");
  // So that "back" and a reload agree with what is seen.
  history.pushState({ htmx: true }, "", deskUrl);
}

function popUrl(template: string, { pbxId, kind, key }: Ring, openDraft: string): string {
  const query = new URLSearchParams({ kind, key });
  if (openDraft) query.set("open_draft", openDraft);
  return `${fillId(template, pbxId)}?${query}`;
}

async function pop(phone: HTMLElement, ring: Ring): Promise<void> {
  const { pbxId } = ring;
  const { popUrl: template, deskUrl } = phone.dataset;
  if (!template) return;
  const openDraft = await flushDrafts(DRAFT_MS);
  if (!find(document, "#workspace") && deskUrl) await showDesk(deskUrl);
  const workspace = find(document, "#workspace");
  // The same call rings again after a missed ring: its form may already hold words.
  if (!workspace || workspace.dataset["pbxId"] === pbxId) return;
  await load(popUrl(template, ring, openDraft), workspace, "innerHTML");
  workspace.dataset["pbxId"] = pbxId;
}

/** Tries for some seconds: a console that is just being restarted is back by then. False if nothing came. */
export async function screenPop(phone: HTMLElement, ring: Ring): Promise<boolean> {
  if (!isPbxId(ring.pbxId)) return false;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      await pop(phone, ring);
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
  }
  return false;
}
