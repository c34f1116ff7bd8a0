// The JSON Schemas against the parsers and against what the software writes. Oracle: ajv, an independent
// validator; a record that a parser reads must validate, and one that it refuses for a wrong type, a
// missing or an unknown field must not.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { exampleEvidence, parseEvidence } from "@fa/protocol";
import { parseBundle } from "@fa/protocol/bundle";
import { buildAudit } from "@fa/protocol/report";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder, runHere } from "../../packages/audit/src/cli/_test_cli.ts";
import { testBundle } from "../../packages/protocol/src/bundle/_test_bundle.ts";
import { listFiles } from "../_files.ts";
import { folder, schemas } from "./schemas.ts";

const test = suite("JSON Schemas");
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

function compile(name: string): ValidateFunction {
  return ajv.compile(JSON.parse(readFileSync(join(folder, name), "utf8")));
}

const evidence = compile("evidence.schema.json");
const bundle = compile("bundle.schema.json");
const report = compile("report.schema.json");

function accepts(validate: ValidateFunction, record: unknown, what: string): void {
  // As it is in a file, where there is no undefined.
  if (validate(JSON.parse(JSON.stringify(record)))) return;
  const [error] = validate.errors!;
  throw new Error(
    `${what}: ${error!.instancePath} ${error!.message} ${JSON.stringify(error!.params)}`,
  );
}

// Oracle: the generator; the schemas are checked in so that others need not run it.
test("the checked-in schemas are what the types give", () => {
  for (const [name, schema] of Object.entries(schemas())) {
    const found = JSON.parse(readFileSync(join(folder, name), "utf8"));
    assert.equal(found, JSON.parse(JSON.stringify(schema)), `${name}: run deno task schemas`);
  }
});

test("every record under results validates", async () => {
  const root = new URL("../../results/", import.meta.url).pathname;
  const files = (await listFiles(root, "")).filter((path) => path.endsWith("/evidence.json"));
  assert.ok(files.length >= 15, `${files.length}`);
  const versions = new Set<number>();
  for (const file of files) {
    const record = JSON.parse(readFileSync(join(root, file), "utf8"));
    versions.add(record.schemaVersion);
    accepts(evidence, record, file);
  }
  assert.ok(versions.has(1));
});

test("the record of an audit and its evidence validate", async () => {
  await inTemporaryFolder(async (out) => {
    const small = ["--epochs", "1", "--width", "8", "--depth", "2", "--limit", "1280"];
    const { code, stderr } = await runHere(
      [
        "--preset",
        "tiny",
        "--methods",
        "dfa",
        "--no-controls",
        ...small,
        "--workers",
        "1",
        "--quiet",
        "--out",
        out,
      ],
    );
    assert.is(code, 0, stderr);
    const read = (name: string) => JSON.parse(readFileSync(join(out, name), "utf8"));
    accepts(report, read("audit.json"), "audit.json");
    const runs = (await listFiles(out, "")).filter((path) => path.endsWith("/evidence.json"));
    assert.is(runs.length, 2);
    for (const run of runs) accepts(evidence, read(run), run);
    damageReport(read("audit.json"));
  });
});

// deno-lint-ignore no-explicit-any
type Any = any;

/** Places in a record: the path to every object and array entry. */
function* places(value: Any, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    yield here;
    yield* places(value[key], here);
  }
}

/** As {@link places}, but of those that differ in indices alone the first two. */
function* kindsOfPlaces(value: Any): Generator<(string | number)[]> {
  const seen = new Map<string, number>();
  for (const path of places(value)) {
    const kind = path.map((key) => typeof key === "number" ? "#" : key).join(".");
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    if (before < 2) yield path;
  }
}

/** A copy with one change at a place, given the object there and the key. */
function changed(
  record: Any,
  path: readonly (string | number)[],
  change: (of: Any, key: Any) => void,
): Any {
  const copy = structuredClone(record);
  let of = copy;
  for (const key of path.slice(0, -1)) of = of[key];
  change(of, path.at(-1));
  return copy;
}

const damages: readonly ((of: Any, key: Any) => void)[] = [
  (of, key) => Array.isArray(of) ? of.splice(key, 1) : delete of[key],
  (of, key) => of[key] = null,
  (of, key) => of[key] = "NaN",
  (of, key) => of[key] = [of[key]],
  (of, key) => of[key] = true,
  (of, key) => of[key] = 0.5,
  (of, key) => of[key] = {},
  (of, key) => of[key] !== null && typeof of[key] === "object" && (of[key].unknownField = 1),
];

/** Damages a record everywhere, and compares the schema with the parser. */
function agree(validate: ValidateFunction, parse: (record: unknown) => unknown, record: Any): void {
  let [refused, read] = [0, 0];
  for (const path of kindsOfPlaces(record)) {
    for (const damage of damages) {
      const damaged = changed(record, path, damage);
      let error: unknown;
      try {
        parse(damaged);
        read++;
      } catch (thrown) {
        error = thrown;
      }
      const valid = validate(damaged);
      const what = `${path.join(".")} ${damage}: ${error ?? "read"}`;
      if (error === undefined) assert.ok(valid, what);
      if (error instanceof TypeError) {
        refused++;
        assert.not(valid, what);
      }
    }
  }
  assert.ok(refused > 100 && read > 10, `${refused} refused, ${read} read`);
}

const plain = (record: unknown) => JSON.parse(JSON.stringify(record));

test("evidence that the parser refuses for its structure is refused, and what it reads is not", () => {
  const record = plain(exampleEvidence({ gamma: 0.3 }));
  accepts(evidence, record, "example");
  agree(evidence, (json) => parseEvidence(json, "damaged"), record);
});

test("so are bundles", () => {
  const { json } = testBundle();
  accepts(bundle, json, "bundle");
  agree(bundle, (found) => parseBundle(found, "damaged"), json);
});

/** Oracle: the types: every field but the optional ones is needed, and no other is known. */
function damageReport(record: Any): void {
  // Free JSON, and fields that may be left out.
  const free = /(^|\.)(details|configuration)\./;
  const optional = new Set(
    "nonFinite perturbation nudging null precision credits lowerBound regime terminal".split(" "),
  );
  let count = 0;
  for (const path of [...kindsOfPlaces(record)]) {
    const [key, text] = [path.at(-1)!, path.join(".")];
    if (typeof key === "number" || free.test(text) || /formats\.\w+$/.test(text)) continue;
    const of = path.slice(0, -1).reduce((found, step) => found[step], record);
    const value = of[key];
    of.unknownField = 1;
    assert.not(report(record), `${text} beside an unknown field`);
    delete of.unknownField;
    if (optional.has(key) || text.endsWith("null.samples")) continue; // older records lack it
    delete of[key];
    assert.not(report(record), `without ${text}`);
    of[key] = [[]];
    assert.not(report(record), `${text} as [[]]`);
    of[key] = value;
    count++;
  }
  assert.ok(count > 200, `${count}`);
}

test("a report on made-up evidence validates", () => {
  const group = (method: string) => ({
    runs: [42, 123].map((seed) => exampleEvidence({ method, seed, gamma: 0.4 })),
    baselines: [],
  });
  accepts(
    report,
    buildAudit({
      methods: [group("bp"), group("sb")],
      controls: { penalisedDfa: group("dfa"), permutedBp: group("bp") },
      configuration: {},
    }),
    "report",
  );
});

test.run();
