// Reading the probes of a record.
import { isMeasured, type Measured } from "../evidence/measured.ts";
import type { Place, Reader } from "../evidence/_reader.ts";
import {
  agree,
  checkMedians,
  largestCosine,
  readCosine,
  readCounts,
  readMeasured,
  readNorm,
} from "../evidence/_read_snapshot.ts";
import type { Snapshot } from "../evidence/snapshot.ts";
import { formatNumber } from "../statistics/format.ts";
import { perLayerOf } from "./_per_layer.ts";
import type {
  FormatPrecision,
  NudgingProbe,
  NullProbe,
  PerLayer,
  PerturbationProbe,
  PrecisionProbe,
  Probes,
} from "./probes.ts";

const dtypes = ["float32", "float64", "float16", "bfloat16"] as const;

/** What probes of a model are read against. */
export type ProbedSnapshot = Pick<Snapshot, "batchSize" | "samples" | "hiddenNorms" | "gamma">;

/**
 * Reads {@link Probes} and checks all of them: types, ranges, one value for each block, means against
 * what they are means of, and what they share with the snapshot of the same model. Unknown fields are
 * refused.
 *
 * @param at where they stand.
 * @param snapshot of the same model.
 * @throws {TypeError} if something has the wrong type, is missing or is unknown.
 * @throws {RangeError} if a value is impossible or contradicts another.
 */
export function readProbes(at: Place, snapshot: ProbedSnapshot): Probes {
  const blocks = snapshot.hiddenNorms.length - 1;
  at.only(["perturbation", "nudging", "null", "precision"]);
  return {
    ...(at.has("perturbation") && {
      perturbation: readPerturbation(at.field("perturbation"), blocks),
    }),
    ...(at.has("nudging") && { nudging: readNudging(at.field("nudging"), blocks) }),
    ...(at.has("null") && { null: readNull(at.field("null"), snapshot, blocks) }),
    ...(at.has("precision") && {
      precision: readPrecision(at.field("precision"), snapshot, blocks),
    }),
  };
}

function readPerturbation(at: Place, blocks: number): PerturbationProbe {
  at.only(["draws", "samples", "step", "dtype", "rho", "positive", "negative"]);
  const step = at.field("step");
  step.only(["kind", "value"]);
  const rho = (name: string) => readPerLayer(at.field(name), blocks, readCosine);
  return {
    draws: at.field("draws").integer(1),
    samples: at.field("samples").integer(1),
    step: {
      kind: step.field("kind").oneOf(["relative", "absolute"] as const),
      value: readPositive(step.field("value")),
    },
    dtype: at.field("dtype").oneOf(dtypes),
    rho: rho("rho"),
    positive: rho("positive"),
    negative: rho("negative"),
  };
}

function readNudging(at: Place, blocks: number): NudgingProbe {
  at.only(["eta", "samples", "change"]);
  return {
    eta: readPositive(at.field("eta")),
    samples: at.field("samples").integer(1),
    change: readPerLayer(at.field("change"), blocks, readMeasured),
  };
}

function readNull(at: Place, { samples, gamma }: ProbedSnapshot, blocks: number): NullProbe {
  at.only(["draws", "samples", "fresh", "mean", "sampleStandardDeviation", "trained"]);
  const draws = at.field("draws").integer(2);
  const mean = readPerLayer(at.field("mean"), blocks, readCosine);
  const own = at.has("samples") ? at.field("samples").integer(1) : undefined;
  const trained = readPerLayer(at.field("trained"), blocks, readCosine);
  if (own === samples && !("valid" in gamma)) {
    const place = at.field("trained").field("perLayer"); // the means follow from it
    gamma.perLayer.forEach(({ value }, l) =>
      agree(place.item(l), trained.perLayer[l]!, value, "Γ of the snapshot over the same samples")
    );
  }
  return {
    draws,
    ...(own !== undefined && { samples: own }),
    fresh: at.field("fresh").name(),
    mean,
    sampleStandardDeviation: readDeviation(at.field("sampleStandardDeviation"), mean, draws),
    trained,
  };
}

const parts = ["perLayer", "mean", "deep"] as const;

function readPerLayer(at: Place, blocks: number, read: Reader<Measured>): PerLayer {
  const found = readParts(at, blocks, read);
  const expected = perLayerOf(found.perLayer, "value");
  const largest = Math.max(...found.perLayer.map((v) => isMeasured(v) ? Math.abs(v) : 0), 0);
  const of = "the mean of perLayer";
  agree(at.field("mean"), found.mean, expected.mean, of, largest);
  agree(at.field("deep"), found.deep, expected.deep, `${of} without layer 0`, largest);
  return found;
}

function readParts(at: Place, blocks: number, read: Reader<Measured>): PerLayer {
  at.only(parts);
  return {
    perLayer: at.field("perLayer").items(read, { length: blocks }),
    mean: read(at.field("mean")),
    deep: read(at.field("deep")),
  };
}

/**
 * Deviations of means: no mean of deviations, but never above it. Of n cosines with mean m, the squares
 * sum to n at most, so that s² ≤ n/(n − 1)·(1 − m²).
 */
function readDeviation(at: Place, { perLayer }: PerLayer, draws: number): PerLayer {
  const found = readParts(at, perLayer.length, readNorm);
  found.perLayer.forEach((s, l) => {
    const mean = perLayer[l]!;
    if (!isMeasured(s) || !isMeasured(mean)) return;
    const most = Math.sqrt(draws / (draws - 1) * (largestCosine * largestCosine - mean * mean));
    if (s <= most) return;
    throw at.field("perLayer").item(l).rangeError(
      `at most √(${draws}/${draws - 1}·(1 − ${Math.abs(mean)}²)) = ${formatNumber(most)}`,
    );
  });
  const bounds = perLayerOf(found.perLayer, "value");
  for (const part of ["mean", "deep"] as const) {
    const [is, bound] = [found[part], bounds[part]];
    if (isMeasured(is) !== isMeasured(bound)) {
      throw at.field(part).rangeError(
        isMeasured(bound) ? "a number, as perLayer has" : inWords(bound),
      );
    }
    if (isMeasured(is) && isMeasured(bound) && is > bound * (1 + 1e-12)) {
      throw at.field(part).rangeError(`at most ${bound}, the mean of perLayer`);
    }
  }
  return found;
}

function readPrecision(at: Place, snapshot: ProbedSnapshot, blocks: number): PrecisionProbe {
  at.only(["batchSize", "samples", "formats"]);
  const { batchSize } = snapshot;
  if (at.field("batchSize").integer(1) !== batchSize) {
    throw at.field("batchSize").rangeError(`${batchSize}, as in the snapshot`);
  }
  const samples = at.field("samples").integer(1);
  if (samples % batchSize !== 0) {
    throw at.field("samples").rangeError(`a multiple of batchSize, ${batchSize}`);
  }
  const formats = at.field("formats");
  formats.only(dtypes);
  return {
    batchSize,
    samples,
    formats: Object.fromEntries(
      formats.keys().map((name) => [name, readFormat(formats.field(name), blocks, samples)]),
    ),
  };
}

function readFormat(at: Place, blocks: number, samples: number): FormatPrecision {
  at.only(["relativeError", "gradientNorms", "zeroGradients", "nonFiniteGradients"]);
  const length = blocks + 1;
  const norms = at.field("gradientNorms");
  const gradientNorms = norms.items(readNorm, { length });
  const zero = readCounts(at.field("zeroGradients"), samples, length);
  const nonFinite = readCounts(at.field("nonFiniteGradients"), samples, length);
  checkMedians(norms, gradientNorms, { samples, nonFinite, zero });
  return {
    relativeError: at.field("relativeError").items(readNorm, { length }),
    gradientNorms,
    zeroGradients: zero,
    nonFiniteGradients: nonFinite,
  };
}

function readPositive(at: Place): number {
  const found = at.number();
  if (found <= 0) throw at.rangeError("above 0");
  return found;
}

function inWords(value: Measured): string {
  return isMeasured(value) ? String(value) : `unmeasured (${value.reason})`;
}
