// Evidence with probes and regimes, made by hand for the tests of what is judged by them.
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import type { Measured } from "../evidence/measured.ts";
import type { RunEvidence } from "../evidence/run_evidence.ts";
import type { Alignment, Regime } from "../evidence/snapshot.ts";
import type { PerLayer, Probes } from "../probes/probes.ts";

/** The same number everywhere. */
export function everywhere(value: Measured, layers = 2): PerLayer {
  return { perLayer: new Array<Measured>(layers).fill(value), mean: value, deep: value };
}

/** Deep Γ and ρ with their null. */
export interface ProbeNumbers {
  readonly gamma?: Measured;
  readonly nullMean?: Measured;
  readonly nullSpread?: Measured;
  readonly rho?: Measured;
  /** ρ of the true gradient. */
  readonly positive?: Measured;
}

/** Null calibration and ρ with these numbers; those of the paper's penalised DFA by default. */
export function probesOf(
  { gamma = 0.1627, nullMean = 0.0022, nullSpread = 0.022, rho = 0.08, positive = 0.9965 }:
    ProbeNumbers = {},
): Probes {
  return {
    perturbation: {
      draws: 32,
      samples: 256, // the first two batches, as an audit perturbs them
      step: { kind: "relative", value: 1e-3 },
      dtype: "float64",
      rho: everywhere(rho),
      positive: everywhere(positive),
      negative: everywhere(0.0056),
    },
    null: {
      draws: 20,
      fresh: "feedback.0 … feedback.1",
      mean: everywhere(nullMean),
      sampleStandardDeviation: everywhere(nullSpread),
      trained: everywhere(gamma),
    },
  };
}

/** What {@link probedRun} adds to an example. */
export interface ProbedOptions extends ExampleOptions {
  readonly probes?: Probes;
  readonly regime?: Regime;
  /** Γ under both clamps. */
  readonly naive?: readonly [productClamp: number, perNormClamp: number];
  /** Relative error of the reference, everywhere. */
  readonly error?: Measured;
  /** The same for each of h_0 … h_L of its own. */
  readonly errors?: readonly Measured[];
  readonly deepPaper?: number;
  /** Of 1280, in every layer: those without a direction. */
  readonly invalidSamples?: number;
}

/** A run whose last epoch has probes, regimes, clamps and a measured error. */
export function probedRun(
  {
    probes,
    regime,
    naive,
    error,
    errors,
    deepPaper,
    invalidSamples = 0,
    ...options
  }: ProbedOptions = {},
): RunEvidence {
  const run = exampleEvidence({ gamma: 0.1, ...options });
  const last = run.epochs.at(-1)!;
  const { referenceError: _, ...snapshot } = last.snapshot; // only what is asked for
  const { creditIndex, perLayer, headline, deepOurs } = snapshot.gamma as Alignment;
  const judged: Alignment = {
    creditIndex,
    headline,
    deepOurs,
    perLayer: perLayer.map(({ value, samples }) => ({
      value,
      samples: samples - invalidSamples,
      invalidSamples,
      ...(regime && { regime }),
      ...(naive && { naive: { productClamp: naive[0], perNormClamp: naive[1] } }),
    })),
    ...(deepPaper !== undefined && { deepPaper }),
  };
  const given = errors ??
    (error === undefined ? undefined : snapshot.gradientNorms.map(() => error));
  return {
    ...run,
    epochs: [...run.epochs.slice(0, -1), {
      ...last,
      snapshot: {
        ...snapshot,
        gamma: judged,
        ...(given !== undefined && { referenceError: { working: "float32", perLayer: given } }),
      },
      ...(probes && { probes }),
    }],
  };
}
