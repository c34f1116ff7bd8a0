import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { policies } from "../diagnostics/policies.ts";
import { unmeasured } from "../evidence/measured.ts";
import { finalSnapshot } from "../evidence/run_evidence.ts";
import type { Alignment, Regime } from "../evidence/snapshot.ts";
import type { PrecisionProbe } from "../probes/probes.ts";
import { assessMethod } from "./assess_method.ts";
import { buildAudit } from "./build_audit.ts";
import { everywhere, type ProbedOptions, probedRun, probesOf } from "./_test_probes.ts";

const test = suite("summaries of Γ and probes");

const over = (...options: ProbedOptions[]) =>
  assessMethod(options.map((each, i) => probedRun({ seed: i + 1, ...each })), []);
const findings = (...options: ProbedOptions[]) =>
  buildAudit({
    methods: [{
      runs: options.map((each, i) => probedRun({ seed: i + 1, ...each })),
      baselines: [],
    }],
    controls: {},
    configuration: {},
  }).findings.join("\n");

/** Float16 loses `zeros` samples of 1280 at h_L; float32 and bfloat16 none. */
function precision(zeros: number): PrecisionProbe {
  const format = (error: number, zero: number) => ({
    relativeError: [error / 2, error, error / 4],
    gradientNorms: [1, 1, 1],
    zeroGradients: [7, 8, zero],
    nonFiniteGradients: [0, 0, 0],
  });
  return {
    batchSize: 128,
    samples: 1280,
    formats: {
      float32: format(3e-7, 0),
      float16: format(1, zeros),
      bfloat16: format(4e-3, 0),
    },
  };
}

// Oracle: closed form: means over seeds; the text of the regime counted by hand.
test("Γ over seeds: named means, clamps, error and regime", () => {
  const { gamma } = over(
    { gamma: 0.1, deepPaper: 0.2, naive: [0.02, 0.01], error: 3e-7, regime: "below-floor" },
    { gamma: 0.3, deepPaper: 0.4, naive: [0.04, 0.03], error: 1e-7, regime: "exact" },
  );
  const means = [gamma.headline, gamma.deepOurs, gamma.deepPaper].map(({ mean }) =>
    (mean as number).toFixed(12)
  );
  assert.equal(means, ["0.200000000000", "0.200000000000", "0.300000000000"]);
  assert.is(gamma.naive.productClamp.text, "0.030 ± 0.014, n=2 seeds");
  assert.is(gamma.naive.perNormClamp.text, "0.020 ± 0.014, n=2 seeds");
  assert.equal(gamma.referenceError.perSeed.map(({ value }) => value), [3e-7, 1e-7]);
  assert.equal(gamma.referenceDtypes, ["float32"]);
  assert.is(gamma.regime, "below-floor");
  assert.is(gamma.regimeText, "below-floor in 2, exact in 2 of 4 layers in 2 seeds");
  // Two facts: below the floor if one is, known to be exact if all are.
  const together = (...regimes: Regime[]) =>
    over(...regimes.map((regime) => ({ regime }))).gamma.regime;
  assert.is(together("below-floor", "unchecked"), "unchecked-below-floor");
  assert.is(together("exact", "unchecked-below-floor"), "unchecked-below-floor");
  assert.is(over({ regime: "exact" }).gamma.regime, "exact");
  assert.is(over({ regime: "exact" }, { regime: "unchecked" }).gamma.regime, "unchecked");
  assert.is(over({}).gamma.regimeText, "not recorded in 2 of 2 layers in 1 seed");
});

// Oracle: documented contract: a record of version 1 has none of it, and says so rather than 0.
test("Γ over seeds: what the record does not hold is unmeasured", () => {
  const { gamma } = over({});
  for (const { mean } of [gamma.deepPaper, gamma.naive.productClamp, gamma.referenceError]) {
    assert.not.type(mean, "number");
  }
  assert.equal(gamma.referenceDtypes, []);
  assert.is(over({}).perSeed[0]!.gamma.passport, null);
  const run = exampleEvidence({ gamma: 0.1 }); // has what its record holds
  const { passport } = finalSnapshot(run).gamma as Alignment;
  assert.ok(passport);
  assert.is(assessMethod([run], []).perSeed[0]!.gamma.passport, passport);
});

// Oracle: §5: a below-floor Γ is shown, but never as a headline.
test("a below-floor Γ is no headline", () => {
  const said = (options: ProbedOptions) => over(options).sentences.join("\n");
  assert.match(said({ regime: "exact" }), "Headline Γ of DFA is 0.100, n=1 seed");
  const below = said({ regime: "below-floor", error: 3e-7 });
  assert.not.match(below, "Headline Γ");
  assert.match(
    below,
    "DFA has no headline Γ: its reference is below the paper's floor (below-floor in 2 of 2 layers in 1 seed), though the reference is exact there (relative error 3.00e-7",
  );
  assert.match(below, "Without any clamp the cosine is 0.100");
  const unknown = said({ regime: "unchecked-below-floor" });
  assert.not.match(unknown, "Headline Γ");
  assert.match(
    unknown,
    "DFA has no headline Γ: its reference is below the paper's floor (unchecked-below-floor in 2 of 2 layers in 1 seed); whether it is exact there was not measured.",
  );
  for (const options of [{ regime: "unchecked" }, {}] as const) {
    const unchecked = said(options);
    assert.not.match(unchecked, "Headline Γ");
    assert.match(unchecked, "DFA has no headline Γ: how exact its reference is was not checked (");
  }
});

// Oracle: averaged per seed first, closed form.
test("probes over seeds", () => {
  const { probes, sentences } = over(
    { probes: probesOf({ rho: 0.02 }) },
    { probes: probesOf({ rho: 0.06 }) },
  );
  assert.is(probes.perturbation!.rho.deep.text, "0.040 ± 0.028, n=2 seeds");
  assert.equal(probes.perturbation!.rho.perLayer.length, 2);
  assert.is(
    probes.perturbation!.positive.mean.text,
    "0.997 ± 0.000, n=2 seeds",
  );
  assert.is(probes.null!.trained.deep.mean, 0.1627);
  assert.is(probes.nudging, undefined);
  assert.match(sentences.join("\n"), "ρ of DFA is 0.040 ± 0.028");
  assert.equal(over({}).probes, {});
});

test("probes over seeds: a seed without one leaves no mean; other conditions are refused", () => {
  const { probes } = over({ probes: probesOf() }, {});
  assert.equal(
    probes.perturbation!.rho.mean.mean,
    unmeasured("ρ was not measured for seed 2: it was not probed"),
  );
  assert.is(probes.perturbation!.rho.perLayer[1]!.n, 2);
  const other = probesOf();
  const nudging = { eta: 0.01, samples: 1280, change: everywhere(-5e-5) };
  assert.is(
    over({ probes: { nudging } }).probes.nudging!.change.deep.text,
    "-5.00e-5, n=1 seed (no standard deviation)",
  );
  assert.throws(
    () =>
      over({ probes: other }, {
        probes: { ...other, perturbation: { ...other.perturbation!, draws: 8 } },
      }),
    /Cannot summarize ρ over seeds as all must be probed alike: \{"draws":32.*with seed 1.*"draws":8/,
  );
});

// Oracle: counted by hand from the probe above.
test("precision over seeds: worst layer, and what is lost at h_L", () => {
  const { probes } = over(
    { probes: { precision: precision(1200) } },
    { probes: { precision: precision(1280) } },
  );
  const { float16, float32 } = probes.precision!.formats;
  assert.equal([float16!.zeroAtTop, float16!.samples, float16!.nonFiniteAtTop], [2480, 2560, 0]);
  assert.is(float32!.worstRelativeError.mean, 3e-7);
  assert.is(float32!.relativeErrorAtTop.mean, 0.75e-7);
});

// Oracle: §4: below floor and inexact are two facts; noise only if the error exceeds 1e-2.
test("the reference finding uses the measured error", () => {
  const below = { gradientNorm: 4e-9, regime: "below-floor" } as const;
  const exact = findings({ ...below, error: 3e-7, probes: { precision: precision(1200) } });
  assert.match(
    exact,
    "The reference of DFA is below the paper's floor but exact in float32: measured relative error (median over samples) at most 3.00e-7 in every layer.",
  );
  assert.match(exact, "In emulated float16 the gradient at h_L is zero in 1200 of 1280 samples");
  assert.match(exact, "In emulated bfloat16 the gradient at h_L is zero in 0 of 1280 samples");
  assert.not.match(exact, "noise");
  const noisy = findings({ ...below, error: 0.5 });
  assert.match(
    noisy,
    "The reference of DFA is noise in float32 at h_0, h_1, h_2: measured relative error (median over samples) up to 0.500 there",
  );
  assert.match(noisy, ", and below the paper's floor");
  assert.not.match(findings({ ...below, error: 1e-2 }), "noise"); // not more than 1e-2
  assert.match(findings({ error: 0.011 }), "is noise in float32"); // above the floor, and noise
  assert.not.match(findings({ error: 3e-7 }), "The reference of");
  assert.match(
    findings(below),
    "whether it is also inexact is another fact, which was not measured",
  );
});

// Oracle: counted by hand.
test("the reference finding names layers and seeds, and counts those that have a value", () => {
  assert.match(
    findings({ errors: [1e-7, 0.02, 1e-7] }),
    "is noise in float32 at h_1: measured relative error (median over samples) up to 0.0200 there, at most 1.00e-7 in the other layers.",
  );
  assert.match(
    findings({ error: 0.5 }, { error: unmeasured("lost") }, {}),
    "up to 0.500 there; measured in 1 of 3 seeds.",
  );
  assert.match(
    findings({ gradientNorm: 4e-9, error: 3e-7 }, { gradientNorm: 1e-3 }),
    "is below the paper's floor in 1 of 2 seeds but exact, where that was measured, in float32: measured relative error (median over samples) at most 3.00e-7 in every layer; measured in 1 of 2 seeds.",
  );
  assert.match(
    findings({ errors: [1e-7, 1e-7, 1e-7] }, { errors: [1e-7, 0.02, unmeasured("lost")] }),
    "at h_1: measured relative error (median over samples) up to 0.0200 there, at most 1.00e-7 in the other layers; measured in 2 of 2 seeds, not in every layer.",
  );
});

// Oracle: the paper's floor is 1e-7 at B = 128, whatever a policy calls its threshold.
test("the reference finding speaks of the paper's floor, not of the policy's threshold", () => {
  const of = (gradientNorm: number, reference: number) =>
    buildAudit({
      methods: [{
        runs: [probedRun({ gradientNorm, error: 3e-7, regime: "exact" })],
        baselines: [],
      }],
      controls: {},
      configuration: {},
      policy: {
        ...policies.default,
        name: "own",
        thresholds: { ...policies.default.thresholds, reference },
      },
    }).findings.join("\n");
  assert.not.match(of(1e-4, 1e-3), "below the paper's floor");
  assert.match(of(4e-9, 1e-9), "below the paper's floor but exact");
});

// Oracle: half a unit of the third decimal; without a clamp, k of n samples at 0 leave Γ·(n − k)/n.
test("the clamp finding names the tools where they print another number", () => {
  const of = (naive: [number, number], invalidSamples = 0) =>
    findings({ gamma: 0.1, naive, invalidSamples });
  assert.match(
    of([0.02, 0.013]),
    "PyTorch's older cosine similarity (product clamp) would print 0.020, n=1 seed (no standard deviation), its newer one (per-norm clamp) 0.013",
  );
  assert.not.match(of([0.1, 0.1]), "depends on the tool");
  assert.match(of([0.1, 0.0994]), "depends on the tool");
  assert.not.match(of([0.1, 0.0996]), "depends on the tool");
  assert.not.match(of([0.02, 0.013]), "comparisons");
  const zeros = of([0.08, 0.08], 256);
  assert.match(
    zeros,
    "In 512 of 2560 comparisons credit or gradient is zero; these tools count them as 0 where the mean here leaves them out, which alone gives 0.080: the clamps themselves change nothing.",
  );
  assert.match(of([0.08, 0.01], 256), "which alone gives 0.080; the rest is the clamps' doing.");
});

test.run();
