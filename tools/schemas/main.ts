/**
 * Writes the JSON Schemas of the records (packages/protocol/schemas) from the types that declare them.
 *
 *     deno task schemas            writes them
 *     deno task schemas --check    fails if the checked-in schemas are not what the types give
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { folder, schemas } from "./schemas.ts";

const check = process.argv.includes("--check");
for (const [name, schema] of Object.entries(schemas())) {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  const path = join(folder, name);
  if (!check) writeFileSync(path, text);
  else if (JSON.stringify(JSON.parse(readFileSync(path, "utf8"))) !== JSON.stringify(schema)) {
    console.error(`${name} is not what the types give: run deno task schemas`);
    process.exitCode = 1;
  }
}
