// From a configuration to the runs that it takes.

import type { JsonObject } from "@fa/protocol";
import { canonicalJson } from "./canonical_json.ts";
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
 * Two runs that differ in nothing but their id and role are run once, under the first id: with
 * `lambda` = 1e-2 the self-control `dfa-penalty-42` *is* `dfa-42`.
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
  const ids = new Map<string, string>(); // what determines a run → its id

  function add(spec: RunSpec): string {
    const { id, role: _, ...determining } = spec;
    const key = canonicalJson(determining as unknown as JsonObject);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, id);
    runs.push(spec);
    return id;
  }

  const { seeds, lambda, controlLambda } = configuration;
  const first = seeds[0]!;
  const methods = configuration.methods.map((method) => ({
    method,
    runs: seeds.map((seed) => add(specOf(configuration, { method, seed }))),
    baselines: seeds.map((seed) =>
      add(specOf(configuration, { method, seed, role: "baseline", frozenBlocks: true }))
    ),
  }));
  const penalised = { method: "dfa", seed: first, role: "control", lambda: controlLambda } as const;
  const permuted = { method: "bp", seed: first, labels: "permuted", lambda } as const;
  const controls = {
    penalisedDfa: {
      runs: [add(specOf(configuration, { ...penalised, label: "penalty" }))],
      baselines: [],
    },
    permutedBp: {
      runs: [add(specOf(configuration, { ...permuted, role: "control", label: "permuted" }))],
      baselines: [add(
        specOf(configuration, {
          ...permuted,
          role: "baseline",
          frozenBlocks: true,
          label: "permuted-frozen",
        }),
      )],
    },
  };
  const longestFirst = [...runs].sort((a, b) => costRank(b) - costRank(a)); // stable
  return { runs: longestFirst, methods, controls };
}

/**
 * Trained blocks cost most. Through frozen ones backpropagation still sends its gradient, a local rule
 * leaves them out. Changes no result, only when a run starts.
 */
function costRank({ frozenBlocks, method }: RunSpec): number {
  if (!frozenBlocks) return 2;
  return method === "bp" ? 1 : 0;
}

interface Differences {
  readonly method: RunSpec["method"];
  readonly seed: number;
  readonly role?: RunSpec["role"];
  readonly frozenBlocks?: boolean;
  readonly lambda?: number;
  readonly labels?: RunSpec["labels"];
  readonly label?: string;
}

function specOf(configuration: AuditConfiguration, differences: Differences): RunSpec {
  const { dtype, backend, width, depth, batch, epochs, learningRate, evaluation } = configuration;
  const { method, seed, role = "method", frozenBlocks = false, labels = "true" } = differences;
  const label = differences.label ?? (frozenBlocks ? "frozen" : undefined);
  return {
    id: [method, label, seed].filter((part) => part !== undefined).join("-"),
    method,
    role,
    seed,
    frozenBlocks,
    lambda: differences.lambda ?? configuration.lambda,
    labels,
    dtype,
    backend,
    width,
    depth,
    batch,
    epochs,
    learningRate,
    evaluation,
  };
}
