// What an audit runs when nothing is said: the presets, as one table.

import type { DatasetName } from "@fa/data";
import type { RuleOptions } from "@fa/methods";
import { unknownName } from "@fa/tensor";

/** Names of the presets. */
export type PresetName = "quick" | "paper" | "tiny";

/** A named set of defaults; every field but the sizes of the synthetic data is an option too. */
export interface Preset {
  /** What it is for, in a line. */
  readonly summary: string;
  /** Dataset. */
  readonly data: DatasetName;
  /** Sizes of the synthetic dataset, used where `data` is `"synthetic"`. */
  readonly synthetic: { readonly trainSize: number; readonly testSize: number };
  /** Methods under audit. */
  readonly methods: readonly string[];
  /** Seeds; the self-controls run with the first. */
  readonly seeds: readonly number[];
  /** Epochs of every run. */
  readonly epochs: number;
  /** d of the ResidualMLP. */
  readonly width: number;
  /** L of the ResidualMLP. */
  readonly depth: number;
  /** Images per training batch. */
  readonly batch: number;
  /** Options of credit rules that differ from their defaults. */
  readonly rules?: Readonly<Record<string, RuleOptions>>;
}

const synthetic = { trainSize: 12_800, testSize: 5_000 } as const; // 100 steps of 128 per epoch

/**
 * The presets.
 *
 * | preset | data | d | L | batch | epochs | seeds | methods |
 * |---|---|---|---|---|---|---|---|
 * | `quick` (default) | synthetic | 64 | 4 | 128 | 20 × 100 steps | 42, 123 | all |
 * | `paper` | cifar10 | 256 | 4 | 128 | 100 × 390 steps | 42, 123, 456 | all |
 * | `tiny` | synthetic | 32 | 4 | 128 | 2 × 100 steps | 42 | bp, dfa |
 *
 * All methods are bp, ep, dfa, fa, cb and sb. The networks of sb and cb are as wide as the stream: 256
 * in `paper`, which is their default, 64 in `quick`, 32 in `tiny`. To save time `quick` also halves
 * ep's relaxation steps (each twice as long) and cb's noisy samples. `paper` is the main audit of the
 * paper, `tiny` a smoke test: 200 steps are too few for any verdict to mean something.
 *
 * @example
 * ```ts
 * import { presets } from "@fa/audit";
 *
 * const { epochs, batch, synthetic } = presets.tiny;
 * if (epochs * Math.floor(synthetic.trainSize / batch) !== 200) throw new Error("200 steps");
 * ```
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  quick: {
    summary: "synthetic images, minutes: what the audit looks like, on a task where depth pays",
    data: "synthetic",
    synthetic,
    methods: ["bp", "ep", "dfa", "fa", "cb", "sb"],
    seeds: [42, 123],
    epochs: 20,
    width: 64,
    depth: 4,
    batch: 128,
    rules: {
      ep: { steps: 10, stepSize: 0.2 },
      sb: { hiddenWidth: 64 },
      cb: { hiddenWidth: 64, samples: 4 },
    },
  },
  paper: {
    summary: "CIFAR-10, 100 epochs, three seeds, hours: the main audit of the paper",
    data: "cifar10",
    synthetic,
    methods: ["bp", "ep", "dfa", "fa", "cb", "sb"],
    seeds: [42, 123, 456],
    epochs: 100,
    width: 256,
    depth: 4,
    batch: 128,
  },
  tiny: {
    summary:
      "200 steps of a small net, seconds: a smoke test, too short for a verdict to mean much",
    data: "synthetic",
    synthetic,
    methods: ["bp", "dfa"],
    seeds: [42],
    epochs: 2,
    width: 32,
    depth: 4,
    batch: 128,
    rules: { sb: { hiddenWidth: 32 }, cb: { hiddenWidth: 32 } },
  },
};

/**
 * Returns `name` as a {@link PresetName}.
 *
 * @throws {RangeError} if there is no such preset; names the nearest.
 *
 * @example
 * ```ts
 * import { checkPresetName } from "@fa/audit";
 *
 * let message = "";
 * try {
 *   checkPresetName("papr");
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("did you mean 'paper'?")) throw new Error(message);
 * ```
 */
export function checkPresetName(name: string): PresetName {
  if (!Object.hasOwn(presets, name)) throw unknownName("preset", name, Object.keys(presets));
  return name as PresetName;
}

/**
 * The preset of an audit that names none: `quick`, but `paper` where CIFAR-10 is asked for, whose
 * sizes (d = 256) the published numbers belong to.
 *
 * @param data the dataset asked for, if any.
 *
 * @example
 * ```ts
 * import { defaultPreset } from "@fa/audit";
 *
 * if (defaultPreset(undefined) !== "quick") throw new Error("quick by default");
 * if (defaultPreset("cifar10-holdout") !== "paper") throw new Error("sizes of the paper");
 * ```
 */
export function defaultPreset(data: DatasetName | undefined): PresetName {
  return data === undefined || data === "synthetic" ? "quick" : "paper";
}
