// Probes of one method over its seeds.
import { type Measured, type Unmeasured, unmeasured } from "../evidence/measured.ts";
import type { FormatPrecision, PerLayer, Probes } from "../probes/probes.ts";
import type { FormatOptions } from "../statistics/format.ts";
import { type SeedSummary, summarizeSeeds } from "../statistics/summarize_seeds.ts";

/** One quantity for every block over seeds, and its named means. */
export interface PerLayerSummary {
  /** One summary for each block l = 0..L−1. */
  readonly perLayer: readonly SeedSummary[];
  /** Mean over l = 0..L−1, averaged per seed first. */
  readonly mean: SeedSummary;
  /** Mean over the deep layers l = 1..L−1, averaged per seed first. */
  readonly deep: SeedSummary;
}

/** ρ over seeds, with its controls. */
export interface PerturbationSummary {
  /** M. */
  readonly draws: number;
  /** Samples that were perturbed. */
  readonly samples: number;
  /** ε. */
  readonly step: { readonly kind: "relative" | "absolute"; readonly value: number };
  /** Element type of losses and products. */
  readonly dtype: string;
  /** ρ_l of the method's credit. */
  readonly rho: PerLayerSummary;
  /** Positive control: the true gradient. */
  readonly positive: PerLayerSummary;
  /** Negative control: a random vector. */
  readonly negative: PerLayerSummary;
}

/** Nudging over seeds. */
export interface NudgingSummary {
  /** η. */
  readonly eta: number;
  /** Samples. */
  readonly samples: number;
  /** Change of the mean loss, negative where the credit helps. */
  readonly change: PerLayerSummary;
}

/** Γ under fresh feedback over seeds. */
export interface NullSummary {
  /** Fresh draws of each seed. */
  readonly draws: number;
  /** What was drawn afresh. */
  readonly fresh: string;
  /** Mean over the draws. */
  readonly mean: PerLayerSummary;
  /** Sample standard deviation over the draws. */
  readonly sampleStandardDeviation: PerLayerSummary;
  /** With the feedback of training. */
  readonly trained: PerLayerSummary;
}

/** The reference in one working precision over seeds, at the layer where it is worst and at h_L. */
export interface FormatSummary {
  /** Median relative error of the gradient, its largest of all layers. */
  readonly worstRelativeError: SeedSummary;
  /** The same at h_L. */
  readonly relativeErrorAtTop: SeedSummary;
  /** Samples of all seeds whose gradient at h_L is exactly zero. */
  readonly zeroAtTop: number;
  /** Samples of all seeds whose gradient at h_L is not finite. */
  readonly nonFiniteAtTop: number;
  /** Samples of all seeds. */
  readonly samples: number;
}

/** Precision of the reference over seeds. */
export interface PrecisionSummary {
  /** B. */
  readonly batchSize: number;
  /** By working precision. */
  readonly formats: Readonly<Record<string, FormatSummary>>;
}

/**
 * Probes of a method over seeds. One that is absent was measured in no seed; a seed that lacks one
 * that others have leaves its means unmeasured.
 */
export interface ProbeSummaries {
  /** ρ. */
  readonly perturbation?: PerturbationSummary;
  /** Nudging. */
  readonly nudging?: NudgingSummary;
  /** Null calibration. */
  readonly null?: NullSummary;
  /** Precision of the reference. */
  readonly precision?: PrecisionSummary;
}

/** The probes of one seed. */
export interface SeedProbes {
  readonly seed: number;
  readonly probes: Probes;
}

/**
 * Probes over the seeds of a method.
 *
 * @throws {RangeError} if seeds were probed differently: their numbers are not of one kind.
 */
export function summarizeProbes(seeds: readonly SeedProbes[]): ProbeSummaries {
  return {
    ...optional("perturbation", seeds, (given, over) => ({
      ...same(given, "ρ", ({ draws, samples, step, dtype }) => ({ draws, samples, step, dtype })),
      rho: over("ρ", (probe) => probe.rho, cosine),
      positive: over("ρ of the gradient", (probe) => probe.positive, cosine),
      negative: over("ρ of a random vector", (probe) => probe.negative, cosine),
    })),
    ...optional("nudging", seeds, (given, over) => ({
      ...same(given, "nudging", ({ eta, samples }) => ({ eta, samples })),
      change: over("change of the loss", (probe) => probe.change, {}),
    })),
    ...optional("null", seeds, (given, over) => ({
      ...same(given, "null calibration", ({ draws, fresh }) => ({ draws, fresh })),
      mean: over("Γ under fresh feedback", (probe) => probe.mean, cosine),
      sampleStandardDeviation: over(
        "spread of Γ under fresh feedback",
        (probe) => probe.sampleStandardDeviation,
        cosine,
      ),
      trained: over("Γ with the feedback of training", (probe) => probe.trained, cosine),
    })),
    ...optional("precision", seeds, (given) => {
      const names = [...new Set(given.flatMap(({ probe }) => Object.keys(probe.formats)))];
      return {
        ...same(given, "precision", ({ batchSize }) => ({ batchSize })),
        formats: Object.fromEntries(
          names.map((name) => [name, formatSummary(seeds, name)]),
        ),
      };
    }),
  };
}

const cosine = { decimals: 3 };

type Kind = keyof Probes;
type Given<K extends Kind> = readonly {
  readonly seed: number;
  readonly probe: NonNullable<Probes[K]>;
}[];
type Over<K extends Kind> = (
  what: string,
  pick: (probe: NonNullable<Probes[K]>) => PerLayer,
  options: FormatOptions,
) => PerLayerSummary;

/** The summary of one kind of probe, where at least one seed has it. */
function optional<K extends Kind, T>(
  kind: K,
  seeds: readonly SeedProbes[],
  summarize: (given: Given<K>, over: Over<K>) => T,
): { readonly [P in K]?: T } {
  const given = seeds.flatMap(({ seed, probes }) => {
    const probe = probes[kind];
    return probe === undefined ? [] : [{ seed, probe: probe as NonNullable<Probes[K]> }];
  });
  if (given.length === 0) return {};
  const over: Over<K> = (what, pick, options) => {
    const found = seeds.map(({ seed, probes }) => {
      const probe = probes[kind];
      return {
        seed,
        value: probe === undefined ? notProbed : pick(probe as NonNullable<Probes[K]>),
      };
    });
    const layers = Math.max(...given.map(({ probe }) => pick(probe).perLayer.length));
    const each = (name: string, at: (value: PerLayer) => Measured | undefined) =>
      summarizeSeeds(
        found.map(({ seed, value }) => ({
          seed,
          value: "valid" in value ? value : at(value) ?? notProbed,
        })),
        name,
        options,
      );
    return {
      perLayer: Array.from(
        { length: layers },
        (_, l) => each(`${what} of layer ${l}`, (value) => value.perLayer[l]),
      ),
      mean: each(what, (value) => value.mean),
      deep: each(`deep ${what}`, (value) => value.deep),
    };
  };
  return { [kind]: summarize(given, over) } as { readonly [P in K]?: T };
}

const notProbed: Unmeasured = unmeasured("it was not probed");

/** Conditions that all seeds must share. */
function same<P, T>(
  given: readonly { readonly seed: number; readonly probe: P }[],
  what: string,
  pick: (probe: P) => T,
): T {
  const first = given[0]!;
  const text = JSON.stringify(pick(first.probe));
  for (const { seed, probe } of given) {
    const other = JSON.stringify(pick(probe));
    if (other !== text) {
      throw new RangeError(
        `Cannot summarize ${what} over seeds as all must be probed alike: ${text} with seed ${first.seed}, ${other} with seed ${seed}`,
      );
    }
  }
  return pick(first.probe);
}

function formatSummary(seeds: readonly SeedProbes[], name: string): FormatSummary {
  const found = seeds.map(({ seed, probes }) => ({
    seed,
    format: probes.precision?.formats[name],
    samples: probes.precision?.samples ?? 0,
  }));
  const over = (what: string, pick: (format: FormatPrecision) => Measured) =>
    summarizeSeeds(
      found.map(({ seed, format }) => ({ seed, value: format ? pick(format) : notProbed })),
      `${what} in ${name}`,
    );
  const count = (pick: (format: FormatPrecision) => readonly number[]) =>
    found.reduce((sum, { format }) => sum + (format ? pick(format).at(-1)! : 0), 0);
  return {
    worstRelativeError: over("relative error", ({ relativeError }) => worst(relativeError)),
    relativeErrorAtTop: over("relative error at h_L", ({ relativeError }) => relativeError.at(-1)!),
    zeroAtTop: count((format) => format.zeroGradients),
    nonFiniteAtTop: count((format) => format.nonFiniteGradients),
    samples: found.reduce((sum, { format, samples }) => sum + (format ? samples : 0), 0),
  };
}

/** The largest; unmeasured if one is. */
function worst(values: readonly Measured[]): Measured {
  return values.find((value) => typeof value !== "number") ??
    Math.max(...values as readonly number[]);
}
