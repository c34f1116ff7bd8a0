// The paper's main audit as records: what it prints of five methods, for the tests of what is judged.
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { assessMethod, type MethodAssessment } from "./assess_method.ts";
import type { RunGroup } from "./judge_self_controls.ts";

const seeds = [42, 123, 456];

/** Growth of every seed (v2), ‖g_L‖, (c) with seed 42, accuracy (v1). */
const printed = {
  bp: { growths: [11, 9, 10], gradientNorm: 4e-4, stability: 0.099, accuracy: 0.609 },
  ep: { growths: [11, 8, 9], gradientNorm: 2e-4, stability: -0.036, accuracy: 0.316 },
  dfa: { growths: [2043, 979, 2545], gradientNorm: 4e-9, stability: 0.047, accuracy: 0.308 },
  cb: { growths: [1820, 694, 1034], gradientNorm: 1e-9, stability: 0.352, accuracy: 0.289 },
  sb: { growths: [12781, 24126, 10467], gradientNorm: 1e-9, stability: 0.992, accuracy: 0.205 },
} as const;

/**
 * Runs and baselines of the paper's five methods, in the order of its table.
 *
 * @param frozen frozen-blocks accuracy of a method. Default: the shared .349 of the paper.
 */
export function paperGroups(frozen: (method: string) => number = () => 0.349): RunGroup[] {
  return Object.entries(printed).map(([method, { growths, ...rest }]) => ({
    runs: seeds.map((seed, i) =>
      exampleEvidence({ method, seed, hiddenNorms: [1, 1, growths[i]!], ...rest })
    ),
    baselines: seeds.map((seed) =>
      exampleEvidence({
        method,
        seed,
        role: "baseline",
        hiddenNorms: [1, 1, 1],
        accuracy: frozen(method),
      })
    ),
  }));
}

/** The same, assessed. */
export function paperMethods(
  policy = "default",
  frozen?: (method: string) => number,
): MethodAssessment[] {
  return paperGroups(frozen).map(({ runs, baselines }) => assessMethod(runs, baselines, policy));
}
