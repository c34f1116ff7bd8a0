// Packages of bench/peers, which is no package of this repository: they are there only to compare.
import { readFile } from "node:fs/promises";
import { Unavailable } from "../child.ts";

// Types are checked where the peers are not installed.
// deno-lint-ignore no-explicit-any
export type Any = any;

const modules = new URL("../peers/node_modules/", import.meta.url);

/** A peer's module and its version. */
export async function importPeer(name: string): Promise<{ module: Any; version: string; at: URL }> {
  const at = new URL(`${name}/`, modules);
  let text: string;
  try {
    text = await readFile(new URL("package.json", at), "utf8");
  } catch {
    throw new Unavailable(`${name} is not installed: npm ci in bench/peers`);
  }
  const { version, exports, main } = JSON.parse(text);
  const entry = exports?.["."].import?.default ?? exports?.["."].import ?? main;
  const module = await import(new URL(entry, at).href);
  return { module, version, at };
}
