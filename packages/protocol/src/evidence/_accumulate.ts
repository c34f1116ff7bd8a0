// From the values of each batch to a snapshot: exact sums over vectors, no tensors.
import { exactNorm, exactSum } from "@fa/tensor";
import { mean } from "../statistics/mean.ts";
import { cosine } from "./cosine.ts";
import { Cosines } from "./_alignments.ts";
import { isCovered, uncovered } from "./_coverage.ts";
import { growthOf } from "./_growth.ts";
import { count, medianError, medianOf, rows, type Values } from "./_layers.ts";
import { isMeasured, type Measured, measured, unmeasured } from "./measured.ts";
import { l2Norm } from "./norm.ts";
import { largestMagnitude, scaleToOne } from "./_power_of_two.ts";
import type { Reference } from "./_regime.ts";
import { relativeError } from "./relative_error.ts";
import type { CreditIndex, Passport, ReferenceError, Snapshot, Stability } from "./snapshot.ts";

/** Values of one batch, each row-major with the batch on the first axis. */
export interface BatchValues {
  /** h_0 … h_L. */
  readonly hidden: readonly Values[];
  /** g_0 … g_L for CE averaged over the batch. */
  readonly gradient: readonly Values[];
  /** a_0 … a_{L−1} by name, the method's own under {@link mainCredit}; each in every batch or in none. */
  readonly credits?: ReadonlyMap<string, readonly Values[]>;
  /**
   * The method's credit at h_L, in every batch or in none; compared where credits live at the input of
   * their block.
   */
  readonly terminal?: Values;
  /** g_0 … g_L from the same weights in float64; in every batch or in none. */
  readonly exactGradient?: readonly Values[];
}

/** The name of the credit that is the method's; others have names of their own. */
export const mainCredit = "";

/** What the batches share. */
export interface SnapshotHeader {
  readonly batchSize: number;
  readonly blocks: number;
  readonly dtype: string;
  readonly backend: string;
  readonly terminalNorm: boolean;
  readonly residual: boolean;
  /** Undefined where no credits are measured. */
  readonly creditIndex?: CreditIndex;
  /** For the passport. */
  readonly feedbackHash?: Passport["feedbackHash"];
}

/** Collects batches, then gives the {@link Snapshot}. */
export class SnapshotAccumulator {
  readonly #header: SnapshotHeader;
  readonly #hidden: number[][];
  readonly #gradient: number[][];
  readonly #alignments = new Map<string, Cosines>();
  readonly #directions: Float64Array[] = [];
  /** Of every sample, for every layer; none where the exact gradients were not given. */
  readonly #errors: Measured[][];
  #excluded = 0;

  constructor(header: SnapshotHeader) {
    this.#header = header;
    const { blocks } = header;
    this.#hidden = Array.from({ length: blocks + 1 }, () => []);
    this.#gradient = Array.from({ length: blocks + 1 }, () => []);
    this.#errors = Array.from({ length: blocks + 1 }, () => []);
  }

  add({ hidden, gradient, credits = new Map(), terminal, exactGradient = [] }: BatchValues): void {
    const { batchSize, blocks, creditIndex } = this.#header;
    const gradients = gradient.map((g) =>
      rows(g, batchSize).map((values) => ({ values, norm: l2Norm(values) }))
    );
    hidden.forEach((h, l) => {
      for (const row of rows(h, batchSize)) this.#hidden[l]!.push(l2Norm(row));
    });
    gradients.forEach((g, l) => {
      for (const { norm } of g) this.#gradient[l]!.push(norm);
    });
    exactGradient.forEach((exact, l) => {
      rows(exact, batchSize).forEach((row, b) =>
        this.#errors[l]!.push(relativeError(gradients[l]![b]!.values, row))
      );
    });
    const { direction, excluded } = meanDirection(gradients[blocks]!.map(({ values }) => values));
    this.#directions.push(direction);
    this.#excluded += excluded;
    const offset = creditIndex === "output" ? 1 : 0;
    for (const [name, credit] of credits) {
      let own = this.#alignments.get(name);
      if (!own) this.#alignments.set(name, own = new Cosines(blocks));
      credit.forEach((a, l) => {
        rows(a, batchSize).forEach((row, b) => own.add(l, row, gradients[l + offset]![b]!));
      });
      if (name !== mainCredit || !terminal || creditIndex === "output") continue;
      rows(terminal, batchSize).forEach((row, b) => own.addTerminal(row, gradients[blocks]![b]!));
    }
  }

  finish(): Snapshot {
    const { batchSize, dtype, backend, terminalNorm, residual, creditIndex } = this.#header;
    const hiddenNorms = this.#hidden.map((norms, l) => medianOf(norms, `‖h_${l}‖`));
    const gradientNorms = this.#gradient.map((norms, l) => medianOf(norms, `‖∂CE/∂h_${l}‖`));
    const referenceError = this.#referenceError();
    const exactness = referenceError && { referenceError };
    return {
      batchSize,
      batches: this.#directions.length,
      samples: this.#hidden[0]!.length,
      dtype,
      backend,
      terminalNorm,
      residual,
      hiddenNorms,
      growth: growthOf(hiddenNorms),
      gradientNorms,
      sampleLossGradientNorms: gradientNorms.map((g, l) =>
        isMeasured(g) ? measured(batchSize * g, `${batchSize} × median ‖∂CE/∂h_${l}‖`) : g
      ),
      nonFiniteHidden: this.#hidden.map((norms) => count(norms, (n) => !Number.isFinite(n))),
      zeroGradients: this.#gradient.map((norms) => count(norms, (n) => n === 0)),
      nonFiniteGradients: this.#gradient.map((norms) => count(norms, (n) => !Number.isFinite(n))),
      stability: this.#stability(),
      ...this.#gammas(creditIndex, { dtype, batchSize, gradientNorms, ...exactness }),
      ...exactness,
    };
  }

  #referenceError(): ReferenceError | undefined {
    const samples = this.#hidden[0]!.length;
    const given = this.#errors[0]!.length;
    if (given === 0) return undefined;
    if (given !== samples) {
      throw new RangeError(
        `Cannot measure the error of the gradients as exact ones must be given for all samples or none: ${given} of ${samples}`,
      );
    }
    return {
      working: this.#header.dtype,
      perLayer: this.#errors.map((errors, l) => medianError(errors, `∂CE/∂h_${l}`)),
    };
  }

  #stability(): Stability {
    const batches = this.#directions.length;
    const shared = { batches, pairs: batches * (batches - 1) / 2, excludedSamples: this.#excluded };
    if (batches < 2) {
      return { value: unmeasured(`stability needs two batches, there is ${batches}`), ...shared };
    }
    const samples = batches * this.#header.batchSize;
    const valid = samples - this.#excluded;
    if (!isCovered(valid, samples)) {
      return { value: uncovered("the direction of g_L", valid, samples), ...shared };
    }
    const cosines: number[] = [];
    for (let i = 0; i < batches; i++) {
      for (let j = i + 1; j < batches; j++) {
        const value = cosine(this.#directions[i]!, this.#directions[j]!);
        if (!isMeasured(value)) {
          const zero = this.#directions.findIndex((d) => l2Norm(d) === 0);
          const reason = `the mean unit gradient of batch ${zero} is zero`;
          return { value: unmeasured(reason), ...shared };
        }
        cosines.push(value);
      }
    }
    return { value: measured(mean(cosines), "mean pairwise cosine"), ...shared };
  }

  #gammas(
    creditIndex: CreditIndex | undefined,
    reference: Reference,
  ): Pick<Snapshot, "gamma" | "otherGammas"> {
    const all = [...this.#alignments];
    const own = this.#alignments.get(mainCredit);
    if (!creditIndex || !own) return { gamma: unmeasured("no credits were given") };
    const samples = this.#hidden[0]!.length;
    for (const [name, cosines] of all) {
      cosines.checkCounts(`the credit${name === mainCredit ? "" : ` "${name}"`}`, samples);
    }
    const { feedbackHash } = this.#header;
    const others = all.filter(([name]) => name !== mainCredit);
    return {
      gamma: own.alignment(creditIndex, reference, feedbackHash),
      ...(others.length > 0 && {
        otherGammas: Object.fromEntries(
          others.map(([name, cosines]) => [
            name,
            cosines.alignment(creditIndex, reference, feedbackHash),
          ]),
        ),
      }),
    };
  }
}

/**
 * Sum of the unit vectors of all rows that have a direction; the batch mean but for its length.
 * Each feature is summed exactly, so the order of the samples does not matter.
 */
function meanDirection(
  rows: readonly Values[],
): { direction: Float64Array; excluded: number } {
  const units = rows.map(unitVector).filter((unit) => unit !== undefined);
  const column = new Float64Array(units.length);
  const direction = new Float64Array(rows[0]?.length ?? 0).map((_, i) => {
    for (let b = 0; b < units.length; b++) column[b] = units[b]![i]!;
    return exactSum(column);
  });
  return { direction, excluded: rows.length - units.length };
}

/** v/‖v‖; undefined where v is zero or not finite. */
function unitVector(v: Values): Float64Array | undefined {
  const largest = largestMagnitude(v);
  if (!(largest > 0 && largest < Infinity)) return undefined;
  const scale = scaleToOne(largest); // a norm may overflow, or be too coarse among subnormals
  const scaled = new Float64Array(v).map((value) => value * scale);
  const norm = exactNorm(scaled);
  return scaled.map((value) => value / norm);
}
