// What the paper's main audit reads, to say where a run of ours differs.
import type { DiagnosticId } from "../diagnostics/policies.ts";
import type { VerdictWord } from "../diagnostics/verdict.ts";

/** The paper's reading of one method. */
export interface PaperExpectation {
  /** Its verdict. */
  readonly verdict: VerdictWord;
  /** Which diagnostics it reports as fired. */
  readonly fired: readonly DiagnosticId[];
}

/**
 * Verdicts of the paper's main audit (ResidualMLP d=256 L=4, CIFAR-10, 100 epochs, 3 seeds): draft
 * v1, Table 1 and the rows of §4 on decision utility. Its EP is 3.3 points *below* the frozen-blocks
 * accuracy .349, so that (d) would fire on EP if that baseline were its own; the paper does not say.
 *
 * @example
 * ```ts
 * import { paperExpectations } from "@fa/protocol/report";
 *
 * if (paperExpectations.dfa!.verdict !== "walk-back") throw new Error("DFA is walked back");
 * ```
 */
export const paperExpectations: Readonly<Record<string, PaperExpectation>> = {
  bp: { verdict: "trustworthy", fired: [] },
  ep: { verdict: "trustworthy", fired: [] },
  dfa: { verdict: "walk-back", fired: ["a", "b", "d"] },
  cb: { verdict: "walk-back", fired: ["a", "b", "c", "d"] },
  sb: { verdict: "walk-back", fired: ["a", "b", "c", "d"] },
};
