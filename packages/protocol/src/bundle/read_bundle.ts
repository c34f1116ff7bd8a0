// A trace from another framework as evidence: the same record that a live model gives.
import type { ByteSource } from "@fa/tensor";
import { accuracyOf } from "../evidence/accuracy.ts";
import { evidenceDefinitions } from "../evidence/definitions.ts";
import { ratio } from "../evidence/_growth.ts";
import { type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { parseEvidence } from "../evidence/parse_evidence.ts";
import type { EpochEvidence, RunEvidence } from "../evidence/run_evidence.ts";
import type { BundleRun, BundleSnapshot } from "./bundle.ts";
import { parseBundle } from "./parse_bundle.ts";
import { readSnapshotFile, type SnapshotFile } from "./_snapshot_file.ts";

/** All bytes of a file, or a place to read them from; one that can be closed is closed after use. */
export type BundleFile = Uint8Array | (ByteSource & { close?(): Promise<void> });

/** Options of {@link readBundle}. */
export interface ReadBundleOptions {
  /** What `bundle.json` is called in errors. Default `"bundle.json"`. */
  readonly name?: string;
}

/**
 * Reads a bundle: `bundle.json` and the safetensors files that it names, as any framework can write
 * them (docs/audit-your-model.md describes the layout). The tensors go through the same measurement as
 * those of a live model in `collectEvidence`, so the same states, gradients and credits give the same
 * record. What a bundle does not hold is unmeasured and says so: credits that were zero while it was
 * trained, and everything optional that it leaves out.
 *
 * A file is opened when its turn comes, and held no more of than one batch. Sizes are checked against
 * the size of the file before anything is allocated. Every record is checked by {@link parseEvidence}
 * in the end.
 *
 * @param json content of `bundle.json`: text, or what `JSON.parse` made of it.
 * @param open gives a file of the bundle by its plain name.
 * @returns one record for each run, in their order.
 * @throws {SyntaxError | TypeError | RangeError} as {@link parseBundle}, or if the snapshots of a run
 * differ in shape.
 * @throws {SafetensorsError} if a file is not what the bundle says; the message names it.
 *
 * @example
 * ```ts
 * import { verdict, diagnose } from "@fa/protocol";
 * import { readBundle } from "@fa/protocol/bundle";
 * import { encodeSafetensors, ones } from "@fa/tensor";
 *
 * const t = ones([4, 3]); // 2 batches of 2 samples with 3 features
 * const file = await encodeSafetensors(
 *   new Map(["hidden.0", "hidden.1", "gradient.0", "gradient.1"].map((name) => [name, t])),
 * );
 * const bundle = {
 *   kind: "fa-bundle",
 *   schemaVersion: 1,
 *   runs: [{
 *     method: "mine", role: "method", seed: 1, creditIndex: "input", creditNormalization: "none",
 *     dataset: { name: "toy", split: "all", trainSize: 0, testSize: 4 },
 *     model: { terminalNorm: true, residual: true },
 *     batchSize: 2, backend: "by hand", configuration: {},
 *     finalAccuracy: { correct: 3, total: 4 },
 *     snapshots: [{ epoch: 0, file: "start.safetensors" }],
 *   }],
 * };
 * const [run] = await readBundle(bundle, () => Promise.resolve(file));
 * if (run!.initial.growth.max !== 1) throw new Error("both states are the same");
 * if (verdict(diagnose(run!), "default").verdict !== "not-assessable") {
 *   throw new Error("without a frozen baseline (d) is not evaluated");
 * }
 * ```
 */
export async function readBundle(
  json: unknown,
  open: (file: string) => Promise<BundleFile>,
  { name = "bundle.json" }: ReadBundleOptions = {},
): Promise<RunEvidence[]> {
  const { runs } = parseBundle(json, name);
  const found: RunEvidence[] = [];
  for (const [i, run] of runs.entries()) {
    found.push(parseEvidence(await evidenceOf(run, open), `runs[${i}] of ${name}`));
  }
  return found;
}

async function evidenceOf(
  run: BundleRun,
  open: (file: string) => Promise<BundleFile>,
): Promise<RunEvidence> {
  const [start, ...later] = run.snapshots as [BundleSnapshot, ...BundleSnapshot[]];
  const initial = await openAndRead(run, start, open);
  if (run.role === "baseline") checkShowsBlocks(initial, start.file);
  const finalAccuracy = accuracyOf(run.finalAccuracy);
  const epochs: EpochEvidence[] = [];
  for (const snapshot of later) {
    const found = await openAndRead(run, snapshot, open);
    checkSameModel(found, snapshot.file, initial, start.file);
    epochs.push({
      epoch: snapshot.epoch,
      learningRate: stated(snapshot.learningRate, "learning rate"),
      trainLoss: stated(snapshot.trainLoss, "training loss"),
      accuracy: snapshot === later.at(-1)
        ? finalAccuracy.value
        : stated(snapshot.accuracy, "accuracy"),
      snapshot: found.snapshot,
      parameterGrowth: growthOf(found, initial),
      zeroCredits: unmeasured("a bundle does not count them"),
    });
  }
  const { method, role, seed, configuration, dataset } = run;
  const { creditIndex, creditNormalization } = run;
  return {
    schemaVersion: 2,
    kind: "fa-evidence",
    method,
    role,
    seed,
    configuration,
    dataset,
    creditIndex,
    creditNormalization,
    definitions: evidenceDefinitions,
    initial: initial.snapshot,
    epochs,
    finalAccuracy,
  };
}

async function openAndRead(
  run: BundleRun,
  { file }: BundleSnapshot,
  open: (file: string) => Promise<BundleFile>,
): Promise<SnapshotFile> {
  const source = await open(file);
  try {
    return await readSnapshotFile(source, file, run);
  } finally {
    if (!(source instanceof Uint8Array)) await source.close?.();
  }
}

function stated(value: number | undefined, what: string): Measured {
  return value ?? unmeasured(`the bundle does not state the ${what}`);
}

function growthOf(now: SnapshotFile, initial: SnapshotFile): Record<string, Measured>[] {
  return initial.matrixNorms.map((block, l) =>
    Object.fromEntries([...block].map(([name, before]) => {
      const what = `weight.${l}.${name}`;
      const after = measured(now.matrixNorms[l]!.get(name)!, `‖${what}‖`);
      return [name, ratio(after, measured(before, `‖${what}‖ at init`), `growth of ${what}`)];
    }))
  );
}

/** A baseline is one only if its record can show that its blocks were frozen. */
function checkShowsBlocks({ matrixNorms }: SnapshotFile, file: string): void {
  const bare = matrixNorms.findIndex((norms) => norms.size === 0);
  if (bare < 0) return;
  throw new RangeError(
    `Cannot read ${file} as a baseline must show that its blocks are frozen: there is no weight.${bare}.NAME`,
  );
}

function checkSameModel(
  now: SnapshotFile,
  nowFile: string,
  start: SnapshotFile,
  startFile: string,
): void {
  const compare = (what: string, a: string | number, b: string | number) => {
    if (a === b) return;
    const clip = (text: string) => text.length > 100 ? `${text.slice(0, 97)}...` : text;
    throw new RangeError(
      `Cannot read ${nowFile} as its ${what} must be that of ${startFile}, ${clip(String(b))}: ${
        clip(String(a))
      }`,
    );
  };
  const about = ({ snapshot, shapes, matrixNorms }: SnapshotFile) =>
    [
      ["number of blocks", shapes.length - 1],
      ["number of batches", snapshot.batches],
      ["element type", snapshot.dtype],
      ["shape of states", shapes.map((shape) => `[${shape}]`).join(" ")],
      ["list of matrices", matrixNorms.map((norms) => [...norms.keys()].sort().join()).join("; ")],
    ] as const;
  const before = about(start);
  about(now).forEach(([what, value], i) => compare(what, value, before[i]![1]));
}
