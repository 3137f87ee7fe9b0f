/** What a gesture means, as days that change. Apart from the page, so that it can be tested by itself. */
import type { Day } from "./squares";

/** A duty goes to another day or person; what stood there comes back in exchange. Nothing when both are the same. */
export function moved(from: Day, to: Day): Day[] {
  const same = from.user_id === to.user_id && from.day === to.day;
  if (same || from.code === to.code) return [];
  return [
    { ...to, code: from.code },
    { ...from, code: to.code },
  ];
}

/** The shift whose code was typed so far, if no longer code begins with it; undefined while it may still become one. */
export function typedCode(typed: string, codes: readonly string[]): string | undefined {
  const fits = codes.filter((code) => code.toLowerCase().startsWith(typed.toLowerCase()));
  const exact = fits.find((code) => code.toLowerCase() === typed.toLowerCase());
  return exact !== undefined && fits.length === 1 ? exact : undefined;
}

export function beginsCode(typed: string, codes: readonly string[]): boolean {
  return codes.some((code) => code.toLowerCase().startsWith(typed.toLowerCase()));
}

/** What a key types: with the Thai layout the key of M gives ท, but a code M is meant. */
export function lettersOf(event: Pick<KeyboardEvent, "key" | "code">): string[] {
  const plain = /^Key([A-Z])$/.exec(event.code)?.[1] ?? /^Digit([0-9])$/.exec(event.code)?.[1];
  const typed = event.key.length === 1 ? [event.key] : [];
  return plain && plain.toLowerCase() !== event.key.toLowerCase() ? [...typed, plain] : typed;
}
