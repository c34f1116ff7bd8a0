// From JSON that nobody vouches for to a record that the diagnostics can trust.
import {
  type Definition,
  earlierDefinitions,
  evidenceDefinitions,
  firstDefinitions,
  type Quantity,
} from "./definitions.ts";
import { isMeasured } from "./measured.ts";
import { parseText, readDataset } from "./_read_parts.ts";
import { Place } from "./_reader.ts";
import {
  readAccuracy,
  readMeasured,
  readNorm,
  readSnapshot,
  readUnmeasured,
  type Version,
} from "./_read_snapshot.ts";
import { readProbes } from "../probes/read_probes.ts";
import type { EpochEvidence, RunEvidence } from "./run_evidence.ts";

/**
 * Reads a {@link RunEvidence} record and checks all of it: types, ranges, lengths against each
 * other, derived numbers against what they are derived from, that snapshots are of one model on the
 * same number of samples, that medians and means are possible with so many samples left out, and that
 * its definitions are those this library judges by. Unknown fields are refused. The result shares
 * nothing with the input.
 *
 * Records of version 1 come out as version 2, with the fields that it lacks absent; only the regime
 * of each Γ_l, which follows from its norms and its element type, is filled in.
 *
 * @param json JSON text, or what `JSON.parse` made of it.
 * @param name names the record in errors, such as its file name.
 * @throws {SyntaxError} if the text is not JSON.
 * @throws {TypeError} if something has the wrong type, is missing or is unknown.
 * @throws {RangeError} if a value is impossible or contradicts another.
 *
 * @example
 * ```ts
 * import { parseEvidence } from "@fa/protocol";
 *
 * let message = "";
 * try {
 *   parseEvidence({ kind: "fa-evidence", schemaVersion: 3 }, "dfa-42.json");
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * const expected = "Cannot read dfa-42.json as schemaVersion must be 1 or 2: found 3";
 * if (message !== expected) throw new Error(message);
 * ```
 */
export function parseEvidence(json: unknown, name: string): RunEvidence {
  const record = new Place(typeof json === "string" ? parseText(json, name) : json, "", name);
  const kind = record.field("kind").oneOf(["fa-evidence"] as const);
  const schemaVersion = record.field("schemaVersion").oneOf([1, 2] as const);
  record.only(fields);
  checkDefinitions(record.field("definitions"), schemaVersion);
  const creditIndex = record.field("creditIndex").oneOf(["input", "output"] as const);
  const initial = readSnapshot(record.field("initial"), schemaVersion);
  const blocks = initial.hiddenNorms.length - 1;
  const epochs = record.field("epochs").items(
    (at) => readEpoch(at, schemaVersion, blocks),
    { limit: 1e5 },
  );
  epochs.forEach(({ epoch }, i) => {
    const before = epochs[i - 1]?.epoch ?? 0;
    if (epoch <= before) {
      throw new Place(epoch, `epochs[${i}].epoch`, name).rangeError(`greater than ${before}`);
    }
  });
  for (const [at, snapshot] of snapshots(initial, epochs)) {
    const { gamma } = snapshot;
    if (!("valid" in gamma) && gamma.creditIndex !== creditIndex) {
      throw new Place(gamma.creditIndex, `${at}.gamma.creditIndex`, name).rangeError(
        `${creditIndex}, as in the record`,
      );
    }
    for (const field of sameInAll) {
      if (snapshot[field] !== initial[field]) {
        throw new Place(snapshot[field], `${at}.${field}`, name).rangeError(
          `${initial[field]}, as in initial`,
        );
      }
    }
  }
  const dataset = readDataset(record.field("dataset"));
  const finalAccuracy = readAccuracy(record.field("finalAccuracy"));
  if (dataset.testSize !== finalAccuracy.total) {
    throw record.field("dataset").field("testSize").rangeError(
      `${finalAccuracy.total}, the total of finalAccuracy`,
    );
  }
  const last = epochs.at(-1)?.accuracy;
  if (last !== undefined && isMeasured(last) && last !== finalAccuracy.value) {
    throw record.field("epochs").item(epochs.length - 1).field("accuracy").rangeError(
      `${finalAccuracy.value}, the value of finalAccuracy, after the last epoch`,
    );
  }
  return {
    schemaVersion: 2,
    kind,
    method: record.field("method").name(),
    role: record.field("role").oneOf(["method", "baseline", "control"] as const),
    seed: record.field("seed").integer(0),
    configuration: record.field("configuration").jsonObject(),
    dataset,
    creditIndex,
    creditNormalization: record.field("creditNormalization").oneOf(
      ["sample", "batch", "none"] as const,
    ),
    definitions: evidenceDefinitions,
    initial,
    epochs,
    finalAccuracy,
  };
}

const fields = [
  "schemaVersion",
  "kind",
  "method",
  "role",
  "seed",
  "configuration",
  "dataset",
  "creditIndex",
  "creditNormalization",
  "definitions",
  "initial",
  "epochs",
  "finalAccuracy",
] as const;

/** What cannot change during a run: the model and the batches that it is measured on. */
const sameInAll = [
  "batchSize",
  "batches",
  "dtype",
  "backend",
  "terminalNorm",
  "residual",
] as const;

function* snapshots(
  initial: RunEvidence["initial"],
  epochs: RunEvidence["epochs"],
): Generator<[string, RunEvidence["initial"]]> {
  yield ["initial", initial];
  for (const [i, { snapshot }] of epochs.entries()) yield [`epochs[${i}].snapshot`, snapshot];
}

function readEpoch(at: Place, version: Version, blocks: number): EpochEvidence {
  at.only([
    ...(version === 1 ? [] : ["probes"]),
    "epoch",
    "learningRate",
    "trainLoss",
    "accuracy",
    "snapshot",
    "parameterGrowth",
    "zeroCredits",
  ]);
  const accuracy = readNorm(at.field("accuracy"));
  if (typeof accuracy === "number" && accuracy > 1) {
    throw at.field("accuracy").rangeError("a fraction in [0, 1]");
  }
  const snapshot = readSnapshot(at.field("snapshot"), version, blocks);
  return {
    epoch: at.field("epoch").integer(1),
    learningRate: readNorm(at.field("learningRate")),
    trainLoss: readMeasured(at.field("trainLoss")),
    accuracy,
    snapshot,
    parameterGrowth: at.field("parameterGrowth").items(
      (block) => Object.fromEntries(block.names().map((key) => [key, readNorm(block.field(key))])),
      { length: blocks },
    ),
    zeroCredits: readZeroCredits(at.field("zeroCredits"), blocks),
    ...(at.has("probes") && { probes: readProbes(at.field("probes"), snapshot) }),
  };
}

function readZeroCredits(at: Place, blocks: number): EpochEvidence["zeroCredits"] {
  return Array.isArray(at.value)
    ? at.items((block) => block.integer(0), { length: blocks })
    : readUnmeasured(at, "an array of counts");
}

function checkDefinitions(at: Place, version: Version): void {
  const definitions: Readonly<Record<string, Definition>> = version === 1
    ? firstDefinitions
    : evidenceDefinitions;
  at.only(Object.keys(definitions));
  for (const [quantity, expected] of Object.entries(definitions)) {
    const found = at.field(quantity);
    found.only(["unit", "reduction"]);
    for (const part of ["unit", "reduction"] as const) {
      const earlier = earlierDefinitions[quantity as Quantity] ?? expected;
      if (![expected[part], earlier[part]].includes(found.field(part).text())) {
        throw found.field(part).rangeError(
          `${JSON.stringify(expected[part])} in schema version ${version}`,
        );
      }
    }
  }
}
