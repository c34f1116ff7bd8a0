// Γ of a method over its seeds, and how far it can be trusted.
import { isMeasured, type Measured, unmeasured } from "../evidence/measured.ts";
import { finalSnapshot, type RunEvidence } from "../evidence/run_evidence.ts";
import type { LayerAlignment, NaiveAlignment, Passport, Regime } from "../evidence/snapshot.ts";
import type { FormatOptions } from "../statistics/format.ts";
import { mean } from "../statistics/mean.ts";
import { type SeedSummary, summarizeSeeds } from "../statistics/summarize_seeds.ts";

/** Samples of one layer. */
export interface SampleCounts {
  /** With a cosine. */
  readonly valid: number;
  /** Whose credit or gradient is zero or not finite. */
  readonly invalid: number;
}

/** Γ of one seed. */
export interface SeedGamma {
  /** Mean over l = 0..L−1. */
  readonly headline: Measured;
  /** Mean over l = 1..L−1. */
  readonly deepOurs: Measured;
  /** Mean over l = 1..L with the credit that the method offers at h_L. */
  readonly deepPaper: Measured;
  /** Γ_0 … Γ_{L−1}; empty where no credits were given. */
  readonly perLayer: readonly Measured[];
  /** Regime of the reference of each layer; null where there is no Γ or the record does not say. */
  readonly regimes: readonly (Regime | null)[];
  /** Headline Γ under the clamps of PyTorch's cosine similarity (pitfall 2). */
  readonly naive: { readonly productClamp: Measured; readonly perNormClamp: Measured };
  /** Samples of each layer whose cosine is in the mean, and those without a direction. */
  readonly samples: readonly SampleCounts[];
  /** Median relative error of the reference gradient, its largest over h_0 … h_L. */
  readonly referenceError: Measured;
  /** The same at h_0 … h_L; empty where no error was measured. */
  readonly referenceErrors: readonly Measured[];
  /** Element type of the reference whose error was measured; null if it was not. */
  readonly referenceDtype: string | null;
  /** What must be known to compare this Γ with another; null where the record does not say. */
  readonly passport: Passport | null;
}

/** Γ over seeds. */
export interface GammaSummary {
  /** *Headline*: mean over l = 0..L−1. */
  readonly headline: SeedSummary;
  /** *Deep, ours*: mean over l = 1..L−1. */
  readonly deepOurs: SeedSummary;
  /** *Deep, paper*: mean over l = 1..L. */
  readonly deepPaper: SeedSummary;
  /** Headline Γ under each clamp, by name. */
  readonly naive: { readonly productClamp: SeedSummary; readonly perNormClamp: SeedSummary };
  /** Relative error of the reference: the largest over layers of every seed. */
  readonly referenceError: SeedSummary;
  /** Element types of these references; empty where no error was measured. */
  readonly referenceDtypes: readonly string[];
  /**
   * Regime of all references together, in two facts: known to be exact if all are, below the floor if
   * one is; null where no credits were given. Only an `exact` Γ may be a headline.
   */
  readonly regime: Regime | null;
  /** How often each occurs, such as `below-floor in 12 of 12 layers in 3 seeds`. */
  readonly regimeText: string;
}

/** Γ of the final model of one run. */
export function seedGamma(run: RunEvidence): SeedGamma {
  const { gamma, referenceError } = finalSnapshot(run);
  const worst = referenceError
    ? largest(referenceError.perLayer, "relative error of the reference")
    : unmeasured("the error of the reference was not measured");
  const errors = {
    referenceError: worst,
    referenceErrors: referenceError?.perLayer ?? [],
    referenceDtype: referenceError?.working ?? null,
  };
  if ("valid" in gamma) {
    return {
      headline: gamma,
      deepOurs: gamma,
      deepPaper: gamma,
      perLayer: [],
      regimes: [],
      naive: { productClamp: gamma, perNormClamp: gamma },
      samples: [],
      ...errors,
      passport: null,
    };
  }
  const { perLayer, headline, deepOurs, deepPaper, passport } = gamma;
  return {
    headline,
    deepOurs,
    deepPaper: deepPaper ?? unmeasured("the record has no deep Γ as the paper takes it"),
    perLayer: perLayer.map(({ value }) => value),
    regimes: perLayer.map(({ regime }) => regime ?? null),
    naive: {
      productClamp: naiveMean(perLayer, "productClamp"),
      perNormClamp: naiveMean(perLayer, "perNormClamp"),
    },
    samples: perLayer.map(({ samples, invalidSamples }) => ({
      valid: samples,
      invalid: invalidSamples,
    })),
    ...errors,
    passport: passport ?? null,
  };
}

function naiveMean(layers: readonly LayerAlignment[], clamp: keyof NaiveAlignment): Measured {
  if (layers.length === 0) return unmeasured("the model has no blocks");
  const values = layers.map(({ naive }) => naive?.[clamp]);
  const missing = values.find((value) => value === undefined || !isMeasured(value));
  if (values.every((value): value is number => typeof value === "number")) return mean(values);
  return missing as Measured | undefined ??
    unmeasured("the record does not say what a clamp would have given");
}

/** Largest of some measurements; unmeasured if one is. */
function largest(values: readonly Measured[], what: string): Measured {
  const missing = values.find((value) => !isMeasured(value));
  if (missing !== undefined) return missing;
  if (values.length === 0) return unmeasured(`there is no ${what}`);
  return Math.max(...values as readonly number[]);
}

/** Γ over the seeds of a method. */
export function summarizeGamma(
  seeds: readonly { readonly seed: number; readonly gamma: SeedGamma }[],
): GammaSummary {
  const over = (what: string, pick: (gamma: SeedGamma) => Measured, options: FormatOptions) =>
    summarizeSeeds(seeds.map((s) => ({ seed: s.seed, value: pick(s.gamma) })), what, options);
  const cosine = { decimals: 3 };
  return {
    headline: over("headline Γ", (g) => g.headline, cosine),
    deepOurs: over("deep Γ", (g) => g.deepOurs, cosine),
    deepPaper: over("deep Γ of the paper", (g) => g.deepPaper, cosine),
    naive: {
      productClamp: over("Γ with a product clamp", (g) => g.naive.productClamp, cosine),
      perNormClamp: over("Γ with a per-norm clamp", (g) => g.naive.perNormClamp, cosine),
    },
    referenceError: over("relative error of the reference", (g) => g.referenceError, {}),
    referenceDtypes: [...new Set(seeds.flatMap(({ gamma }) => gamma.referenceDtype ?? []))].sort(),
    ...regimeOf(seeds.map((s) => s.gamma)),
  };
}

/** Whether a reference lies below the paper's floor, however exact it is. */
export function isBelowFloor(regime: Regime | null): boolean {
  return regime === "below-floor" || regime === "unchecked-below-floor";
}

function regimeOf(seeds: readonly SeedGamma[]): Pick<GammaSummary, "regime" | "regimeText"> {
  const all = seeds.flatMap(({ perLayer, regimes }) =>
    regimes.map((regime, l) => regime ?? (isMeasured(perLayer[l]!) ? "not recorded" : "no Γ"))
  );
  if (all.length === 0) return { regime: null, regimeText: "no credits were given" };
  const told = [
    "below-floor",
    "unchecked-below-floor",
    "unchecked",
    "not recorded",
    "no Γ",
    "exact",
  ].flatMap((name) => {
    const n = all.filter((each) => each === name).length;
    return n > 0 ? [`${name} in ${n}`] : [];
  });
  const isExact = all.every((each) => each === "exact" || each === "below-floor");
  const isBelow = all.some((each) => isBelowFloor(each as Regime));
  const regime = isExact
    ? (isBelow ? "below-floor" : "exact")
    : (isBelow ? "unchecked-below-floor" : "unchecked");
  const of = `of ${all.length} layers in ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`;
  return { regime, regimeText: `${told.join(", ")} ${of}` };
}
