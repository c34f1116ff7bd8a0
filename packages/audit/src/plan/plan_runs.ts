// From a configuration to the runs that it takes.

import { runKey } from "./_run_key.ts";
import type { AuditConfiguration } from "./configuration.ts";
import type { RunSpec } from "../run/run_spec.ts";

/** Ids of the runs of one condition and of their frozen-blocks baselines. */
export interface PlannedGroup {
  /** One run for each seed. */
  readonly runs: readonly string[];
  /** One baseline for each seed; empty where the condition needs none. */
  readonly baselines: readonly string[];
}

/** All runs of an audit, each once, and what they are for. */
export interface AuditPlan {
  /** Every run once, those that take longest first. */
  readonly runs: readonly RunSpec[];
  /** The runs of each method, in the order of the configuration. */
  readonly methods: readonly (PlannedGroup & { readonly method: RunSpec["method"] })[];
  /** The runs of the self-controls. */
  readonly controls: {
    readonly penalisedDfa: PlannedGroup;
    readonly permutedBp: PlannedGroup;
  };
}

/**
 * The runs of an audit: for every method and seed the run `<method>-<seed>` and its frozen-blocks
 * baseline `<method>-frozen-<seed>`; for the first seed the self-controls `dfa-penalty-<seed>` (DFA
 * with λ = `controlLambda`) and `bp-permuted-<seed>` (BP on permuted labels, with the λ of the
 * audited methods), the latter with a baseline of its own, on permuted labels too, so that (d)
 * compares like with like.
 *
 * Two runs that are provably the same to the last bit are run once, under the first id: with
 * `lambda` = 1e-2 the self-control `dfa-penalty-42` *is* `dfa-42`. Without `baselines` or `controls`
 * in the configuration these groups are empty, and what needs them is not evaluated.
 *
 * @example
 * ```ts
 * import { planRuns, resolveConfiguration } from "@fa/audit";
 *
 * const { runs, controls } = planRuns(resolveConfiguration({ preset: "tiny" }));
 * if (runs.length !== 7) throw new Error("two methods, two baselines, three for the controls");
 * if (controls.permutedBp.baselines.join() !== "bp-permuted-frozen-42") throw new Error("own");
 * ```
 */
export function planRuns(configuration: AuditConfiguration): AuditPlan {
  const runs: RunSpec[] = [];
  const ids = new Map<string, string>(); // key of a run → its id

  function add(spec: RunSpec): string {
    const key = runKey(spec);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, spec.id);
    runs.push(spec);
    return spec.id;
  }

  const { seeds, lambda, controlLambda } = configuration;
  const first = seeds[0]!;
  const { trainedBlocks, labels } = configuration;
  const frozen = { role: "baseline", trainedBlocks: 0 } as const;
  const methods = configuration.methods.map((method) => {
    const chosen = { method, trainedBlocks, labels };
    return {
      method,
      runs: seeds.map((seed) => add(specOf(configuration, { ...chosen, seed }))),
      baselines: configuration.baselines
        ? seeds.map((seed) => add(specOf(configuration, { ...chosen, seed, ...frozen })))
        : [],
    };
  });
  const penalised = { method: "dfa", seed: first, role: "control", lambda: controlLambda } as const;
  const permuted = { method: "bp", seed: first, labels: "permuted", lambda } as const;
  const none = { runs: [], baselines: [] };
  const controls = configuration.controls
    ? {
      penalisedDfa: {
        runs: [add(specOf(configuration, { ...penalised, label: "penalty" }))],
        baselines: [],
      },
      permutedBp: {
        runs: [add(specOf(configuration, { ...permuted, role: "control", label: "permuted" }))],
        baselines: [
          add(specOf(configuration, { ...permuted, ...frozen, label: "permuted-frozen" })),
        ],
      },
    }
    : { penalisedDfa: none, permutedBp: none };
  return { runs: longestFirst(runs), methods, controls };
}

/** Runs in the order in which a grid is to start them. */
export function longestFirst(runs: readonly RunSpec[]): RunSpec[] {
  return [...runs].sort((a, b) => costRank(b) - costRank(a)); // stable
}

/** Roughly what a step costs beside one of DFA; changes no result, only when a run starts. */
const costs: Readonly<Record<string, number>> = { bp: 0.2, dfa: 0, fa: 0.1, sb: 2, ep: 5, cb: 6 };

/** Trained blocks cost more than frozen ones, which a local rule leaves out. */
function costRank({ trainedBlocks, method }: RunSpec): number {
  return (costs[method] ?? 0) + (trainedBlocks > 0 ? 1 : 0);
}

/** What one run of a configuration has of its own. */
export interface Differences {
  readonly method: RunSpec["method"];
  readonly seed: number;
  readonly role?: RunSpec["role"];
  /** Default all. */
  readonly trainedBlocks?: number;
  readonly lambda?: number;
  readonly labels?: RunSpec["labels"];
  readonly label?: string;
}

/** A run of a configuration. */
export function specOf(configuration: AuditConfiguration, differences: Differences): RunSpec {
  const { dtype, backend, width, depth, batch, epochs, learningRate, evaluation } = configuration;
  const { terminalLayerNorm, residual, rules, stopAfter, probes } = configuration;
  const { method, seed, role = "method", labels = "true", trainedBlocks = depth } = differences;
  const label = differences.label ?? (role === "baseline" ? "frozen" : undefined);
  return {
    id: [method, label, seed].filter((part) => part !== undefined).join("-"),
    method,
    role,
    seed,
    rule: rules[method] ?? {},
    trainedBlocks,
    lambda: differences.lambda ?? configuration.lambda,
    labels,
    dtype,
    backend,
    width,
    depth,
    terminalLayerNorm,
    residual,
    batch,
    epochs,
    stopAfter,
    learningRate,
    evaluation,
    probes: role === "baseline" ? "none" : probes,
  };
}
