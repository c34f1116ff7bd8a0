// Which claims would each way of evaluating walk back?
import type { DiagnosticId } from "../diagnostics/policies.ts";

/** Name of an evaluation strategy (§4). */
export type StrategyName = "S0" | "S1" | "S1+a" | "S1+b" | "S1+c" | "S1+d" | "full";

/** What one strategy decides. */
export interface StrategyOutcome {
  /** Its name. */
  readonly strategy: StrategyName;
  /** What it looks at, in words. */
  readonly looksAt: string;
  /** The diagnostics that it decides by: none, one, or those that the policy walks back by. */
  readonly diagnostics: readonly DiagnosticId[];
  /** Methods whose claim it walks back. */
  readonly walkedBack: readonly string[];
  /** Methods that it leaves standing. */
  readonly standing: readonly string[];
  /** Methods on which it cannot decide. */
  readonly notAssessable: readonly string[];
  /** Of the audited methods, those that the paper's row walks back; null for methods it does not have. */
  readonly paper: readonly string[];
  /** Audited methods of the paper on which this row differs from it. */
  readonly differs: readonly string[];
}

/** The table of strategies (§4), and what is to be known when reading it. */
export interface DecisionUtility {
  /** S0, S1, S1+(a) … S1+(d), full. */
  readonly strategies: readonly StrategyOutcome[];
  /** Contradictions and conditions, in words. */
  readonly notes: readonly string[];
}
