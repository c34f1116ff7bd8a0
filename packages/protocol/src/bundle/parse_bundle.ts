// From the JSON of a bundle, that nobody vouches for, to its runs.
import { Place } from "../evidence/_reader.ts";
import { parseText, readDataset } from "../evidence/_read_parts.ts";
import type { Bundle, BundleAccuracy, BundleRun, BundleSnapshot } from "./bundle.ts";

/**
 * Reads `bundle.json` and checks all of it: types, ranges, that the snapshots of a run begin before
 * training and ascend, that no file is used twice, and that every file is a plain name which cannot
 * leave the folder of the bundle. Unknown fields are refused. No file is opened.
 *
 * @param json JSON text, or what `JSON.parse` made of it.
 * @param name names the record in errors, such as its file name.
 * @throws {SyntaxError} if the text is not JSON.
 * @throws {TypeError} if something has the wrong type, is missing or is unknown.
 * @throws {RangeError} if a value is impossible or contradicts another.
 *
 * @example
 * ```ts
 * import { parseBundle } from "@fa/protocol/bundle";
 *
 * let message = "";
 * try {
 *   parseBundle({ kind: "fa-bundle", schemaVersion: 1, runs: [] }, "bundle.json");
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("runs must be an array of at least one run")) throw new Error(message);
 * ```
 */
export function parseBundle(json: unknown, name: string): Bundle {
  const record = new Place(typeof json === "string" ? parseText(json, name) : json, "", name);
  const kind = record.field("kind").oneOf(["fa-bundle"] as const);
  const schemaVersion = record.field("schemaVersion").oneOf([1] as const);
  record.only(["kind", "schemaVersion", "runs"]);
  const runs = record.field("runs").items(readRun, { limit: 1e4 });
  if (runs.length === 0) throw record.field("runs").rangeError("an array of at least one run");
  checkDistinct(record.field("runs"), runs);
  return { kind, schemaVersion, runs };
}

function readRun(at: Place): BundleRun {
  at.only(runFields);
  const model = at.field("model");
  model.only(["terminalNorm", "residual"]);
  const dataset = readDataset(at.field("dataset"));
  const finalAccuracy = readCounts(at.field("finalAccuracy"));
  if (dataset.testSize !== finalAccuracy.total) {
    throw at.field("dataset").field("testSize").rangeError(
      `${finalAccuracy.total}, the total of finalAccuracy`,
    );
  }
  return {
    method: at.field("method").name(),
    role: at.field("role").oneOf(["method", "baseline", "control"] as const),
    seed: at.field("seed").integer(0),
    creditIndex: at.field("creditIndex").oneOf(["input", "output"] as const),
    creditNormalization: at.field("creditNormalization").oneOf(
      ["sample", "batch", "none"] as const,
    ),
    dataset,
    model: {
      terminalNorm: model.field("terminalNorm").boolean(),
      residual: model.field("residual").boolean(),
    },
    batchSize: at.field("batchSize").integer(1),
    backend: at.field("backend").name(),
    ...(at.has("feedbackHash") && { feedbackHash: readHash(at.field("feedbackHash")) }),
    configuration: at.field("configuration").jsonObject(),
    finalAccuracy,
    snapshots: readSnapshots(at.field("snapshots"), finalAccuracy.correct / finalAccuracy.total),
  };
}

const runFields = [
  "method",
  "role",
  "seed",
  "creditIndex",
  "creditNormalization",
  "dataset",
  "model",
  "batchSize",
  "backend",
  "feedbackHash",
  "configuration",
  "finalAccuracy",
  "snapshots",
] as const;

function readCounts(at: Place): Required<BundleAccuracy> {
  at.only(["correct", "total", "withoutPrediction"]);
  const total = at.field("total").integer(1);
  const withoutPrediction = at.has("withoutPrediction")
    ? at.field("withoutPrediction").integer(0)
    : 0;
  const correct = at.field("correct").integer(0);
  if (correct + withoutPrediction > total) {
    throw at.field("correct").rangeError(
      `at most total − withoutPrediction, ${total} − ${withoutPrediction}`,
    );
  }
  return { correct, total, withoutPrediction };
}

function readHash(at: Place): string {
  if (!/^[0-9a-f]{64}$/.test(at.text())) throw at.rangeError("64 hexadecimal digits in lower case");
  return at.text();
}

function readSnapshots(at: Place, final: number): BundleSnapshot[] {
  const found = at.items(readSnapshot, { limit: 1e5 });
  if (found[0]?.epoch !== 0) {
    throw new RangeError(
      `Cannot read ${at.file} as ${at.path} must begin with the model before training, epoch 0: found ${
        found.length === 0 ? "no snapshot" : `epoch ${found[0]!.epoch}`
      }`,
    );
  }
  found.forEach(({ epoch }, i) => {
    const before = found[i - 1]?.epoch ?? -1;
    if (epoch <= before) throw at.item(i).field("epoch").rangeError(`greater than ${before}`);
  });
  const last = found.at(-1)!.accuracy;
  if (last !== undefined && last !== final) {
    throw at.item(found.length - 1).field("accuracy").rangeError(
      `${final}, the value of finalAccuracy, in the last snapshot`,
    );
  }
  return found;
}

function readSnapshot(at: Place): BundleSnapshot {
  const epoch = at.field("epoch").integer(0);
  const file = readFileName(at.field("file"));
  const more = ["learningRate", "trainLoss", "accuracy"] as const;
  // No epoch has passed yet: there is nothing that these could be of.
  at.only(epoch === 0 ? ["epoch", "file"] : ["epoch", "file", ...more]);
  const known = more.filter((field) => at.has(field)).map((field) => {
    const place = at.field(field);
    if (field !== "trainLoss" && place.number() < 0) throw place.rangeError("at least 0");
    if (field === "accuracy" && place.number() > 1) throw place.rangeError("a fraction in [0, 1]");
    return [field, place.number()];
  });
  return { epoch, file, ...Object.fromEntries(known) };
}

/** A name that means a file in the folder of the bundle on every system. */
function readFileName(at: Place): string {
  const name = at.text();
  if (/^[^./\\:\p{Cc}\p{Surrogate}][^/\\:\p{Cc}\p{Surrogate}]*\.safetensors$/u.test(name)) {
    if (name.length <= 200) return name;
  }
  throw at.rangeError(
    "the plain name of a .safetensors file beside the bundle: no path, no colon, no dot at its beginning",
  );
}

function checkDistinct(at: Place, runs: readonly BundleRun[]): void {
  const names = new Set<string>();
  const files = new Set<string>();
  runs.forEach(({ method, role, seed, snapshots }, i) => {
    const name = JSON.stringify([method, role, seed]);
    if (names.has(name)) {
      throw at.item(i).field("seed").rangeError(
        `another one: there is already a ${role} run of ${method} with this seed`,
      );
    }
    names.add(name);
    snapshots.forEach(({ file }, s) => {
      if (files.has(file)) {
        throw at.item(i).field("snapshots").item(s).field("file").rangeError(
          "a file that no other snapshot uses",
        );
      }
      files.add(file);
    });
  });
}
