// Reading a snapshot and the measurements in it.
import type { Accuracy } from "./accuracy.ts";
import { aggregateAlignment, deepPaperOf } from "./_alignments.ts";
import { isCovered } from "./_coverage.ts";
import { growthOf } from "./_growth.ts";
import { isMeasured, type Measured, measured, type Unmeasured } from "./measured.ts";
import type { Place } from "./_reader.ts";
import { passportOf } from "./_passport.ts";
import { type Reference, trustIn } from "./_regime.ts";
import type {
  Alignment,
  CreditIndex,
  Growth,
  LayerAlignment,
  NaiveAlignment,
  Passport,
  ReferenceError,
  Snapshot,
  Stability,
} from "./snapshot.ts";

/** Reads a number or a reason. */
export function readMeasured(at: Place): Measured {
  return typeof at.value === "number" ? at.number() : readUnmeasured(at);
}

/** Reads a number of at least 0, or a reason. */
export function readNorm(at: Place): Measured {
  const found = readMeasured(at);
  if (isMeasured(found) && found < 0) throw at.rangeError("at least 0");
  return found;
}

/** By how much an exporter may have rounded a cosine. */
const slack = 1e-6;

/** The largest magnitude that a cosine is read with. */
export const largestCosine: number = 1 + slack;

/** Reads a cosine: 1 + rounding at most in magnitude, or a reason. */
export function readCosine(at: Place): Measured {
  const found = readMeasured(at);
  if (isMeasured(found) && Math.abs(found) > largestCosine) {
    throw at.rangeError("a cosine in [−1, 1]");
  }
  return found;
}

/** Reads a reason where `instead` was expected. */
export function readUnmeasured(at: Place, instead = "a finite number"): Unmeasured {
  if (typeof at.value !== "object" || at.value === null || Array.isArray(at.value)) {
    throw at.typeError(`${instead} or { valid: false, reason }`);
  }
  at.only(["valid", "reason", "nonFinite"]);
  const valid = at.field("valid");
  if (valid.boolean()) throw valid.rangeError("false");
  const reason = at.field("reason").name();
  if (!at.has("nonFinite")) return { valid: false, reason };
  const nonFinite = at.field("nonFinite").oneOf(["NaN", "+Infinity", "-Infinity"] as const);
  return { valid: false, reason, nonFinite };
}

/** Reads an accuracy and checks it against its counts. */
export function readAccuracy(at: Place): Accuracy {
  at.only(["correct", "total", "value", "withoutPrediction"]);
  const total = at.field("total").integer(1);
  const correct = at.field("correct").integer(0);
  const withoutPrediction = at.field("withoutPrediction").integer(0);
  if (correct + withoutPrediction > total) {
    throw at.field("correct").rangeError(
      `at most total − withoutPrediction, ${total} − ${withoutPrediction}`,
    );
  }
  const value = at.field("value").number();
  if (value !== correct / total) throw at.field("value").rangeError(`${correct} / ${total}`);
  return { correct, total, value, withoutPrediction };
}

const fields = [
  "batchSize",
  "batches",
  "samples",
  "dtype",
  "backend",
  "terminalNorm",
  "residual",
  "hiddenNorms",
  "growth",
  "gradientNorms",
  "sampleLossGradientNorms",
  "nonFiniteHidden",
  "zeroGradients",
  "nonFiniteGradients",
  "stability",
  "gamma",
  "otherGammas",
] as const;

/** Version of a record's layout. */
export type Version = 1 | 2;

/** Reads a snapshot; `blocks` is L where it is already known. */
export function readSnapshot(at: Place, version: Version, blocks?: number): Snapshot {
  at.only(version === 1 ? fields : [...fields, "referenceError"]);
  const batchSize = at.field("batchSize").integer(1);
  const batches = at.field("batches").integer(1);
  const samples = at.field("samples").integer(1);
  if (samples !== batchSize * batches) {
    throw at.field("samples").rangeError(`batchSize × batches, ${batchSize * batches}`);
  }
  const states = blocks === undefined ? undefined : blocks + 1;
  const norms = at.field("hiddenNorms");
  const hiddenNorms = norms.items(readNorm, { limit: 1e5, ...(states && { length: states }) });
  if (hiddenNorms.length === 0) throw norms.rangeError("an array of L + 1 norms");
  const length = hiddenNorms.length;
  const gradientNorms = at.field("gradientNorms").items(readNorm, { length });
  const counts = (name: string) => readCounts(at.field(name), samples, length);
  const nonFiniteHidden = counts("nonFiniteHidden");
  const zeroGradients = counts("zeroGradients");
  const nonFiniteGradients = counts("nonFiniteGradients");
  checkMedians(norms, hiddenNorms, { samples, nonFinite: nonFiniteHidden });
  checkMedians(at.field("gradientNorms"), gradientNorms, {
    samples,
    nonFinite: nonFiniteGradients,
    zero: zeroGradients,
  });
  const dtype = at.field("dtype").oneOf(["float32", "float64", "float16", "bfloat16"] as const);
  const exactness = at.has("referenceError") && {
    referenceError: readReferenceError(at.field("referenceError"), dtype, length),
  };
  const reference = { dtype, batchSize, gradientNorms, ...exactness };
  const about = { version, samples, blocks: length - 1, reference };
  return {
    batchSize,
    batches,
    samples,
    dtype,
    backend: at.field("backend").name(),
    terminalNorm: at.field("terminalNorm").boolean(),
    residual: at.field("residual").boolean(),
    hiddenNorms,
    growth: readGrowth(at.field("growth"), hiddenNorms),
    gradientNorms,
    sampleLossGradientNorms: readSampleLoss(
      at.field("sampleLossGradientNorms"),
      gradientNorms,
      batchSize,
    ),
    nonFiniteHidden,
    zeroGradients,
    nonFiniteGradients,
    stability: readStability(at.field("stability"), batches, samples),
    gamma: readGamma(at.field("gamma"), about),
    ...(at.has("otherGammas") && {
      otherGammas: readOtherGammas(at.field("otherGammas"), about),
    }),
    ...exactness,
  };
}

/** Reads for how many of the samples something holds, layer by layer. */
export function readCounts(at: Place, samples: number, length: number): number[] {
  return at.items((place) => {
    const found = place.integer(0);
    if (found > samples) throw place.rangeError(`at most ${samples} samples`);
    return found;
  }, { length });
}

/** A median must be one that so many zero and non-finite norms among the samples can have. */
export function checkMedians(
  at: Place,
  medians: readonly Measured[],
  { samples, nonFinite, zero }: {
    readonly samples: number;
    readonly nonFinite: readonly number[];
    readonly zero?: readonly number[];
  },
): void {
  medians.forEach((median, l) => {
    const lost = nonFinite[l]!;
    if (isMeasured(median) && 2 * lost >= samples) {
      throw at.item(l).rangeError(`unmeasured, as ${lost} of ${samples} samples are not finite`);
    }
    const zeros = zero?.[l];
    if (zeros === undefined) return;
    if (zeros + lost > samples) {
      throw at.item(l).rangeError(`of ${zeros} zero and ${lost} other samples, not of ${samples}`);
    }
    if (isMeasured(median) && median !== 0 && 2 * zeros > samples) {
      throw at.item(l).rangeError(`0, as ${zeros} of ${samples} samples are zero`);
    }
    if (median === 0 && 2 * zeros < samples) {
      throw at.item(l).rangeError(`above 0, as only ${zeros} of ${samples} samples are zero`);
    }
  });
}

function readGrowth(at: Place, hiddenNorms: readonly Measured[]): Growth {
  at.only(["perLayer", "max"]);
  const expected = growthOf(hiddenNorms);
  const perLayer = at.field("perLayer").items(readNorm, { length: hiddenNorms.length - 1 });
  perLayer.forEach((found, l) =>
    agree(at.field("perLayer").item(l), found, expected.perLayer[l]!, "the ratio of hiddenNorms")
  );
  const max = readNorm(at.field("max"));
  agree(at.field("max"), max, expected.max, "the maximum of perLayer");
  return { perLayer, max };
}

function readSampleLoss(
  at: Place,
  gradientNorms: readonly Measured[],
  batchSize: number,
): Measured[] {
  const found = at.items(readNorm, { length: gradientNorms.length });
  found.forEach((value, l) => {
    const mean = gradientNorms[l]!;
    const expected = isMeasured(mean) ? batchSize * mean : mean;
    agree(at.item(l), value, expected, "batchSize × gradientNorms");
  });
  return found;
}

function readStability(at: Place, batches: number, samples: number): Stability {
  at.only(["value", "batches", "pairs", "excludedSamples"]);
  const found = at.field("batches").integer(1);
  if (found !== batches) throw at.field("batches").rangeError(`${batches}, as in the snapshot`);
  const pairs = at.field("pairs").integer(0);
  if (pairs !== batches * (batches - 1) / 2) {
    throw at.field("pairs").rangeError(`${batches * (batches - 1) / 2}, for ${batches} batches`);
  }
  const excludedSamples = at.field("excludedSamples").integer(0);
  if (excludedSamples > samples) {
    throw at.field("excludedSamples").rangeError(`at most ${samples} samples`);
  }
  const value = readCosine(at.field("value"));
  if (isMeasured(value) && batches < 2) {
    throw at.field("value").rangeError("unmeasured, as there is no pair of batches");
  }
  if (isMeasured(value) && !isCovered(samples - excludedSamples, samples)) {
    throw at.field("value").rangeError(
      `unmeasured, as ${excludedSamples} of ${samples} samples, more than half, are left out`,
    );
  }
  return { value, batches, pairs, excludedSamples };
}

function readReferenceError(at: Place, dtype: string, length: number): ReferenceError {
  at.only(["working", "perLayer"]);
  const working = at.field("working").name();
  if (working !== dtype) throw at.field("working").rangeError(`${dtype}, as in the snapshot`);
  return { working, perLayer: at.field("perLayer").items(readNorm, { length }) };
}

/** What an alignment is read against. */
interface AboutSnapshot {
  readonly version: Version;
  readonly samples: number;
  readonly blocks: number;
  readonly reference: Reference;
}

function readGamma(at: Place, about: AboutSnapshot): Alignment | Unmeasured {
  return at.has("valid") ? readUnmeasured(at) : readAlignment(at, about);
}

function readOtherGammas(at: Place, about: AboutSnapshot): Record<string, Alignment> {
  return Object.fromEntries(
    at.names().map((name) => [name, readAlignment(at.field(name), about)]),
  );
}

const alignmentFields = ["creditIndex", "perLayer", "headline", "deepOurs"] as const;

function readAlignment(at: Place, about: AboutSnapshot): Alignment {
  const { version, blocks, reference } = about;
  at.only(
    version === 1 ? alignmentFields : [...alignmentFields, "deepPaper", "terminal", "passport"],
  );
  const creditIndex = at.field("creditIndex").oneOf(["input", "output"] as const);
  const offset = creditIndex === "output" ? 1 : 0;
  const perLayer: LayerAlignment[] = [];
  at.field("perLayer").items(
    (layer) => perLayer.push(readLayer(layer, about, perLayer.length + offset)),
    { length: blocks },
  );
  const headline = readCosine(at.field("headline"));
  agree(at.field("headline"), headline, aggregateAlignment(perLayer, 0), "the mean of perLayer");
  const deepOurs = readCosine(at.field("deepOurs"));
  agree(
    at.field("deepOurs"),
    deepOurs,
    aggregateAlignment(perLayer, 1),
    "the mean of perLayer without layer 0",
  );
  const terminal = at.has("terminal") ? readLayer(at.field("terminal"), about, blocks) : undefined;
  if (terminal && creditIndex === "output") {
    throw at.field("terminal").rangeError("absent, as the last block's credit lives at h_L");
  }
  return {
    creditIndex,
    perLayer,
    headline,
    deepOurs,
    ...(at.has("deepPaper") && {
      deepPaper: readDeepPaper(at.field("deepPaper"), creditIndex, perLayer, terminal),
    }),
    ...(terminal && { terminal }),
    ...(at.has("passport") && {
      passport: readPassport(at.field("passport"), creditIndex, reference),
    }),
  };
}

/** @param l the layer whose gradient was compared with. */
function readLayer(
  at: Place,
  { version, samples, reference }: AboutSnapshot,
  l: number,
): LayerAlignment {
  const known = ["value", "samples", "invalidSamples"] as const;
  at.only(version === 1 ? known : [...known, "regime", "naive"]);
  const found = {
    value: readCosine(at.field("value")),
    samples: at.field("samples").integer(0),
    invalidSamples: at.field("invalidSamples").integer(0),
  };
  if (found.samples + found.invalidSamples !== samples) {
    throw at.rangeError(`samples + invalidSamples = ${samples}`);
  }
  if (isMeasured(found.value) && !isCovered(found.samples, samples)) {
    throw at.field("value").rangeError(
      `unmeasured, as ${found.samples} of ${samples} samples, fewer than half, are valid`,
    );
  }
  const trust = trustIn(reference, l);
  if ("refused" in trust) {
    if (isMeasured(found.value)) {
      throw at.field("value").rangeError(`unmeasured, as ${trust.refused}`);
    }
    if (at.has("regime")) throw at.field("regime").rangeError(`absent, as ${trust.refused}`);
  } else if (at.has("regime")) { // else it is derived, as a run of version 1 may go on in version 2
    // Version 2 was first written without the fourth word.
    const earlier = trust.regime === "unchecked-below-floor" ? ["unchecked"] : [];
    at.field("regime").oneOf([trust.regime, ...earlier]);
  }
  return {
    ...found,
    ...("regime" in trust && { regime: trust.regime }),
    ...(at.has("naive") && { naive: readNaive(at.field("naive"), found) }),
  };
}

/**
 * Reads what clamps made of Γ_l. They multiply the cosine c of each sample by something in [0, 1], of
 * which a record holds nothing, and count the other samples as 0. From −1 ≤ c ≤ 1 follows
 * −(1 − c)/2 ≤ what is left of c ≤ (1 + c)/2, and so a range for their mean; within it, the values
 * cannot be checked.
 */
function readNaive(at: Place, { value, samples, invalidSamples }: LayerAlignment): NaiveAlignment {
  at.only(["productClamp", "perNormClamp"]);
  const all = samples + invalidSamples;
  const share = samples / all;
  const [low, high] = isMeasured(value)
    ? [-share * (1 - value) / 2, share * (1 + value) / 2]
    : [-share, share];
  const read = (place: Place): Measured => {
    const found = readCosine(place);
    if (!isMeasured(found) || (found >= low - slack && found <= high + slack)) return found;
    const why = isMeasured(value)
      ? `Γ_l is ${value} in ${samples} of ${all} samples`
      : `only ${samples} of ${all} samples have a cosine`;
    throw place.rangeError(`from ${low} to ${high}, as ${why}`);
  };
  return {
    productClamp: read(at.field("productClamp")),
    perNormClamp: read(at.field("perNormClamp")),
  };
}

function readDeepPaper(
  at: Place,
  creditIndex: CreditIndex,
  perLayer: readonly LayerAlignment[],
  terminal: LayerAlignment | undefined,
): Measured {
  const found = readCosine(at);
  agree(at, found, deepPaperOf(creditIndex, perLayer, terminal), "the mean over h_1..h_L");
  return found;
}

/** A passport says in this library's words what was measured, as the definitions do. */
function readPassport(at: Place, creditIndex: CreditIndex, reference: Reference): Passport {
  const { dtype, batchSize } = reference;
  const hash = at.field("feedbackHash");
  const feedbackHash = typeof hash.value === "string"
    ? hash.value
    : readUnmeasured(hash, "a SHA-256");
  if (typeof feedbackHash === "string" && !/^[0-9a-f]{64}$/.test(feedbackHash)) {
    throw hash.rangeError("a SHA-256 of 64 hexadecimal digits in lower case");
  }
  const expected = passportOf({ creditIndex, dtype, batchSize, feedbackHash });
  at.only(Object.keys(expected));
  for (const key of ["quantity", "reduction", "clamp", "dtype", "batchSize"] as const) {
    at.field(key).oneOf([expected[key]]);
  }
  const aggregation = at.field("aggregation");
  aggregation.only(Object.keys(expected.aggregation));
  for (const key of ["headline", "deepOurs", "deepPaper"] as const) {
    aggregation.field(key).oneOf([expected.aggregation[key]]);
  }
  return expected;
}

/**
 * A derived number must follow from what it is derived from, up to the rounding of an exporter.
 *
 * @param size of the numbers it is derived from, where that is larger than what came out.
 */
export function agree(
  at: Place,
  found: Measured,
  expected: Measured,
  rule: string,
  size = 0,
): void {
  const wanted = typeof expected === "number" ? measured(expected, rule) : expected;
  const same = isMeasured(found) && isMeasured(wanted)
    ? Math.abs(found - wanted) <= 1e-12 * Math.max(size, Math.abs(wanted))
    : !isMeasured(found) && !isMeasured(wanted) && found.nonFinite === wanted.nonFinite;
  if (same) return;
  const word = isMeasured(wanted) ? String(wanted) : `unmeasured (${wanted.reason})`;
  throw at.rangeError(`${word}, ${rule}`);
}
