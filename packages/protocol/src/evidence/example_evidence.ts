// Small valid records, for documentation, tests and first steps.
import { accuracyOf } from "./accuracy.ts";
import { aggregateAlignment, deepPaperOf } from "./_alignments.ts";
import { evidenceDefinitions } from "./definitions.ts";
import { growthOf } from "./_growth.ts";
import { isMeasured, type Measured, unmeasured } from "./measured.ts";
import type { Role, RunEvidence } from "./run_evidence.ts";
import { passportOf } from "./_passport.ts";
import { type Reference, trustIn } from "./_regime.ts";
import type { Alignment, LayerAlignment, Snapshot } from "./snapshot.ts";

/** What an example says; everything else is filled in. */
export interface ExampleOptions {
  /** Name of the method. Default `"dfa"`. */
  readonly method?: string;
  /** Default `"method"`. */
  readonly role?: Role;
  /** Default 42. */
  readonly seed?: number;
  /** Median ‖h_0‖ … ‖h_L‖ after training. Default `[9, 9, 9]`, L = 2. */
  readonly hiddenNorms?: readonly Measured[];
  /** Median ‖∂CE/∂h_L‖ at `batchSize`. Default 1e-3. */
  readonly gradientNorm?: Measured;
  /** B. Default 128. */
  readonly batchSize?: number;
  /** (c). Default .05, or unmeasured where the gradient is zero or not finite. */
  readonly stability?: Measured;
  /** Γ, the same in every layer; without it no credits were given. */
  readonly gamma?: number;
  /** Final accuracy as a fraction of 10,000 test samples. Default .5. */
  readonly accuracy?: number;
  /** λ of the penalty. Default 0. */
  readonly lambda?: number;
  /** Whether the training labels belong to their samples. Default `"true"`. */
  readonly labels?: "true" | "permuted";
}

/**
 * A made-up {@link RunEvidence} of one epoch that {@link parseEvidence} accepts: no measurement,
 * but the shape of one. The weights of a `baseline` have not grown, those of others by half.
 *
 * @example
 * ```ts
 * import { exampleEvidence, parseEvidence } from "@fa/protocol";
 *
 * const run = exampleEvidence({ method: "bp", seed: 123, accuracy: 0.61 });
 * const read = parseEvidence(JSON.stringify(run), "example.json");
 * if (read.finalAccuracy.correct !== 6100) throw new Error("6100 of 10,000");
 * ```
 */
export function exampleEvidence(
  {
    method = "dfa",
    role = "method",
    seed = 42,
    hiddenNorms = [9, 9, 9],
    gradientNorm = 1e-3,
    batchSize = 128,
    stability = hasDirection(gradientNorm) ? 0.05 : unmeasured("no sample has a direction"),
    gamma,
    accuracy = 0.5,
    lambda = 0,
    labels = "true",
  }: ExampleOptions = {},
): RunEvidence {
  const blocks = hiddenNorms.length - 1;
  const finalAccuracy = accuracyOf({ correct: Math.round(accuracy * 10000), total: 10000 });
  const grown = role === "baseline" ? 1 : 1.5;
  const at = (norms: readonly Measured[]) =>
    exampleSnapshot(norms, gradientNorm, batchSize, stability, gamma);
  return {
    schemaVersion: 2,
    kind: "fa-evidence",
    method,
    role,
    seed,
    configuration: { example: true, lambda, labels },
    dataset: {
      name: labels === "permuted" ? "example+permuted-labels" : "example",
      split: "made up",
      trainSize: 50000,
      testSize: 10000,
    },
    creditIndex: "input",
    creditNormalization: "sample",
    definitions: evidenceDefinitions,
    initial: at(new Array<Measured>(blocks + 1).fill(9)),
    epochs: [{
      epoch: 1,
      learningRate: 1e-3,
      trainLoss: 1.5,
      accuracy: finalAccuracy.value,
      snapshot: at(hiddenNorms),
      parameterGrowth: Array.from({ length: blocks }, () => ({ w1: grown, w2: grown })),
      zeroCredits: new Array<number>(blocks).fill(0),
    }],
    finalAccuracy,
  };
}

function exampleSnapshot(
  hiddenNorms: readonly Measured[],
  gradientNorm: Measured,
  batchSize: number,
  stability: Measured,
  gamma: number | undefined,
): Snapshot {
  const states = hiddenNorms.length;
  const batches = 10;
  const samples = batches * batchSize;
  const count = (holds: boolean) => (holds ? samples : 0);
  const perState = (n: number) => new Array<number>(states).fill(n);
  const sampleLoss = isMeasured(gradientNorm) ? batchSize * gradientNorm : gradientNorm;
  const gradientNorms = new Array<Measured>(states).fill(gradientNorm);
  const reference = { dtype: "float64", batchSize, gradientNorms };
  return {
    batchSize,
    batches,
    samples,
    dtype: reference.dtype,
    backend: "example",
    terminalNorm: true,
    residual: true,
    hiddenNorms,
    growth: growthOf(hiddenNorms),
    gradientNorms,
    sampleLossGradientNorms: new Array<Measured>(states).fill(sampleLoss),
    nonFiniteHidden: hiddenNorms.map((norm) => count(isNonFinite(norm))),
    zeroGradients: perState(count(gradientNorm === 0)),
    nonFiniteGradients: perState(count(isNonFinite(gradientNorm))),
    stability: {
      value: stability,
      batches,
      pairs: 45,
      excludedSamples: count(!hasDirection(gradientNorm)),
    },
    gamma: gamma === undefined
      ? unmeasured("no credits were given")
      : exampleAlignment(gamma, samples, reference),
  };
}

/** The same Γ in every layer, also at h_L. */
function exampleAlignment(gamma: number, samples: number, reference: Reference): Alignment {
  const blocks = reference.gradientNorms.length - 1;
  const layer: LayerAlignment = {
    value: gamma,
    samples,
    invalidSamples: 0,
    ...trustIn(reference, 0),
    naive: { productClamp: gamma, perNormClamp: gamma },
  };
  const perLayer = new Array<LayerAlignment>(blocks).fill(layer);
  return {
    creditIndex: "input",
    perLayer,
    headline: aggregateAlignment(perLayer, 0),
    deepOurs: aggregateAlignment(perLayer, 1),
    deepPaper: deepPaperOf("input", perLayer, layer),
    terminal: layer,
    passport: passportOf({
      creditIndex: "input",
      dtype: reference.dtype,
      batchSize: reference.batchSize,
      feedbackHash: unmeasured("an example has no feedback"),
    }),
  };
}

function isNonFinite(norm: Measured): boolean {
  return !isMeasured(norm) && norm.nonFinite !== undefined;
}

function hasDirection(norm: Measured): boolean {
  return norm !== 0 && !isNonFinite(norm);
}
