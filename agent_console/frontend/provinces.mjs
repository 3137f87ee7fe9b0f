// The outlines of Thailand's provinces as one SVG file: each province is a path named by its code (p50), to be shown with
// <use> like the icons. Outlines: @svg-maps/thailand, © its authors, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
import { readFile } from "node:fs/promises";
import thailand from "@svg-maps/thailand";

const codes = JSON.parse(await readFile(new URL("./province-codes.json", import.meta.url), "utf8"));

export function provincesSvg() {
  const paths = thailand.locations
    .map(({ id, path }) => `<path id="${codes[id] ? `p${codes[id]}` : id}" d="${rounded(path)}"/>`)
    .join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${thailand.viewBox}">
<!-- Outlines: @svg-maps/thailand, CC BY 4.0; coordinates rounded. -->
<g id="thailand">
${paths}
</g>
</svg>
`;
}

/** A tenth of a pixel is finer than any screen shows the country. The steps are relative: what rounding takes is carried on. */
function rounded(path) {
  let error = [0, 0];
  return path
    .split(/\s+/)
    .map((part) => {
      const pair = part.split(",").map(Number);
      if (pair.length !== 2 || pair.some(Number.isNaN)) return part;
      const wanted = [pair[0] + error[0], pair[1] + error[1]];
      const kept = wanted.map((value) => Math.round(value * 10) / 10);
      error = [wanted[0] - kept[0], wanted[1] - kept[1]];
      return kept[0] || kept[1] ? kept.join() : "";
    })
    .filter(Boolean)
    .join(" ");
}
