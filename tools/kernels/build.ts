/**
 * Compiles the WebAssembly kernels (packages/tensor/kernels, AssemblyScript) into
 * packages/tensor/src/backends/wasm/_module.gen.ts.
 *
 *     deno task kernels            installs the compiler beside the source and builds
 *     deno task kernels --check    fails if the checked-in module is not what the source gives
 *
 * The compiler is pinned, so the bytes are the same on every machine.
 */
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../packages/tensor/kernels", import.meta.url));
const target = fileURLToPath(
  new URL("../../packages/tensor/src/backends/wasm/_module.gen.ts", import.meta.url),
);
const compiler = join(source, "node_modules/assemblyscript/bin/asc.js");

if (process.argv.slice(2).some((arg) => arg !== "--check")) {
  console.error("Cannot build kernels with other options than --check");
  process.exit(2);
}
if (!existsSync(compiler)) {
  const windows = process.platform === "win32";
  execFileSync(windows ? "npm.cmd" : "npm", ["ci", "--silent"], { cwd: source, stdio: "inherit" });
}

/** The bytes of one build. */
function compile(...features: string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "kernels-"));
  const out = join(folder, "kernels.wasm");
  try {
    execFileSync("node", [
      compiler,
      "mod.ts",
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub"],
      ...["--importMemory", "--maximumMemory", "65536"],
      ...features.flatMap((name) => ["--enable", name]),
      ...["-o", out],
    ], { cwd: source, stdio: ["ignore", "ignore", "pipe"] });
    return new Uint8Array(readFileSync(out));
  } catch (error) {
    console.error(String((error as { stderr?: unknown }).stderr ?? error));
    process.exit(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where the imported memory's limits say whether it is shared. */
function sharedFlagAt(bytes: Uint8Array): number {
  const name = [...new TextEncoder().encode("memory"), 2]; // 2: the import is a memory
  const at = bytes.findIndex((_, i) => name.every((byte, j) => bytes[i + j] === byte));
  const flag = at + name.length;
  if (at < 0 || bytes[flag] !== 1) {
    throw new Error("The module must import a memory with a maximum");
  }
  return flag;
}

const strict = compile("simd");
const fast = compile("simd", "relaxed-simd");
const flag = sharedFlagAt(strict);
if (sharedFlagAt(fast) !== flag) throw new Error("Both builds must import their memory alike");

const quoted = (bytes: Uint8Array) => `"${Buffer.from(bytes).toString("base64")}"`;
const text = `// Compiled kernels. Written by tools/kernels/build.ts: do not edit.
// deno-fmt-ignore-file
/** The module, base64: ${strict.length} bytes. */
export const KERNELS: string = ${quoted(strict)};
/** The same with fused multiplication and addition in products: ${fast.length} bytes. */
export const FAST_KERNELS: string = ${quoted(fast)};
/** Offset of the byte that says whether the imported memory is shared. */
export const SHARED_FLAG_AT = ${flag};
`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error(
      "The checked-in kernels are not what their source gives: run `deno task kernels`",
    );
    process.exit(1);
  }
  console.log(`fresh: ${strict.length} and ${fast.length} bytes`);
} else {
  writeFileSync(target, text);
  console.log(`wrote ${strict.length} and ${fast.length} bytes`);
}
