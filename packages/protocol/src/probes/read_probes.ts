// Reading the probes of a record.
import { isMeasured, type Measured } from "../evidence/measured.ts";
import type { Place, Reader } from "../evidence/_reader.ts";
import { readCosine, readMeasured, readNorm } from "../evidence/_read_snapshot.ts";
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

/**
 * Reads {@link Probes} and checks all of them: types, ranges, one value for each of the `blocks`, means
 * against what they are means of. Unknown fields are refused.
 *
 * @param at where they stand.
 * @param blocks L.
 * @throws {TypeError} if something has the wrong type, is missing or is unknown.
 * @throws {RangeError} if a value is impossible or contradicts another.
 */
export function readProbes(at: Place, blocks: number): Probes {
  at.only(["perturbation", "nudging", "null", "precision"]);
  return {
    ...(at.has("perturbation") && {
      perturbation: readPerturbation(at.field("perturbation"), blocks),
    }),
    ...(at.has("nudging") && { nudging: readNudging(at.field("nudging"), blocks) }),
    ...(at.has("null") && { null: readNull(at.field("null"), blocks) }),
    ...(at.has("precision") && { precision: readPrecision(at.field("precision"), blocks) }),
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

function readNull(at: Place, blocks: number): NullProbe {
  at.only(["draws", "fresh", "mean", "sampleStandardDeviation", "trained"]);
  return {
    draws: at.field("draws").integer(2),
    fresh: at.field("fresh").name(),
    mean: readPerLayer(at.field("mean"), blocks, readCosine),
    sampleStandardDeviation: readDeviation(at.field("sampleStandardDeviation"), blocks),
    trained: readPerLayer(at.field("trained"), blocks, readCosine),
  };
}

const parts = ["perLayer", "mean", "deep"] as const;

function readPerLayer(at: Place, blocks: number, read: Reader<Measured>): PerLayer {
  at.only(parts);
  const found: PerLayer = {
    perLayer: at.field("perLayer").items(read, { length: blocks }),
    mean: read(at.field("mean")),
    deep: read(at.field("deep")),
  };
  const expected = perLayerOf(found.perLayer, "value");
  const largest = Math.max(...found.perLayer.map((v) => isMeasured(v) ? Math.abs(v) : 0), 0);
  for (const part of ["mean", "deep"] as const) {
    const [is, should] = [found[part], expected[part]];
    const same = isMeasured(is) && isMeasured(should)
      ? Math.abs(is - should) <= 1e-12 * largest
      : isMeasured(is) === isMeasured(should);
    const which = part === "mean" ? "the mean of perLayer" : "the mean of perLayer without layer 0";
    if (!same) throw at.field(part).rangeError(`${inWords(should)}, ${which}`);
  }
  return found;
}

/** Deviations of means: no mean of deviations, but never above it. */
function readDeviation(at: Place, blocks: number): PerLayer {
  at.only(parts);
  const found: PerLayer = {
    perLayer: at.field("perLayer").items(readNorm, { length: blocks }),
    mean: readNorm(at.field("mean")),
    deep: readNorm(at.field("deep")),
  };
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

function readPrecision(at: Place, blocks: number): PrecisionProbe {
  at.only(["batchSize", "samples", "formats"]);
  const batchSize = at.field("batchSize").integer(1);
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
  const counts = (name: string) =>
    at.field(name).items((place) => {
      const found = place.integer(0);
      if (found > samples) throw place.rangeError(`at most ${samples} samples`);
      return found;
    }, { length });
  return {
    relativeError: at.field("relativeError").items(readNorm, { length }),
    gradientNorms: at.field("gradientNorms").items(readNorm, { length }),
    zeroGradients: counts("zeroGradients"),
    nonFiniteGradients: counts("nonFiniteGradients"),
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
