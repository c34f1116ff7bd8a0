import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readdirSync, readFileSync } from "node:fs";
import { evidenceDefinitions, firstDefinitions } from "./definitions.ts";
import { exampleEvidence } from "./example_evidence.ts";
import { unmeasured } from "./measured.ts";
import { parseEvidence } from "./parse_evidence.ts";

const test = suite("parseEvidence");

const good = () =>
  JSON.parse(JSON.stringify(exampleEvidence({ gamma: 0.1, hiddenNorms: [9, 18, 9] })));

const configuration = JSON.stringify(good().configuration);

/** The record with some places changed. */
function changedAll(changes: Readonly<Record<string, unknown>>): unknown {
  const record = good();
  for (const [path, value] of Object.entries(changes)) change(record, path, value);
  return record;
}

function changed(path: string, value: unknown): unknown {
  return changedAll({ [path]: value });
}

// deno-lint-ignore no-explicit-any
function change(record: any, path: string, value: unknown): void {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  const last = steps.pop()!;
  let at = record;
  for (const step of steps) at = at[step];
  if (value === undefined) delete at[last];
  else at[last] = value;
}

function refusal(json: unknown): Error {
  try {
    parseEvidence(json, "dfa-42.json");
  } catch (error) {
    return error as Error;
  }
  throw new assert.Assertion({ message: "must be refused" } as never);
}

// Oracle: documented contract.
test("parseEvidence gives back what was written, from a value and from text", () => {
  const run = exampleEvidence({
    gamma: 0.1,
    hiddenNorms: [9, 1e-300, { valid: false, reason: "NaN", nonFinite: "NaN" }],
    gradientNorm: unmeasured("lost"),
    stability: unmeasured("one batch"),
  });
  const text = JSON.stringify(run);
  assert.equal(parseEvidence(JSON.parse(text), "run.json"), JSON.parse(text));
  assert.equal(parseEvidence(text, "run.json"), run);
});

test("parseEvidence shares nothing with its input", () => {
  const record = good();
  const read = parseEvidence(record, "run.json");
  record.epochs[0].snapshot.hiddenNorms[0] = 77;
  record.configuration.example = false;
  assert.is(read.epochs[0]!.snapshot.hiddenNorms[0], 9);
  assert.is(read.configuration.example, true);
});

const refused: [path: string, value: unknown, type: ErrorConstructor, message: RegExp][] = [
  ["kind", "fa-audit", RangeError, /as kind must be "fa-evidence": found "fa-audit"/],
  ["schemaVersion", "1", TypeError, /as schemaVersion must be 1 or 2: found "1"/],
  ["schemaVersion", 3, RangeError, /as schemaVersion must be 1 or 2: found 3/],
  ["method", "", RangeError, /as method must be a name that is not empty/],
  ["method", undefined, TypeError, /as method is missing: found the fields schemaVersion, kind/],
  ["role", "methods", RangeError, /as role must be "method" or "baseline" or "control"/],
  ["seed", -1, RangeError, /as seed must be an integer of at least 0: found -1/],
  ["seed", 0.5, RangeError, /as seed must be an integer/],
  ["seed", 2 ** 53, RangeError, /as seed must be an integer/],
  ["sead", 1, TypeError, /the record has the unknown field "sead"/],
  ["configuration", [], TypeError, /as configuration must be an object: found an array of 0/],
  ["configuration.x", NaN, RangeError, /as configuration.x must be a finite number: found NaN/],
  ["configuration.x", () => 1, TypeError, /as configuration.x must be plain JSON/],
  ["dataset.testSize", 0, RangeError, /as dataset.testSize must be an integer of at least 1/],
  ["creditIndex", "both", RangeError, /as creditIndex must be "input" or "output"/],
  ["creditIndex", "output", RangeError, /initial.gamma.creditIndex must be output, as in the rec/],
  ["creditNormalization", null, TypeError, /as creditNormalization must be "sample"/],
  ["definitions.gamma", undefined, TypeError, /as definitions.gamma is missing/],
  ["definitions.gamma.reduction", "max", RangeError, /as definitions.gamma.reduction must be "mea/],
  ["initial", null, TypeError, /as initial must be an object: found null/],
  ["initial.batchSize", 0, RangeError, /as initial.batchSize must be an integer of at least 1/],
  ["initial.samples", 12, RangeError, /as initial.samples must be batchSize × batches, 1280/],
  ["initial.dtype", "int8", RangeError, /as initial.dtype must be "float32"/],
  ["initial.hiddenNorms", [], RangeError, /as initial.hiddenNorms must be an array of L \+ 1/],
  ["initial.growth.max", 3, RangeError, /initial.growth.max must be 1, the maximum of perLayer: f/],
  ["initial.nonFiniteHidden[1]", 1281, RangeError, /nonFiniteHidden\[1\] must be at most 1280/],
  ["initial.stability.pairs", 44, RangeError, /as initial.stability.pairs must be 45/],
  ["initial.stability.value", 1.1, RangeError, /stability.value must be a cosine in \[−1, 1\]/],
  ["initial.gamma.headline", 0.2, RangeError, /gamma.headline must be 0.1, the mean of perLayer/],
  ["initial.gamma.perLayer[0].samples", 5, RangeError, /perLayer\[0\] must be samples \+ invalid/],
  ["initial.gamma.perLayer[0].regime", "exactly", RangeError, /regime must be "exact": found "exa/],
  ["initial.gamma.perLayer[0].regime", 1, TypeError, /regime must be "exact": found 1/],
  ["initial.gamma.perLayer[1].naive", 0.1, TypeError, /naive must be an object: found 0.1/],
  ["initial.gamma.perLayer[1].naive.perNormClamp", 1.1, RangeError, /must be a cosine in/],
  ["initial.gamma.perLayer[1].naive.productClamp", undefined, TypeError, /Clamp is missing/],
  ["initial.gamma.perLayer[1].clamp", 0.1, TypeError, /has the unknown field "clamp"/],
  ["initial.gamma.deepPaper", 0.2, RangeError, /deepPaper must be 0.1, the mean over h_1..h_L/],
  ["initial.gamma.deepPaper", -1.1, RangeError, /deepPaper must be a cosine in/],
  ["initial.gamma.terminal", undefined, RangeError, /deepPaper must be unmeasured \(the method of/],
  ["initial.gamma.terminal.samples", 7, RangeError, /terminal must be samples \+ invalidSamples/],
  ["initial.gamma.terminal.value", 0.4, RangeError, /deepPaper must be 0.25, the mean over h_1/],
  ["initial.gamma.passport.dtype", "float32", RangeError, /passport.dtype must be "float64"/],
  ["initial.gamma.passport.batchSize", 64, RangeError, /passport.batchSize must be 128: found 64/],
  ["initial.gamma.passport.clamp", "1e-8", RangeError, /passport.clamp must be "none": found "1e/],
  ["initial.gamma.passport.quantity", "cosine", RangeError, /passport.quantity must be "cosine of/],
  ["initial.gamma.passport.quantity", undefined, TypeError, /passport.quantity is missing/],
  ["initial.gamma.passport.aggregation.headline", "max", RangeError, /must be "mean of the blocks/],
  ["initial.gamma.passport.aggregation.deep", "mean", TypeError, /the unknown field "deep"/],
  ["initial.gamma.passport.feedbackHash", "abc", RangeError, /must be a SHA-256 of 64 hex/],
  ["initial.gamma.passport.feedbackHash", 1, TypeError, /must be a SHA-256 or { valid: false, re/],
  ["initial.gamma.passport.seed", 1, TypeError, /passport has the unknown field "seed"/],
  ["initial.referenceError", [], TypeError, /referenceError must be an object/],
  [
    "initial.referenceError",
    { working: "float32", perLayer: [0, 0, 0] },
    RangeError,
    /referenceError.working must be float64, as in the snapshot: found "float32"/,
  ],
  [
    "initial.referenceError",
    { working: "float64", perLayer: [0, 0] },
    RangeError,
    /referenceError.perLayer must be an array of 3: found an array of 2/,
  ],
  [
    "initial.referenceError",
    { working: "float64", perLayer: [0, -1, 0] },
    RangeError,
    /referenceError.perLayer\[1\] must be at least 0: found -1/,
  ],
  ["epochs[0].probes", { rho: {} }, TypeError, /epochs\[0\].probes has the unknown field "rho"/],
  ["epochs", {}, TypeError, /as epochs must be an array: found an object with no fields/],
  ["epochs[0].epoch", 0, RangeError, /as epochs\[0\].epoch must be an integer of at least 1/],
  ["epochs[0].accuracy", 1.5, RangeError, /epochs\[0\].accuracy must be a fraction in \[0, 1\]/],
  ["epochs[0].trainLoss", null, TypeError, /trainLoss must be a finite number or { valid: false/],
  [
    "epochs[0].trainLoss",
    { valid: true, reason: "x" },
    RangeError,
    /trainLoss.valid must be false/,
  ],
  ["epochs[0].trainLoss", { valid: false }, TypeError, /trainLoss.reason is missing/],
  [
    "epochs[0].snapshot.hiddenNorms[2]",
    "9",
    TypeError,
    /epochs\[0\].snapshot.hiddenNorms\[2\] mus/,
  ],
  ["epochs[0].snapshot.hiddenNorms[2]", -9, RangeError, /hiddenNorms\[2\] must be at least 0: fou/],
  [
    "epochs[0].snapshot.hiddenNorms",
    [9, 9],
    RangeError,
    /snapshot.hiddenNorms must be an array of/,
  ],
  ["epochs[0].snapshot.growth.perLayer[1]", 0.6, RangeError, /perLayer\[1\] must be 0.5, the rat/],
  ["epochs[0].snapshot.sampleLossGradientNorms[0]", 1, RangeError, /batchSize × gradientNorms/],
  ["epochs[0].parameterGrowth", [], RangeError, /parameterGrowth must be an array of 2/],
  ["epochs[0].zeroCredits", 0, TypeError, /zeroCredits must be an array of counts or/],
  ["finalAccuracy.correct", 10001, RangeError, /finalAccuracy.correct must be at most total/],
  [
    "finalAccuracy.value",
    0.51,
    RangeError,
    /finalAccuracy.value must be 5000 \/ 10000: found 0.51/,
  ],
];

/** The example as a record of version 1 wrote it. */
function first() {
  const record = good();
  record.schemaVersion = 1;
  for (const quantity of Object.keys(record.definitions)) {
    if (!(quantity in firstDefinitions)) delete record.definitions[quantity];
  }
  for (const { gamma } of [record.initial, record.epochs[0].snapshot]) {
    for (const field of ["deepPaper", "terminal", "passport"]) delete gamma[field];
    for (const layer of gamma.perLayer) {
      delete layer.regime;
      delete layer.naive;
    }
  }
  return record;
}

// Oracle: documented contract.
test("parseEvidence reads a record of version 1 as one of version 2 that says less", () => {
  const record = first();
  const read = parseEvidence(record, "old.json");
  for (const { gamma } of [record.initial, record.epochs[0].snapshot]) {
    for (const layer of gamma.perLayer) layer.regime = "exact"; // float64, and norms above the floor
  }
  assert.is(read.schemaVersion, 2);
  assert.is(read.definitions, evidenceDefinitions);
  assert.equal({ ...read, schemaVersion: 1, definitions: record.definitions }, record);
  assert.equal(parseEvidence(JSON.stringify(read), "new.json"), read);
});

// Oracle: the regime follows from the rest of the record, so that none that is absent can mislead.
test("parseEvidence derives a regime that a record of version 2 lacks", () => {
  const record = good();
  const whole = parseEvidence(record, "dfa-42.json");
  for (const layer of record.initial.gamma.perLayer) {
    assert.is(layer.regime, "exact");
    delete layer.regime;
  }
  assert.equal(parseEvidence(record, "dfa-42.json"), whole);
});

// Oracle: definition of the regimes (§4): float32 of unknown exactness, ‖g‖ below 1e-7 at B = 128.
test("parseEvidence marks layers of version 1 that lie below the floor", () => {
  const record = first();
  record.epochs = [];
  record.initial.dtype = "float32";
  change(record, "initial.gradientNorms[1]", 9e-8);
  change(record, "initial.sampleLossGradientNorms[1]", 128 * 9e-8);
  const { gamma } = parseEvidence(record, "old.json").initial;
  if ("valid" in gamma) throw new Error(gamma.reason);
  assert.equal(gamma.perLayer.map(({ regime }) => regime), ["unchecked", "unchecked-below-floor"]);
});

// Oracle: what this library wrote before it told the two facts apart.
test("parseEvidence reads the earlier words of version 2, and gives those of today", () => {
  const record = good();
  record.epochs = [];
  record.definitions.regime.unit = "exact, below-floor or unchecked; absent where Γ_l is refused";
  const { initial } = record;
  initial.dtype = initial.gamma.passport.dtype = "float32";
  change(record, "initial.gradientNorms", [1e-3, 9e-8, 1e-3]);
  change(record, "initial.sampleLossGradientNorms", [1e-3, 9e-8, 1e-3].map((g) => 128 * g));
  const { perLayer, terminal } = initial.gamma;
  for (const layer of [...perLayer, terminal]) layer.regime = "unchecked";
  const read = parseEvidence(record, "run.json");
  assert.is(read.definitions, evidenceDefinitions);
  if ("valid" in read.initial.gamma) throw new Error("has Γ");
  const found = read.initial.gamma.perLayer.map(({ regime }) => regime);
  assert.equal(found, ["unchecked", "unchecked-below-floor"]);
  perLayer[0].regime = "unchecked-below-floor";
  assert.match(refusal(record).message, 'perLayer[0].regime must be "unchecked": found');
});

test("parseEvidence refuses in version 1 what only version 2 has, and version 1's definitions in 2", () => {
  const hash = "0".repeat(64);
  for (
    const [path, value, message] of [
      ["initial.referenceError", { working: "float64", perLayer: [0, 0, 0] }, /"referenceError"/],
      ["initial.gamma.deepPaper", 0.1, /initial.gamma has the unknown field "deepPaper"/],
      ["initial.gamma.passport", { feedbackHash: hash }, /unknown field "passport"/],
      ["initial.gamma.terminal", {}, /unknown field "terminal"/],
      ["initial.gamma.perLayer[0].regime", "exact", /perLayer\[0\] has the unknown field "regime"/],
      ["initial.gamma.perLayer[0].naive", {}, /unknown field "naive"/],
      ["epochs[0].probes", {}, /epochs\[0\] has the unknown field "probes"/],
      ["definitions.naive", {}, /definitions has the unknown field "naive"/],
      ["schemaVersion", 2, /definitions.referenceError is missing/],
    ] as [string, unknown, RegExp][]
  ) {
    const record = first();
    change(record, path, value);
    const error = refusal(record);
    assert.instance(error, TypeError);
    assert.match(error.message, message);
  }
  assert.match(refusal(changed("schemaVersion", 1)).message, /definitions has the unknown field/);
});

// Oracle: records of finished runs, as version 1 of this library wrote them.
test("parseEvidence reads every record that is kept under results", () => {
  const results = new URL("../../../../results/", import.meta.url);
  const files = readdirSync(results, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("evidence.json"));
  assert.ok(files.length >= 15, `${files.length} files`);
  for (const file of files) {
    const text = readFileSync(new URL(file.replaceAll("\\", "/"), results), "utf8");
    const read = parseEvidence(text, file);
    assert.is(read.schemaVersion, 2);
    assert.equal(parseEvidence(JSON.stringify(read), file), read);
  }
});

const noGamma = { valid: false, reason: "no credits were given" };

// Oracle: arithmetic on the counts, and that one run has one model, one test set and one end.
const contradictions: [changes: Record<string, unknown>, message: RegExp][] = [
  [{ "initial.zeroGradients[1]": 641 }, /initial.gradientNorms\[1\] must be 0, as 641 of 1280/],
  [
    { "initial.gradientNorms[1]": 0, "initial.sampleLossGradientNorms[1]": 0 },
    /\[1\] must be above 0/,
  ],
  [
    { "initial.nonFiniteGradients[0]": 640 },
    /gradientNorms\[0\] must be unmeasured, as 640 of 1280/,
  ],
  [{ "initial.nonFiniteHidden[2]": 640 }, /initial.hiddenNorms\[2\] must be unmeasured, as 640/],
  [
    { "initial.nonFiniteGradients[0]": 639, "initial.zeroGradients[0]": 642 },
    /gradientNorms\[0\] must be of 642 zero and 639 other samples, not of 1280/,
  ],
  [{ "initial.stability.excludedSamples": 641 }, /stability.value must be unmeasured, as 641 of/],
  [
    { "initial.gamma.perLayer[0].samples": 639, "initial.gamma.perLayer[0].invalidSamples": 641 },
    /perLayer\[0\].value must be unmeasured, as 639 of 1280 samples/,
  ],
  [{ "epochs[0].accuracy": 0.9 }, /epochs\[0\].accuracy must be 0.5, the value of finalAccuracy/],
  [
    { "dataset.testSize": 3 },
    /dataset.testSize must be 10000, the total of finalAccuracy: found 3/,
  ],
  [
    { "epochs[0].snapshot.terminalNorm": false },
    /snapshot.terminalNorm must be true, as in initial/,
  ],
  [{ "epochs[0].snapshot.residual": false }, /snapshot.residual must be true, as in initial/],
  [
    { "epochs[0].snapshot.dtype": "float32", "epochs[0].snapshot.gamma": noGamma },
    /snapshot.dtype must be float64, as in initial/,
  ],
  [{ "epochs[0].snapshot.backend": "webgpu" }, /snapshot.backend must be example, as in initial/],
];

// Oracle: arithmetic on the record itself: an alignment with noise is none, nor is a weak one strong.
contradictions.push(
  [
    { "initial.referenceError": { working: "float64", perLayer: [0, 0.0101, 0] } },
    /perLayer\[1\].value must be unmeasured, as the relative error of .*h_1 in float64 is 0.0101/,
  ],
  [
    { "initial.referenceError": { working: "float64", perLayer: [0, 0, 0.02] } },
    /initial.gamma.terminal.value must be unmeasured, as the relative error of .*h_2/,
  ],
  [
    { "initial.referenceError": { working: "float64", perLayer: [noGamma, 0, 0] } },
    /perLayer\[0\].value must be unmeasured, as .* could not be measured: no credits/,
  ],
  [
    {
      "initial.referenceError": { working: "float64", perLayer: [0.02, 0, 0] },
      "initial.gamma.perLayer[0].value": noGamma,
    },
    /perLayer\[0\].regime must be absent, as the relative error .*: found "exact"/,
  ],
  [
    { "initial.gamma.perLayer[0].regime": "below-floor" },
    /perLayer\[0\].regime must be "exact": found "below-floor"/,
  ],
  [
    { "initial.gradientNorms[1]": 9e-8, "initial.sampleLossGradientNorms[1]": 128 * 9e-8 },
    /perLayer\[1\].regime must be "below-floor": found "exact"/,
  ],
);

// Oracle: a terminal obeys control characters, and a report prints names and configurations.
test("parseEvidence refuses control characters in every key and text", () => {
  for (const hostile of ["\u001b[2J", "a\u009bb", "a\nb"]) {
    const alignment = good().initial.gamma;
    for (
      const [path, value, where] of [
        ["initial.otherGammas", { [hostile]: alignment }, "a key of initial.otherGammas"],
        ["epochs[0].parameterGrowth[1]", { [hostile]: 1 }, "a key of epochs[0].parameterGrowth[1]"],
        ["configuration.x", { y: [{ [hostile]: 1 }] }, "a key of configuration.x.y[0]"],
        ["configuration.x", ["a", hostile], "configuration.x[1]"],
        ["dataset.note", hostile, "dataset.note"],
        ["dataset.note", { [hostile]: 1 }, "a key of dataset.note"],
      ] as const
    ) {
      const error = refusal(changed(path, value));
      assert.instance(error, RangeError);
      assert.match(error.message, `as ${where} must be a text without control characters`);
      assert.not.match(error.message, /\p{Cc}/u);
    }
  }
  assert.match(
    refusal(changed("initial.otherGammas", { " ": good().initial.gamma })).message,
    "a key of initial.otherGammas must be a name that is not empty",
  );
});

// Oracle: pointwise, with a factor f in [0, 1]: f·c ≤ max(c, 0) ≤ (1 + c)/2 and f·c ≥ −(1 − c)/2; summed
// over n of N samples, the others counted as 0.
contradictions.push(
  [
    { "initial.gamma.perLayer[1].naive.productClamp": -0.46 },
    /productClamp must be from -0\.45 to 0\.55, as Γ_l is 0.1 in 1280 of 1280 samples: found -0.46/,
  ],
  [
    { "initial.gamma.perLayer[1].naive.perNormClamp": 0.56 },
    /perNormClamp must be from -0\.45 to 0\.55, as .*: found 0.56/,
  ],
  [
    { "initial.gamma.terminal.naive.perNormClamp": 0.56 },
    /terminal.naive.perNormClamp must be from -0\.45 to 0\.55/,
  ],
  [
    {
      "initial.gamma.perLayer[1].samples": 640,
      "initial.gamma.perLayer[1].invalidSamples": 640,
      "initial.gamma.perLayer[1].naive.productClamp": 0.3,
    },
    /productClamp must be from -0\.225 to 0\.275, as Γ_l is 0.1 in 640 of 1280 samples: found 0.3/,
  ],
  [
    {
      "initial.gamma.perLayer[1].value": noGamma,
      "initial.gamma.perLayer[1].samples": 320,
      "initial.gamma.perLayer[1].invalidSamples": 960,
      "initial.gamma.perLayer[1].naive.productClamp": -0.3,
    },
    /productClamp must be from -0\.25 to 0\.25, as only 320 of 1280 samples have a cosine: found -0.3/,
  ],
);

// The bounds are reached: cosines of 1 and −1, of which only one kind is clamped away.
test("parseEvidence accepts what clamps can do at most", () => {
  for (const naive of [-0.45, 0, 0.55]) {
    parseEvidence(changed("initial.gamma.perLayer[1].naive.productClamp", naive), "run.json");
  }
});

test("parseEvidence refuses a credit at h_L beside credits at the outputs", () => {
  const record = good();
  record.creditIndex = "output";
  for (const { gamma } of [record.initial, record.epochs[0].snapshot]) {
    gamma.creditIndex = "output";
    delete gamma.passport;
  }
  assert.match(
    refusal(record).message,
    "gamma.terminal must be absent, as the last block's credit",
  );
});

for (const [changes, message] of contradictions) {
  test(`parseEvidence refuses the contradiction ${JSON.stringify(changes)}`, () => {
    const error = refusal(changedAll(changes));
    assert.instance(error, RangeError);
    assert.match(error.message, message);
  });
}

test("parseEvidence refuses a run that is measured on batches of two sizes or numbers", () => {
  const record = good();
  const other = JSON.parse(JSON.stringify(exampleEvidence({ batchSize: 64 })));
  const { snapshot } = other.epochs[0];
  record.epochs[0].snapshot = snapshot;
  assert.match(refusal(record).message, "epochs[0].snapshot.batchSize must be 128, as in initial");
  snapshot.batchSize = 128;
  snapshot.batches = 5;
  snapshot.sampleLossGradientNorms = snapshot.gradientNorms.map((g: number) => 128 * g);
  snapshot.stability = { ...snapshot.stability, batches: 5, pairs: 10 };
  assert.match(refusal(record).message, "epochs[0].snapshot.batches must be 10, as in initial");
});

// Oracle: a median of 1280 with 640 zeros lies between a zero and the next value; NaN has no median.
test("parseEvidence accepts medians and means that the counts leave possible", () => {
  const nan = { valid: false, reason: "NaN", nonFinite: "NaN" };
  for (
    const changes of [
      { "initial.zeroGradients[1]": 640 },
      { "initial.nonFiniteGradients[1]": 639 },
      { "initial.stability.excludedSamples": 640 },
      {
        "initial.gamma": noGamma,
        "initial.gradientNorms[1]": nan,
        "initial.sampleLossGradientNorms[1]": nan,
        "initial.zeroGradients[1]": 1279,
        "initial.nonFiniteGradients[1]": 1,
      },
      { "epochs[0].accuracy": { valid: false, reason: "not measured" } },
    ]
  ) parseEvidence(changedAll(changes), "run.json");
});

for (const [path, value, type, message] of refused) {
  // Oracle: documented contract: the error names file, path, expectation and what was found.
  test(`parseEvidence refuses ${path} = ${String(JSON.stringify(value))}`, () => {
    const error = refusal(changed(path, value));
    assert.ok(error instanceof type, `${error}`);
    assert.match(error.message, /^Cannot read dfa-42\.json as /);
    assert.match(error.message, message);
  });
}

test("parseEvidence refuses text that is not JSON with a SyntaxError", () => {
  const error = refusal('{"kind": NaN}');
  assert.instance(error, SyntaxError);
  assert.match(error.message, /^Cannot read dfa-42\.json as it must be JSON/);
});

test("parseEvidence refuses every other kind of value with a TypeError", () => {
  for (const value of [null, undefined, 1, true, [], "[]", "null"]) {
    assert.instance(refusal(value), TypeError);
  }
});

test("parseEvidence refuses epochs out of order", () => {
  const record = good();
  record.epochs.push(JSON.parse(JSON.stringify(record.epochs[0])));
  assert.match(refusal(record).message, "epochs[1].epoch must be greater than 1: found 1");
});

test("parseEvidence refuses a claimed overflow that the norms do not show", () => {
  const record = good();
  record.initial.growth.max = { valid: false, reason: "overflow", nonFinite: "+Infinity" };
  assert.match(refusal(record).message, "initial.growth.max must be 1, the maximum of perLayer");
});

test("parseEvidence refuses to hide an overflow that the norms show", () => {
  const record = JSON.parse(JSON.stringify(exampleEvidence({
    hiddenNorms: [9, 9, { valid: false, reason: "‖h_2‖ is +Infinity", nonFinite: "+Infinity" }],
  })));
  parseEvidence(record, "run.json");
  record.epochs[0].snapshot.growth.max = { valid: false, reason: "unknown" };
  assert.match(
    refusal(record).message,
    "growth.max must be unmeasured (growth from h_1 to h_2 over",
  );
});

test("parseEvidence refuses configurations that are too deep, without a stack overflow", () => {
  const deep = `${"[".repeat(200000)}${"]".repeat(200000)}`;
  const text = JSON.stringify(good()).replace(configuration, `{"x":${deep}}`);
  assert.match(refusal(text).message, "must be nested at most 32 deep");
});

test("parseEvidence keeps a field named __proto__ a field", () => {
  const text = JSON.stringify(good()).replace(configuration, '{"__proto__":{"polluted":1}}');
  const read = parseEvidence(text, "run.json").configuration;
  assert.equal(Object.keys(read), ["__proto__"]);
  assert.is((read as { polluted?: number }).polluted, undefined);
});

test("parseEvidence keeps long hostile strings out of its messages", () => {
  const { message } = refusal(changed("role", "x".repeat(1e6)));
  assert.ok(message.length < 300, `${message.length} characters`);
});

test.run();
