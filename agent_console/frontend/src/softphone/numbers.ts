/** What may be dialled from the softphone, and calling numbers as people read them. */

const TARGETS = /^(?:p\d{2}|ag\d{4,}|cb\d{1,18})$/;

/** A province's queue (p50), another agent (ag0007) or a callback request (cb12): the PBX's `agents` context knows no more. */
export function isTarget(target: string): boolean {
  return TARGETS.test(target);
}

/** A colleague's telephone, whose name in the PBX tells nobody anything. */
export function isAgent(user: string): boolean {
  return /^ag\d{4,}$/.test(user);
}

/** Only an id that cannot lead the request to another address. */
export function isPbxId(id: string): boolean {
  return /^[\w.-]{1,150}$/.test(id) && !id.includes("..");
}

export function fillId(template: string, id: string): string {
  return template.replace("{id}", encodeURIComponent(id));
}

/** 053123456 → 053 123 456, 021234567 → 02 123 4567, 0812345678 → 081 234 5678; anything else as it came; withheld → "". */
export function spoken(user: string): string {
  const number = user.replace(/^\+66/, "0");
  if (/^02\d{7}$/.test(number)) return number.replace(/^(\d{2})(\d{3})(\d{4})$/, "$1 $2 $3");
  if (/^0\d{8}$/.test(number)) return number.replace(/^(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3");
  if (/^0\d{9}$/.test(number)) return number.replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3");
  return /^(?:anonymous|unknown|restricted|unavailable|)$/i.test(number) ? "" : number;
}

/** The demo phone: what its number field may carry into a SIP header: digits and a leading plus, else a withheld number. */
export function callerHeader(typed: string): string {
  const number = typed.replace(/[\s().-]/g, "");
  return `X-Demo-Caller: ${/^\+?\d{1,20}$/.test(number) ? number : "anonymous"}`;
}
