/** Words that people see: written by the server, in the reader's language, into `<script type="application/json" id="texts">`. */

let texts: Record<string, string> | undefined;

function load(): Record<string, string> {
  const block = document.getElementById("texts");
  return block?.textContent ? (JSON.parse(block.textContent) as Record<string, string>) : {};
}

export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The text of a key, its `{names}` filled in. A missing key shows itself, so that a forgotten translation is seen at once. */
export function text(key: string, values: Record<string, string> = {}): string {
  texts ??= load();
  return fill(texts[key] ?? key, values);
}
