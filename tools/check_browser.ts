/**
 * Bundles each package that promises to run in a browser, and prints what it weighs there.
 *
 *     deno run --allow-read --allow-env --allow-run tools/check_browser.ts
 *
 * Fails where a bundle needs a module of a runtime.
 */
import { build } from "esbuild";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
let failed = 0;

for (const name of ["tensor", "data", "models", "methods", "protocol"]) {
  try {
    const { outputFiles } = await build({
      entryPoints: [join(root, `packages/${name}/src/mod.ts`)],
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser", // any node: module is an error
      target: "es2022",
      external: ["mathjs"], // optional, and loaded only by those who ask for more digits
      outdir: "out",
      write: false,
      logLevel: "silent",
    });
    const bytes = outputFiles[0]!.contents;
    const [kilo, zipped] = [bytes, gzipSync(bytes)].map(({ length }) => (length / 1000).toFixed(1));
    console.log(`@fa/${name}  ${kilo} kB minified, ${zipped} kB gzipped`);
  } catch (error) {
    failed++;
    console.error(`@fa/${name} cannot be bundled for a browser: ${error}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
