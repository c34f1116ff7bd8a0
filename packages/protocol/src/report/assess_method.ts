// One method over its seeds.
import { diagnose } from "../diagnostics/diagnose.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { type Policy, resolvePolicy } from "../diagnostics/policies.ts";
import { type Verdict, verdict } from "../diagnostics/verdict.ts";
import type { Accuracy } from "../evidence/accuracy.ts";
import { type Condition, conditions, firstDifference } from "../evidence/_conditions.ts";
import { type Measured, unmeasured } from "../evidence/measured.ts";
import type { RunEvidence } from "../evidence/run_evidence.ts";
import type { Probes } from "../probes/probes.ts";
import { type SeedSummary, summarizeSeeds } from "../statistics/summarize_seeds.ts";
import { type AggregatedDiagnostic, aggregateDepthUtility, aggregateMedian } from "./_aggregate.ts";
import {
  type GammaSummary,
  type SeedGamma,
  seedGamma,
  summarizeGamma,
} from "./alignment_summary.ts";
import { failureModes, type Mode } from "./modes.ts";
import { type ProbeSummaries, summarizeProbes } from "./summarize_probes.ts";
import { assessmentSentences } from "./_sentences.ts";

/** One seed of a method. */
export interface SeedAssessment {
  /** The seed. */
  readonly seed: number;
  /** (a)–(d) of this seed alone. */
  readonly diagnostics: readonly Diagnostic[];
  /** Verdict of this seed alone. */
  readonly verdict: Verdict;
  /** Final test accuracy. */
  readonly accuracy: Accuracy;
  /** Accuracy with frozen blocks, same method and seed. */
  readonly frozenAccuracy: Measured;
  /** Γ of the final model. */
  readonly gamma: SeedGamma;
  /** Probes of the final model; empty where there were none. */
  readonly probes: Probes;
}

/** What the protocol says about a method. */
export interface MethodAssessment {
  /** Its name. */
  readonly method: string;
  /** Its seeds, ascending. */
  readonly seeds: readonly number[];
  /** The verdict, by the aggregated diagnostics. */
  readonly verdict: Verdict;
  /** (a)–(c): medians over seeds; (d): mean seed-paired difference. */
  readonly diagnostics: readonly AggregatedDiagnostic[];
  /** Each seed alone. */
  readonly perSeed: readonly SeedAssessment[];
  /** Final test accuracy. */
  readonly accuracy: SeedSummary;
  /** Accuracy with frozen blocks. */
  readonly frozenAccuracy: SeedSummary;
  /** Accuracy − frozen-blocks accuracy, paired by seed. */
  readonly depthUtility: SeedSummary;
  /** Γ of the final model, by its named aggregations, with its regime. */
  readonly gamma: GammaSummary;
  /** Probes of the final models. */
  readonly probes: ProbeSummaries;
  /** Failure modes. */
  readonly modes: readonly Mode[];
  /** All of it in plain words. */
  readonly sentences: readonly string[];
}

/**
 * Assesses a method over its seeds (§4): each seed has its own diagnostics; the method's (a)–(c)
 * are medians over seeds, (d) the mean seed-paired difference, and the verdict follows from these.
 * The order of runs does not matter.
 *
 * @param evidences one run for each seed.
 * @param baselines its frozen-blocks baselines; a seed without one leaves (d) not evaluated.
 * @param policy name of a policy, or a policy. Default `"default"`.
 * @throws {RangeError} if there are no runs, a seed appears twice, a run is a baseline, the runs differ
 * in method, role, data, number of blocks or epochs, or a baseline has no run or does not fit its run
 * (see {@link diagnose}).
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { assessMethod } from "@fa/protocol/report";
 *
 * const seeds = [42, 123, 456];
 * const runs = seeds.map((seed) =>
 *   exampleEvidence({ seed, hiddenNorms: [9, 9, 9000], accuracy: 0.308 })
 * );
 * const frozen = seeds.map((seed) => exampleEvidence({ seed, role: "baseline", accuracy: 0.349 }));
 * const dfa = assessMethod(runs, frozen);
 * if (dfa.verdict.verdict !== "walk-back" || dfa.verdict.fired.join() !== "a,d") {
 *   throw new Error(dfa.verdict.reason);
 * }
 * ```
 */
export function assessMethod(
  evidences: readonly RunEvidence[],
  baselines: readonly RunEvidence[],
  policy: string | Policy = "default",
): MethodAssessment {
  const judgedBy = resolvePolicy(policy);
  const runs = bySeed(evidences, "run");
  const frozen = new Map(bySeed(baselines, "baseline").map((run) => [run.seed, run]));
  checkTogether(runs, frozen);
  const { method } = runs[0]!;
  const perSeed = runs.map((run) => assessSeed(run, frozen.get(run.seed), judgedBy));
  const of = (i: number) =>
    perSeed.map(({ seed, diagnostics }) => ({ seed, value: diagnostics[i]! }));
  const pairs = runs.map((run) => ({
    accuracy: run.finalAccuracy,
    frozen: frozen.get(run.seed)?.finalAccuracy,
  }));
  const diagnostics = [
    aggregateMedian(of(0)),
    aggregateMedian(of(1)),
    aggregateMedian(of(2)),
    aggregateDepthUtility(of(3), pairs),
  ];
  const summary = (what: string, pick: (seed: SeedAssessment) => Measured) =>
    summarizeSeeds(perSeed.map((s) => ({ seed: s.seed, value: pick(s) })), what, { decimals: 3 });
  const assessment = {
    method,
    seeds: runs.map((run) => run.seed),
    verdict: verdict(diagnostics, judgedBy),
    diagnostics,
    perSeed,
    accuracy: summary("accuracy", (s) => s.accuracy.value),
    frozenAccuracy: summary("frozen-blocks accuracy", (s) => s.frozenAccuracy),
    depthUtility: summary("accuracy over frozen blocks", (s) => s.diagnostics[3]!.value),
    gamma: summarizeGamma(perSeed),
    probes: summarizeProbes(perSeed),
    modes: failureModes(diagnostics, perSeed),
  };
  return { ...assessment, sentences: assessmentSentences(assessment) };
}

function assessSeed(
  run: RunEvidence,
  baseline: RunEvidence | undefined,
  policy: Policy,
): SeedAssessment {
  const diagnostics = diagnose(run, { baseline, policy });
  return {
    seed: run.seed,
    diagnostics,
    verdict: verdict(diagnostics, policy),
    accuracy: run.finalAccuracy,
    frozenAccuracy: baseline?.finalAccuracy.value ??
      unmeasured("there is no frozen-blocks baseline of this method and seed"),
    gamma: seedGamma(run),
    probes: run.epochs.at(-1)?.probes ?? {},
  };
}

function bySeed(runs: readonly RunEvidence[], what: string): RunEvidence[] {
  const sorted = [...runs].sort((a, b) => a.seed - b.seed);
  sorted.forEach(({ seed, method }, i) => {
    if (i > 0 && sorted[i - 1]!.seed === seed) {
      throw new RangeError(
        `Cannot assess ${method} as each seed needs one ${what}: seed ${seed} appears twice`,
      );
    }
  });
  return sorted;
}

const shared: readonly Condition[] = [
  ["method", (run) => run.method],
  ["role", (run) => run.role],
  ...conditions,
  ["credit index", (run) => run.creditIndex],
];

function checkTogether(
  runs: readonly RunEvidence[],
  frozen: ReadonlyMap<number, RunEvidence>,
): void {
  const first = runs[0];
  if (!first) throw new RangeError("Cannot assess a method as at least one run is needed");
  const known = new Set(runs.map((run) => run.seed));
  for (const seed of frozen.keys()) {
    if (!known.has(seed)) {
      throw new RangeError(
        `Cannot assess ${first.method} as the baseline with seed ${seed} has no run`,
      );
    }
  }
  for (const run of runs) {
    const found = firstDifference(first, run, shared);
    if (found) {
      throw new RangeError(
        `Cannot assess ${first.method} over seeds as all runs must have the same ${found.what}: ${found.a} with seed ${first.seed}, ${found.b} with seed ${run.seed}`,
      );
    }
    if (run.role === "baseline") {
      throw new RangeError(
        `Cannot assess ${run.method} as a run must have the role method or control: baseline with seed ${run.seed}`,
      );
    }
  }
}
