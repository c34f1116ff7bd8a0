// What the table and the Markdown report both say of alignment, probes, thresholds and seeds: rows
// of words, from the record alone.

import {
  formatNumber,
  type FormatOptions,
  isMeasured,
  type Regime,
  type SeedSummary,
} from "@fa/protocol";
import type { AuditReport, MethodAssessment, StrategyOutcome } from "@fa/protocol/report";
import { displayName, seedCount } from "./_words.ts";

/**
 * What stands beside a Γ that is no headline, as its reference lies below the paper's floor or is not
 * known to be exact; empty beside one that is.
 */
export function regimeMark(regime: Regime | null): string {
  const words: Readonly<Record<Regime, string>> = {
    "exact": "",
    "below-floor": "(below floor)",
    "unchecked": "(unchecked)",
    "unchecked-below-floor": "(below floor, unchecked)",
  };
  return regime === null ? "" : words[regime];
}

/** What stands where no run was probed. */
export const notProbed = "not measured: no run was probed for it";

/** `0.101 ± 0.003`, or why there is no number. */
export function valueOf(summary: SeedSummary, options: FormatOptions = { decimals: 3 }): string {
  const { mean, sampleStandardDeviation: s, perSeed } = summary;
  if (!isMeasured(mean)) {
    const own = perSeed.map((seed) => seed.value).find((value) => !isMeasured(value));
    return `not measured: ${own === undefined || isMeasured(own) ? mean.reason : own.reason}`;
  }
  const text = formatNumber(mean, options);
  return isMeasured(s) ? `${text} ± ${formatNumber(s, options)}` : text;
}

/** A quantity and its value, in words. */
export type Line = readonly [what: string, value: string];

/** Γ of a method: its aggregations, how far its references can be trusted, what clamps would print. */
export function gammaLines({ gamma }: MethodAssessment): Line[] {
  const found = regimeMark(gamma.regime);
  const mark = found && ` ${found}`;
  const told = (summary: SeedSummary): string =>
    valueOf(summary) + (isMeasured(summary.mean) ? mark : "");
  const { productClamp, perNormClamp } = gamma.naive;
  return [
    ["Γ headline, l = 0..L−1", told(gamma.headline)],
    ["Γ deep, ours, l = 1..L−1", told(gamma.deepOurs)],
    ["Γ deep, paper, l = 1..L", told(gamma.deepPaper)],
    ["regime of the references", gamma.regimeText],
    ["largest relative error of a reference", valueOf(gamma.referenceError, {})],
    [
      "headline as older PyTorch would print it (product clamp, ε = 1e-8)",
      valueOf(productClamp),
    ],
    [
      "headline as newer PyTorch would print it (per-norm clamp, ε = 1e-8)",
      valueOf(perNormClamp),
    ],
  ];
}

/** Probes of a method; those that were not measured say so. */
export function probeLines({ probes }: MethodAssessment): Line[] {
  const { perturbation, nudging, null: calibration, precision } = probes;
  const none = notProbed;
  const rho: Line[] = perturbation
    ? [
      ["ρ deep", valueOf(perturbation.rho.deep)],
      ["ρ, mean over all layers", valueOf(perturbation.rho.mean)],
      ["ρ of the true gradient (positive control)", valueOf(perturbation.positive.mean)],
      ["ρ of a random vector (negative control)", valueOf(perturbation.negative.mean)],
      [
        "ρ: how",
        `${perturbation.draws} draws for each of ${perturbation.samples} samples, step ` +
        `${formatNumber(perturbation.step.value)} ${perturbation.step.kind}, ${perturbation.dtype}`,
      ],
    ]
    : [["ρ", none]];
  const null_: Line[] = calibration
    ? [
      ["Γ deep under fresh feedback (null)", valueOf(calibration.mean.deep)],
      ["its spread over draws", valueOf(calibration.sampleStandardDeviation.deep)],
      ["Γ deep with the feedback of training", valueOf(calibration.trained.deep)],
      ["null: how", `${calibration.draws} fresh draws of ${calibration.fresh}`],
    ]
    : [["null of Γ", none]];
  const nudged: Line[] = nudging
    ? [[
      `change of CE when nudged by η = ${formatNumber(nudging.eta)} against the credit, deep`,
      valueOf(nudging.change.deep, {}),
    ]]
    : [["nudging", none]];
  const formats = Object.entries(precision?.formats ?? {});
  const precise: Line[] = precision
    ? formats.map(([format, found]): Line => [
      `reference gradient in ${format}, B = ${precision.batchSize}`,
      `relative error ${valueOf(found.worstRelativeError, {})} in the worst layer, ` +
      `${valueOf(found.relativeErrorAtTop, {})} at h_L; ${found.zeroAtTop} zero and ` +
      `${found.nonFiniteAtTop} not finite of ${found.samples} samples at h_L`,
    ])
    : [["precision of the reference", none]];
  return [...rho, ...null_, ...nudged, ...precise];
}

/** Rows of the table of decision utility. */
export function strategyRow(
  { strategy, looksAt, walkedBack, standing, notAssessable, paper, differs }: StrategyOutcome,
): string[] {
  const list = (methods: readonly string[]) =>
    methods.length === 0 ? "–" : methods.map(displayName).join(", ");
  return [
    strategy,
    looksAt,
    list(walkedBack),
    list(standing),
    list(notAssessable),
    list(paper),
    list(differs),
  ];
}

/** Heads of the same. */
export const strategyHead = [
  "strategy",
  "looks at",
  "walks back",
  "leaves standing",
  "cannot decide",
  "the paper walks back",
  "differs on",
] as const;

/** Mode 1 and Mode 2 of every method, with what shows them. */
export function modeLines({ methods }: AuditReport): Line[] {
  return methods.flatMap(({ method, modes }) =>
    modes.map(({ mode, title, named, evidence }): Line => [
      `${displayName(method)}, Mode ${mode}${named === true ? ` (${title})` : ""}`,
      `${named === null ? "open" : named ? "shown" : "excluded"}. ${evidence.join(". ")}`,
    ])
  );
}

/** When each diagnostic first fired. */
export function firstFireLines({ firstFires }: AuditReport): Line[] {
  return firstFires.flatMap(({ method, diagnostics }) =>
    diagnostics.map(({ id, name, text }): Line => [`${displayName(method)} (${id}) ${name}`, text])
  );
}

/** What k seeds support, in sentences. */
export function seedSentences({ seedSupport }: AuditReport): string[] {
  return seedSupport.flatMap(({ seeds, statements }) =>
    statements.length > 0 ? statements : [`${seedCount(seeds)}: nothing can be said.`]
  );
}
