// Builds static/dist: bundles and style sheet under hashed names, and manifest.json by which the server finds them.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { provincesSvg } from "./provinces.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const outdir = process.argv.find((argument) => argument.startsWith("--outdir="))?.slice("--outdir=".length);
const dist = path.resolve(here, outdir ?? "../static/dist");
const building = `${dist}.building`;
const watching = process.argv.includes("--watch");

const options = {
  absWorkingDir: here,
  entryPoints: {
    console: "src/console.ts",
    "demo-phone": "src/demo-phone.ts",
    app: "styles/app.css",
  },
  outdir: building,
  entryNames: "[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  bundle: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16"],
  minify: true,
  sourcemap: true,
  metafile: true,
  write: true,
  legalComments: "linked",
  loader: { ".woff2": "file", ".svg": "file" },
  // JsSIP logs through `debug`, which would print calling numbers to the browser's console when somebody turns it on.
  alias: { debug: "./src/no-debug.cjs" },
  logLevel: "warning",
};

async function copyHashed(source, name) {
  return writeHashed(await readFile(path.join(here, source)), name);
}

async function writeHashed(content, name) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${hash}${ext}`;
  await writeFile(path.join(building, hashed), content);
  return hashed;
}

async function writeManifest(metafile) {
  const manifest = {};
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (!entryPoint) continue;
    const file = path.relative(building, path.resolve(here, output));
    manifest[file.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = file;
  }
  manifest["icons.svg"] = await copyHashed("icons/sprite.svg", "icons.svg");
  manifest["favicon.svg"] = await copyHashed("public/favicon.svg", "favicon.svg");
  manifest["thailand.svg"] = await writeHashed(provincesSvg(), "thailand.svg");
  manifest["favicon-ring.svg"] = await copyHashed("public/favicon-ring.svg", "favicon-ring.svg");
  await writeFile(path.join(building, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function writeStyleguide(manifest) {
  const page = await readFile(path.join(here, "styleguide.html"), "utf8");
  const linked = page.replace(/\{\{([\w.-]+)\}\}/g, (_, name) => manifest[name] ?? name);
  await writeFile(path.join(building, "styleguide.html"), linked);
}

async function build() {
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  const { metafile } = await esbuild.build(options);
  const manifest = await writeManifest(metafile);
  if (process.argv.includes("--styleguide") || watching) await writeStyleguide(manifest);
  // The old folder goes only now, so that a failed build leaves a working console.
  await rm(dist, { recursive: true, force: true });
  await rename(building, dist);
  for (const [name, file] of Object.entries(manifest)) console.log(`${name} -> ${file}`);
}

async function watch() {
  const { watch: watchFiles } = await import("node:fs/promises");
  let timer;
  for await (const { filename } of watchFiles(here, { recursive: true })) {
    if (!filename || !/^(src|styles|icons|public|styleguide)/.test(filename)) continue;
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
  }
}

await build();
if (watching) await watch();
