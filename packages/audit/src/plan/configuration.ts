// Everything that determines the results of an audit, complete and checked.

import { checkDatasetName, type DatasetName } from "@fa/data";
import { creditRule, creditRules, methodNames, type RuleOptions } from "@fa/methods";
import { parsePolicy, type Policy, type PolicyName, resolvePolicy } from "@fa/protocol";
import { type BackendName, backendNames, type DType, unknownName } from "@fa/tensor";
import { checkPresetName, defaultPreset, type PresetName, presets } from "./presets.ts";
import type { ProbesWhen, RunSpec } from "../run/run_spec.ts";

/** What a user may choose; everything else comes from the preset. */
export interface AuditChoices {
  /** Name of a preset. Default: {@link defaultPreset}. */
  readonly preset?: string;
  /** Name of a dataset. */
  readonly data?: string;
  /** Methods under audit. */
  readonly methods?: readonly string[];
  /** Seeds; the self-controls run with the first. */
  readonly seeds?: readonly number[];
  /** Epochs of every run. */
  readonly epochs?: number;
  /** Train only the first so many of these epochs, at the learning rates they have. Default all. */
  readonly stopAfter?: number;
  /** d. */
  readonly width?: number;
  /** L. */
  readonly depth?: number;
  /** Images per training batch. */
  readonly batch?: number;
  /** λ of the penalty of the audited methods. Default 0. */
  readonly lambda?: number;
  /** Options of credit rules that differ from their defaults, by method. */
  readonly rules?: Readonly<Record<string, RuleOptions>>;
  /** Train only the last so many blocks of the audited methods. Default all. */
  readonly trainedBlocks?: number;
  /** Whether a LayerNorm stands before the head. Default true. */
  readonly terminalLayerNorm?: boolean;
  /** Whether blocks are added to the stream. Default true. */
  readonly residual?: boolean;
  /** Labels that the audited methods are trained on: their own, or fresh random ones. */
  readonly labels?: "true" | "random";
  /** Whether frozen-blocks baselines are run; (d) is not evaluated without. Default true. */
  readonly baselines?: boolean;
  /** Whether self-controls are run; the report says so if not. Default true. */
  readonly controls?: boolean;
  /** Use only the first N train images, and the first min(N, all) test images. */
  readonly limit?: number;
  /** When runs are probed, baselines excepted: `"final"` (default), `"every-epoch"` or `"none"`. */
  readonly probes?: string;
  /** Element type of models and images. Default `"float32"`. */
  readonly dtype?: string;
  /** What computes: `"wasm"` (default), `"wasm-fast-math"`, `"blas"` or `"js"`. */
  readonly backend?: string;
  /** Verdict policy: a name, or a policy of one's own. Default `"default"`. */
  readonly policy?: string | Policy;
}

/** A complete configuration: with the same one, every audit gives the same results. */
export interface AuditConfiguration {
  /** The preset that it started from; determines nothing by itself. */
  readonly preset: PresetName;
  /** Dataset and the sizes that are used of it. */
  readonly data: {
    readonly name: DatasetName;
    readonly trainSize: number;
    readonly testSize: number;
  };
  /** Methods under audit, each once. */
  readonly methods: readonly RunSpec["method"][];
  /** Every option of the credit rules that are run, by method. */
  readonly rules: Readonly<Record<string, RuleOptions>>;
  /** Seeds, each once; the self-controls run with the first. */
  readonly seeds: readonly number[];
  /** Epochs of every run: the horizon of the schedule. */
  readonly epochs: number;
  /** Only the first so many epochs are trained; `epochs` are all. */
  readonly stopAfter: number;
  /** d. */
  readonly width: number;
  /** L. */
  readonly depth: number;
  /** Only the last so many blocks of the audited methods are trained; L are all. */
  readonly trainedBlocks: number;
  /** Whether a LayerNorm stands before the head. */
  readonly terminalLayerNorm: boolean;
  /** Whether blocks are added to the stream. */
  readonly residual: boolean;
  /** Labels that the audited methods are trained on. */
  readonly labels: "true" | "random";
  /** Whether frozen-blocks baselines are run. */
  readonly baselines: boolean;
  /** Whether self-controls are run. */
  readonly controls: boolean;
  /** Images per training batch. */
  readonly batch: number;
  /** Learning rate of the first epoch. */
  readonly learningRate: number;
  /** λ of the penalty of the audited methods. */
  readonly lambda: number;
  /** λ of the self-control DFA with penalty. */
  readonly controlLambda: number;
  /** Element type of models and images. */
  readonly dtype: DType;
  /** What computes; only `"wasm"` and `"js"` give the same bits on every machine. */
  readonly backend: BackendName;
  /** Verdict policy: the name of one of the protocol's; one of one's own whole, with its thresholds. */
  readonly policy: PolicyName | Policy;
  /** The fixed evaluation batches of the diagnostics: the first test images, unshuffled. */
  readonly evaluation: { readonly batches: number; readonly batch: number };
  /** When runs under audit and self-controls are probed; baselines never are. */
  readonly probes: ProbesWhen;
}

const probesWhen = ["none", "final", "every-epoch"] as const;
const dtypes = ["float32", "float64"] as const;
const evaluation = { batches: 10, batch: 128 } as const;

/**
 * Fills in what was not chosen and checks everything that can be checked without the data.
 *
 * Sizes of the data: `synthetic` has those of the preset, `cifar10` 50,000 + 10,000 images and
 * `cifar10-holdout` 40,000 + 10,000; `limit` N leaves N and min(N, all).
 *
 * @param choices what the user said.
 * @throws {RangeError} if a name is unknown (the message suggests the nearest), a number is out of
 * range, something is given twice, or the sizes do not fit together.
 * @throws {TypeError} if a policy of one's own lacks something or has what no policy has.
 *
 * @example
 * ```ts
 * import { resolveConfiguration } from "@fa/audit";
 *
 * const { preset, width, epochs, lambda } = resolveConfiguration({ epochs: 5 });
 * if (preset !== "quick" || width !== 64 || epochs !== 5 || lambda !== 0) throw new Error("defaults");
 * ```
 */
export function resolveConfiguration(choices: AuditChoices): AuditConfiguration {
  const chosenData = choices.data === undefined ? undefined : checkDatasetName(choices.data);
  const preset = choices.preset === undefined
    ? defaultPreset(chosenData)
    : checkPresetName(choices.preset);
  const given = presets[preset];
  const name = chosenData ?? given.data;
  const methods = methodsOf(choices.methods ?? given.methods);
  const depth = choices.depth ?? given.depth;
  const epochs = choices.epochs ?? given.epochs;
  const configuration: AuditConfiguration = {
    preset,
    data: { name, ...sizesOf(name, given.synthetic, choices.limit) },
    methods,
    rules: rulesOf(
      choices.controls === false ? methods : [...methods, "dfa"],
      choices.rules ?? {},
      given.rules ?? {},
    ),
    seeds: [...choices.seeds ?? given.seeds],
    epochs,
    stopAfter: choices.stopAfter ?? epochs,
    width: choices.width ?? given.width,
    depth,
    trainedBlocks: choices.trainedBlocks ?? depth,
    terminalLayerNorm: choices.terminalLayerNorm ?? true,
    residual: choices.residual ?? true,
    labels: choices.labels ?? "true",
    baselines: choices.baselines ?? true,
    controls: choices.controls ?? true,
    batch: choices.batch ?? given.batch,
    learningRate: 1e-3,
    lambda: choices.lambda ?? 0,
    controlLambda: 1e-2,
    dtype: dtypeOf(choices.dtype ?? "float32"),
    backend: backendOf(choices.backend ?? "wasm"),
    policy: policyOf(choices.policy ?? "default"),
    evaluation,
    probes: probesOf(choices.probes ?? "final"),
  };
  checkNumbers(configuration);
  return configuration;
}

function sizesOf(
  name: DatasetName,
  synthetic: { readonly trainSize: number; readonly testSize: number },
  limit: number | undefined,
): { trainSize: number; testSize: number } {
  const all = name === "synthetic"
    ? synthetic
    : { trainSize: name === "cifar10" ? 50_000 : 40_000, testSize: 10_000 };
  if (limit === undefined) return { trainSize: all.trainSize, testSize: all.testSize };
  checkInteger("limit", limit, 1, all.trainSize, `train images that ${name} has`);
  return { trainSize: limit, testSize: Math.min(limit, all.testSize) };
}

function methodsOf(names: readonly string[]): RunSpec["method"][] {
  if (names.length === 0) refuse("at least one method is needed", "none");
  for (const name of names) {
    if (!methodNames.includes(name)) throw unknownName("method", name, methodNames);
  }
  checkOnce("method", names);
  return [...names] as RunSpec["method"][];
}

/** All options of every rule that is run: those of the audited methods, and of DFA as self-control. */
function rulesOf(
  methods: readonly string[],
  chosen: Readonly<Record<string, RuleOptions>>,
  preset: Readonly<Record<string, RuleOptions>>,
): Record<string, RuleOptions> {
  const run = Object.keys(creditRules)
    .filter((name) => methods.includes(name)).sort();
  for (const method of Object.keys(chosen)) {
    if (!methodNames.includes(method)) throw unknownName("method", method, methodNames);
    if (run.includes(method)) continue;
    const rule = run.length > 0 ? `, here ${run.join(", ")}` : "";
    refuse(`options can be set for methods that are run and have credits${rule}`, method);
  }
  const rules: Record<string, RuleOptions> = {};
  for (const method of run) {
    rules[method] = creditRule(method, { ...preset[method], ...chosen[method] })!.options;
  }
  return rules;
}

function probesOf(name: string): ProbesWhen {
  const known = probesWhen.find((each) => each === name);
  if (known === undefined) throw unknownName("time of probes", name, probesWhen);
  return known;
}

function policyOf(policy: string | Policy): PolicyName | Policy {
  if (typeof policy !== "string") return parsePolicy(policy, "the policy");
  return resolvePolicy(policy).name as PolicyName;
}

function dtypeOf(name: string): DType {
  const known = dtypes.find((each) => each === name);
  if (known === undefined) throw unknownName("dtype", name, dtypes);
  return known;
}

function backendOf(name: string): BackendName {
  const known = backendNames.find((each) => each === name);
  if (known === undefined) throw unknownName("backend", name, backendNames);
  return known;
}

function checkNumbers(configuration: AuditConfiguration): void {
  const { seeds, epochs, width, depth, batch, lambda, data } = configuration;
  if (seeds.length === 0) refuse("at least one seed is needed", "none");
  for (const seed of seeds) checkInteger("every seed", seed, 0, Number.MAX_SAFE_INTEGER);
  checkOnce("seed", seeds);
  checkInteger("epochs", epochs, 1, 100_000);
  checkInteger("stopAfter", configuration.stopAfter, 1, epochs, "epochs of the schedule");
  checkInteger("width", width, 1, 65_536);
  checkInteger("depth", depth, 1, 1_000);
  checkInteger("trainedBlocks", configuration.trainedBlocks, 1, depth, "blocks that there are");
  // The labels of a batch of one cannot be permuted, which a self-control does.
  checkInteger("batch", batch, 2, Number.MAX_SAFE_INTEGER);
  if (!Number.isFinite(lambda) || lambda < 0) {
    refuse("lambda must be a finite number >= 0", lambda);
  }
  const needed = evaluation.batches * evaluation.batch;
  if (data.testSize < needed) {
    refuse(
      `the diagnostics need ${needed} test images (${evaluation.batches} batches of ` +
        `${evaluation.batch}), so limit must be at least ${needed}`,
      data.testSize,
    );
  }
  if (batch > data.trainSize) {
    refuse(`a batch cannot hold more than the ${data.trainSize} train images in use`, batch);
  }
}

function checkInteger(
  what: string,
  value: number,
  least: number,
  most: number,
  mostIs?: string,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER
    ? `of at least ${least}`
    : `from ${least} to ${most}`;
  refuse(`${what} must be an integer ${range}${mostIs ? `, the ${mostIs}` : ""}`, value);
}

function checkOnce(what: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) {
    refuse(`every ${what} can be given only once`, `${twice} is given twice`);
  }
}

function refuse(rule: string, found: string | number): never {
  throw new RangeError(`Cannot plan the audit as ${rule}: ${found}`);
}
