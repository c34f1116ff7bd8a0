// Which ops there are, so that tables of tests can be complete.
import { readdirSync, readFileSync } from "node:fs";

/** Names of the functions that the files of ops/ export. */
export function opNames(): string[] {
  const folder = new URL("../ops/", import.meta.url);
  return readdirSync(folder)
    .filter((name) => /^[a-z]\w*\.ts$/.test(name))
    .flatMap((name) =>
      [...readFileSync(new URL(name, folder), "utf8").matchAll(/^export function (\w+)/gm)]
        .map(([, f]) => f!)
    );
}
