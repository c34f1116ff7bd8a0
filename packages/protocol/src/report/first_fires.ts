// First fires of every method over its seeds.
import { type FirstFire, firstFire } from "../diagnostics/first_fire.ts";
import type { DiagnosticId, DiagnosticName, Policy } from "../diagnostics/policies.ts";
import { seedWords } from "../statistics/summarize_seeds.ts";
import type { RunGroup } from "./judge_self_controls.ts";

/** First fires of one diagnostic of one method, seed by seed. */
export interface DiagnosticFirstFires {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** Every seed, ascending. */
  readonly perSeed: readonly (FirstFire & { readonly seed: number })[];
  /** In words, such as `epochs 4, 4, 3 (seeds 42, 123, 456)` or `never in 3 seeds`. */
  readonly text: string;
}

/** First fires of one method. */
export interface MethodFirstFires {
  /** Its name. */
  readonly method: string;
  /** (a)–(d). */
  readonly diagnostics: readonly DiagnosticFirstFires[];
}

/** First fires of one method, each run with the baseline of its seed. */
export function firstFires({ runs, baselines }: RunGroup, policy: Policy): MethodFirstFires {
  const perRun = [...runs].sort((a, b) => a.seed - b.seed).map((run) => {
    const baseline = baselines.find(({ seed }) => seed === run.seed);
    return { seed: run.seed, fires: firstFire(run, { baseline, policy }) };
  });
  return {
    method: runs[0]!.method,
    diagnostics: perRun[0]!.fires.map(({ id, name }, i) => {
      const perSeed = perRun.map(({ seed, fires }) => ({ seed, ...fires[i]! }));
      return { id, name, perSeed, text: textOf(perSeed) };
    }),
  };
}

function textOf(perSeed: readonly (FirstFire & { readonly seed: number })[]): string {
  const n = perSeed.length;
  const words = perSeed.map(({ epoch, evaluated }) =>
    epoch === null ? (evaluated === 0 ? "not evaluated" : "never") : String(epoch)
  );
  const [first] = words as [string];
  if (perSeed.every(({ epoch }, i) => epoch === null && words[i] === first)) {
    const open = perSeed.some(({ evaluated, moments }) => evaluated > 0 && evaluated < moments);
    return `${first} in ${n} ${n === 1 ? "seed" : "seeds"}${
      open ? ", where it was evaluated" : ""
    }`;
  }
  return `${n === 1 ? "epoch" : "epochs"} ${words.join(", ")} (${
    seedWords(perSeed.map(({ seed }) => seed))
  })`;
}
