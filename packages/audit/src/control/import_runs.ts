// Finished runs of audits as the conditions of a control.

import type { JsonObject } from "@fa/protocol";
import { displayName } from "../output/_words.ts";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { lambdaText } from "./_plan.ts";
import type { Condition } from "./control.ts";
import type { FinishedRun } from "./finished_runs.ts";

/** Runs of audits, under ids of their own. */
export interface ImportedRuns {
  readonly conditions: readonly Condition[];
  /** Where each run comes from, by its new id. */
  readonly sources: ReadonlyMap<string, FinishedRun>;
}

/**
 * Groups finished runs: those that differ in their seed only are one condition. Runs that are the
 * same but for their id are taken once. Baselines go to the conditions of their method that they
 * fit; runs on permuted labels, which are self-controls, are left out.
 *
 * @param runs finished runs, of one dataset.
 * @param probes when the runs are probed.
 */
export function importRuns(
  runs: readonly FinishedRun[],
  probes: RunSpec["probes"],
): ImportedRuns {
  const groups = new Map<string, { spec: RunSpec; bySeed: Map<number, FinishedRun> }>();
  for (const run of runs) {
    if (run.spec.labels === "permuted") continue;
    const key = keyOf(run.spec);
    const group = groups.get(key) ?? { spec: run.spec, bySeed: new Map() };
    if (!group.bySeed.has(run.spec.seed)) group.bySeed.set(run.spec.seed, run);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const trained = all.filter(({ spec }) => spec.trainedBlocks > 0)
    .sort((a, b) => order(a.spec) - order(b.spec)); // stable
  const sources = new Map<string, FinishedRun>();
  const used = new Set<string>();
  const conditions = trained.map(({ spec, bySeed }): Condition => {
    const parts = differences(spec, trained.map((each) => each.spec));
    const words = parts.map(([label]) => label);
    let stem = [spec.method, ...parts.map(([, slug]) => slug)].join("-");
    while (used.has(stem)) stem += "-x";
    used.add(stem);
    const take = (run: FinishedRun, name: string, when: RunSpec["probes"]): RunSpec => {
      const id = `${name}-${run.spec.seed}`;
      sources.set(id, run);
      return { ...run.spec, id, probes: when };
    };
    const seeds = [...bySeed.keys()].sort((a, b) => a - b);
    const frozen = all.filter((each) => each.spec.trainedBlocks === 0 && fits(each.spec, spec))
      // The one with the same λ first: only backpropagation feels it.
      .sort((a, b) =>
        Number(b.spec.lambda === spec.lambda) - Number(a.spec.lambda === spec.lambda)
      );
    return {
      label: [displayName(spec.method), ...words].join(", "),
      runs: seeds.map((seed) => take(bySeed.get(seed)!, stem, probes)),
      baselines: seeds.flatMap((seed) => {
        const run = frozen.map((each) => each.bySeed.get(seed)).find((each) => each !== undefined);
        return run ? [take(run, `${stem}-frozen`, "none")] : [];
      }),
    };
  });
  return { conditions, sources };
}

/** Equal for runs that differ in their seed only, and in what changes no result. */
function keyOf({ id: _, role: __, seed: ___, probes: ____, ...spec }: RunSpec): string {
  return canonicalJson(spec as unknown as JsonObject);
}

/**
 * Whether a frozen run is the baseline of a trained one: all the same, but λ where it is not felt.
 */
function fits(frozen: RunSpec, spec: RunSpec): boolean {
  const like = { ...spec, trainedBlocks: 0, lambda: spec.method === "bp" ? spec.lambda : 0 };
  const own = { ...frozen, lambda: spec.method === "bp" ? frozen.lambda : 0 };
  return keyOf(own) === keyOf(like);
}

/** BP first, then λ = 0 before others. */
function order({ method, lambda }: RunSpec): number {
  return (method === "bp" ? 0 : 1) + (lambda === 0 ? 0 : 0.5);
}

/** What tells a condition from others of its method, in words and for ids; λ always. */
function differences(
  spec: RunSpec,
  all: readonly RunSpec[],
): (readonly [label: string, slug: string])[] {
  const others = all.filter(({ method }) => method === spec.method);
  const differ = (field: keyof RunSpec) =>
    new Set(others.map((each) => canonicalJson(each[field] as unknown as JsonObject))).size > 1;
  const lambda = lambdaText(spec.lambda);
  const parts: (readonly [string, string])[] = [[`λ=${lambda}`, `lambda-${lambda}`]];
  if (spec.labels === "random") parts.push(["random labels", "random"]);
  if (!spec.terminalLayerNorm) parts.push(["no terminal LN", "no-terminal-ln"]);
  if (!spec.residual) parts.push(["no residual", "no-residual"]);
  if (spec.trainedBlocks < spec.depth) {
    parts.push([`last ${spec.trainedBlocks} blocks`, `last-${spec.trainedBlocks}`]);
  }
  if (differ("epochs")) parts.push([`${spec.epochs} epochs`, `epochs-${spec.epochs}`]);
  if (differ("stopAfter") && spec.stopAfter !== spec.epochs) {
    parts.push([`first ${spec.stopAfter}`, `first-${spec.stopAfter}`]);
  }
  if (differ("width")) parts.push([`d=${spec.width}`, `d-${spec.width}`]);
  if (differ("depth")) parts.push([`L=${spec.depth}`, `l-${spec.depth}`]);
  if (differ("rule")) parts.push([ruleWords(spec), "rule"]);
  return parts;
}

function ruleWords({ rule }: RunSpec): string {
  return Object.entries(rule).map(([name, value]) => `${name}=${value}`).join(" ");
}
