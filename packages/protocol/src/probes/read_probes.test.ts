// Reading probes. Oracle: the record types: what was written is read back; every single field that is
// altered, removed or added is refused with its path.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Place } from "../evidence/_reader.ts";
import { type ProbedSnapshot, readProbes } from "./read_probes.ts";

const test = suite("readProbes");

const layers = (first: number, second: number) => ({
  perLayer: [first, second],
  mean: (first + second) / 2,
  deep: second,
});
const unmeasured = { valid: false, reason: "a side is constant" };

// What the probes are read against: Γ with the feedback of the run, over 1280 samples.
const layer = (value: number) => ({ value, samples: 1280, invalidSamples: 0 });
const snapshot: ProbedSnapshot = {
  batchSize: 128,
  samples: 1280,
  hiddenNorms: [9, 9, 9],
  gamma: {
    creditIndex: "input",
    perLayer: [layer(0.43), layer(0.1)],
    headline: 0.265,
    deepOurs: 0.1,
  },
};

const probes = {
  perturbation: {
    draws: 32,
    samples: 256,
    step: { kind: "relative", value: 1e-3 },
    dtype: "float64",
    rho: { perLayer: [0.5, unmeasured], mean: unmeasured, deep: unmeasured },
    positive: layers(0.99, 0.98),
    negative: layers(-0.01, 0.01),
  },
  nudging: { eta: 0.01, samples: 1280, change: layers(-2e-5, 1e-5) },
  null: {
    draws: 20,
    samples: 1280,
    fresh: "feedback.0 … feedback.1",
    mean: layers(0.002, -0.001),
    sampleStandardDeviation: { perLayer: [0.02, 0.04], mean: 0.025, deep: 0.04 },
    trained: layers(0.43, 0.1),
  },
  precision: {
    batchSize: 128,
    samples: 1280,
    formats: {
      float16: {
        relativeError: [1e-3, 2e-3, unmeasured],
        gradientNorms: [1e-3, 1e-4, 0],
        zeroGradients: [0, 1, 640],
        nonFiniteGradients: [0, 639, 1],
      },
    },
  },
};

// deno-lint-ignore no-explicit-any
const altered = (change: (copy: any) => void): unknown => {
  const copy = JSON.parse(JSON.stringify(probes));
  change(copy);
  return copy;
};

const read = (value: unknown) => readProbes(new Place(value, "probes", "run.json"), snapshot);

function refusal(value: unknown): string {
  try {
    read(value);
  } catch (error) {
    return (error as Error).message;
  }
  return "read";
}

test("reads what was written, and shares nothing with it", () => {
  const copy = JSON.parse(JSON.stringify(probes));
  const found = read(copy);
  assert.equal(found, probes);
  copy.nudging.change.perLayer[0] = 7;
  assert.equal(found, probes);
  assert.equal(read({}), {});
});

test("refuses every field that is missing or unknown, wherever it stands", () => {
  const walk = (value: unknown, path: (string | number)[] = []): void => {
    if (typeof value !== "object" || value === null) return;
    const at = (copy: unknown) =>
      path.reduce((o, k) => (o as never)[k], copy) as Record<string, unknown>;
    if (!Array.isArray(value)) {
      const more = refusal(altered((copy) => at(copy)["other"] = 1));
      assert.match(more, 'unknown field "other"', path.join("."));
    }
    for (const [key, part] of Object.entries(value)) {
      const optional = path.length === 0 || path.at(-1) === "formats" ||
        `${path}.${key}` === "null.samples";
      if (!Array.isArray(value) && !optional) {
        assert.match(refusal(altered((copy) => delete at(copy)[key])), `${key} is missing`);
      }
      const other = altered((copy) => at(copy)[key] = true);
      if (key !== "valid") assert.match(refusal(other), "Cannot read run.json as probes.", key);
      walk(part, [...path, key]);
    }
  };
  walk(probes);
});

// deno-lint-ignore no-explicit-any
const impossible: [(copy: any) => void, string][] = [
  [(p) => p.perturbation.draws = 0, "perturbation.draws must be an integer of at least 1: found 0"],
  [(p) => p.perturbation.step.kind = "other", 'step.kind must be "relative" or "absolute"'],
  [(p) => p.perturbation.step.value = 0, "step.value must be above 0: found 0"],
  [(p) => p.perturbation.dtype = "int8", "perturbation.dtype must be"],
  [(p) => p.perturbation.positive.perLayer[1] = 1.1, "must be a cosine in [−1, 1]: found 1.1"],
  [(p) => p.perturbation.positive.mean = 0.9, "positive.mean must be 0.985, the mean of perLayer"],
  [(p) => p.perturbation.rho.deep = 0.5, "rho.deep must be unmeasured (a side is constant)"],
  [(p) => p.nudging.eta = -1, "nudging.eta must be above 0: found -1"],
  [(p) => p.nudging.change.perLayer.pop(), "change.perLayer must be an array of 2"],
  [(p) => p.nudging.change.deep = -1e-5, "deep must be 0.00001, the mean of perLayer without"],
  [(p) => p.null.draws = 1, "null.draws must be an integer of at least 2: found 1"],
  [(p) => p.null.fresh = " ", "null.fresh must be a name"],
  [(p) => p.null.sampleStandardDeviation.mean = 0.04, "must be at most 0.03, the mean of perLayer"],
  [(p) => p.null.sampleStandardDeviation.perLayer[0] = -1, "must be at least 0: found -1"],
  [(p) => p.null.sampleStandardDeviation.deep = unmeasured, "deep must be a number, as perLayer"],
  [(p) => p.precision.samples = 1279, "samples must be a multiple of batchSize, 128: found 1279"],
  [(p) => p.precision.formats.float16.zeroGradients[0] = 1281, "must be at most 1280 samples"],
  [(p) => p.precision.formats.float16.gradientNorms.pop(), "must be an array of 3"],
  [(p) => p.precision.formats.half = {}, 'has the unknown field "half"'],
  // Oracle: of n values in [−1, 1] with mean m, the sum of squares is at most n.
  [
    (p) => p.null.sampleStandardDeviation = { perLayer: [1.1, 0.04], mean: 0.025, deep: 0.04 },
    "sampleStandardDeviation.perLayer[0] must be at most √(20/19·(1 − 0.002²)) = 1.03",
  ],
  [
    (p) => {
      p.null.draws = 2;
      p.null.mean = layers(0.9, 0.9);
      p.null.sampleStandardDeviation = { perLayer: [0.1, 0.7], mean: 0.2, deep: 0.7 };
    },
    "sampleStandardDeviation.perLayer[1] must be at most √(2/1·(1 − 0.9²)) = 0.616: found 0.7",
  ],
  [(p) => p.null.samples = 0, "null.samples must be an integer of at least 1: found 0"],
  // Oracle: the same credits on the same samples have one Γ.
  [
    (p) => p.null.trained = layers(0.43, 0.2),
    "null.trained.perLayer[1] must be 0.1, Γ of the snapshot over the same samples: found 0.2",
  ],
  [
    (p) => p.null.trained = { perLayer: [0.43, unmeasured], mean: unmeasured, deep: unmeasured },
    "null.trained.perLayer[1] must be 0.1, Γ of the snapshot",
  ],
  [
    (p) => p.precision.batchSize = 64,
    "precision.batchSize must be 128, as in the snapshot: found 64",
  ],
  [
    (p) => p.precision.formats.float16.zeroGradients[1] = 642,
    "float16.gradientNorms[1] must be of 642 zero and 639 other samples, not of 1280: found 0.0001",
  ],
  [
    (p) => p.precision.formats.float16.zeroGradients[0] = 641,
    "float16.gradientNorms[0] must be 0, as 641 of 1280 samples are zero: found 0.001",
  ],
  [
    (p) => p.precision.formats.float16.zeroGradients[2] = 639,
    "float16.gradientNorms[2] must be above 0, as only 639 of 1280 samples are zero: found 0",
  ],
  [
    (p) => p.precision.formats.float16.nonFiniteGradients[0] = 640,
    "float16.gradientNorms[0] must be unmeasured, as 640 of 1280 samples are not finite",
  ],
];

// Oracle: the bound is reached: half of an even number of draws at 1, half at −1, s = √(n/(n − 1)).
test("reads the widest null there can be, and one on other samples than Γ", () => {
  read(altered((p) => {
    p.null.mean = layers(0, 0);
    const s = Math.sqrt(20 / 19);
    p.null.sampleStandardDeviation = layers(s, s);
  }));
  const other = layers(0.4, 0.2);
  read(altered((p) => Object.assign(p.null, { samples: 256, trained: other })));
  read(altered((p) => {
    p.null.trained = other;
    delete p.null.samples; // as records were first written
  }));
});

test("refuses what cannot be, with its path", () => {
  for (const [change, expected] of impossible) {
    const found = refusal(altered(change));
    assert.ok(found.includes(expected), `${found}\n  should include: ${expected}`);
  }
});

test.run();
