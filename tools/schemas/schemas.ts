// The JSON Schemas of the records that @fa/protocol reads and writes.
import { fileURLToPath } from "node:url";
import {
  evidenceDefinitions,
  firstDefinitions,
} from "../../packages/protocol/src/evidence/definitions.ts";
import { programOf, type Rules, type Schema, schemaOf } from "./schema_of.ts";

const source = (path: string) =>
  fileURLToPath(new URL(`../../packages/protocol/src/${path}`, import.meta.url));

/** Where the schemas are. */
export const folder: string = fileURLToPath(
  new URL("../../packages/protocol/schemas/", import.meta.url),
);

const atLeast = (minimum: number) => ({ type: "integer", minimum });
const all = (names: string, schema: Schema) =>
  Object.fromEntries(names.split(" ").map((name) => [name, schema]));
const json: Schema = { description: "Any JSON." };

/** What the parsers check besides types, as far as it concerns one value alone. */
const rules: Rules = {
  numbers: {
    ...all(
      "seed seeds epoch samples trainSize correct withoutPrediction invalidSamples pairs excludedSamples " +
        "nonFiniteHidden zeroGradients nonFiniteGradients zeroCredits firedSeeds evaluatedSeeds " +
        "zeroAtTop nonFiniteAtTop moments evaluated silentAt silentAgain distinctResamples n",
      atLeast(0),
    ),
    ...all("batchSize batches testSize total draws", atLeast(1)),
  },
  strings: {
    ...all("method backend name reason working", { minLength: 1, pattern: "\\S" }),
    dtype: { enum: ["float32", "float64", "float16", "bfloat16"] },
    file: { pattern: "^[^./\\\\:][^/\\\\:]*\\.safetensors$", maxLength: 200 },
    feedbackHash: { pattern: "^[0-9a-f]{64}$" },
  },
  arrays: {
    hiddenNorms: { minItems: 1 },
    gradientNorms: { minItems: 1 },
    ...all("runs snapshots methods", { minItems: 1 }),
  },
  types: { Json: json, JsonObject: { type: "object", ...json } },
};

const draft = "https://json-schema.org/draft/2020-12/schema";

/** The schemas by file name. */
export function schemas(): Record<string, Schema> {
  const [run, bundle, report] = [
    "evidence/run_evidence.ts",
    "bundle/bundle.ts",
    "report/build_audit.ts",
  ].map(source) as [string, string, string];
  const program = programOf([run, bundle, report]);
  const of = (file: string, name: string) => schemaOf(program, file, name, rules);
  return {
    "evidence.schema.json": {
      $schema: draft,
      title: "Evidence of one run (fa-evidence)",
      ...eitherVersion(of(run, "RunEvidence")),
    },
    "bundle.schema.json": {
      $schema: draft,
      title: "A trace from another framework (fa-bundle)",
      ...of(bundle, "Bundle"),
    },
    "report.schema.json": {
      $schema: draft,
      title: "Record of an audit (fa-audit)",
      ...of(report, "AuditReport"),
    },
  };
}

/** Evidence of version 1 is read too: as version 2 with less in it, and with its own definitions. */
function eitherVersion(schema: Schema): Schema {
  const definitions = schema["$defs"] as Record<string, Schema>;
  const run = definitions["RunEvidence"]!;
  const properties = run["properties"] as Record<string, Schema>;
  const version = properties["schemaVersion"]!;
  const loose = { schemaVersion: { ...version, enum: [1, 2] }, definitions: { type: "object" } };
  delete (loose.schemaVersion as Record<string, unknown>)["const"];
  const having = (schemaVersion: 1 | 2, known: object) => ({
    properties: {
      schemaVersion: { const: schemaVersion },
      definitions: { const: known },
    },
  });
  return {
    ...schema,
    $defs: {
      ...definitions,
      RunEvidence: {
        ...run,
        properties: { ...properties, ...loose },
        anyOf: [having(1, firstDefinitions), having(2, evidenceDefinitions)],
      },
    },
  };
}
