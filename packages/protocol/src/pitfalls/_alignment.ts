// Γ of the toy under given feedback, and the numbers behind it.
import { exactSum, type Tensor } from "@fa/tensor";
import { collectEvidence, type CollectOptions } from "../evidence/collect_evidence.ts";
import type { Measured } from "../evidence/measured.ts";
import type { Alignment, Snapshot } from "../evidence/snapshot.ts";
import { dfaCredits, evaluationBatches, type Toy } from "./_toy.ts";

/** The toy, measured with these credits on the evaluation batches. */
export function measureToy(toy: Toy, options: CollectOptions = {}): Promise<Snapshot> {
  return collectEvidence(toy.model, evaluationBatches(), options);
}

/** Γ of DFA with these feedback matrices. */
export async function dfaAlignment(toy: Toy, feedback: readonly Tensor[]): Promise<Alignment> {
  const { gamma } = await measureToy(toy, {
    credits: ({ outputError }) => dfaCredits(outputError, feedback),
    creditIndex: "input",
  });
  if ("valid" in gamma) throw new Error(gamma.reason);
  return gamma;
}

/** A value that a demonstration cannot do without. */
export function numberOf(value: Measured): number {
  if (typeof value === "number") return value;
  throw new Error(`Cannot show a pitfall as a value was not measured: ${value.reason}`);
}

/** Mean from an exact sum. */
export function meanOf(values: readonly number[]): number {
  return exactSum(values) / values.length;
}

/** Row b of a matrix of `batch` rows. */
export function row(values: ArrayLike<number>, b: number, batch: number): number[] {
  const width = values.length / batch;
  return Array.from({ length: width }, (_, i) => values[b * width + i]!);
}
