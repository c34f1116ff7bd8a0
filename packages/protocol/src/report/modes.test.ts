import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { measured, unmeasured } from "../evidence/measured.ts";
import { assessMethod } from "./assess_method.ts";
import type { Mode } from "./modes.ts";
import { type ProbedOptions, probedRun, type ProbeNumbers, probesOf } from "./_test_probes.ts";

const test = suite("failureModes");

/** Mode 2 of a method with one seed for each entry; (d) is silent unless `frozen` says otherwise. */
function mode2(
  seeds: readonly (ProbeNumbers & ProbedOptions)[],
  frozen: number | null = 0.1,
): Mode {
  const runs = seeds.map(({ gamma, nullMean, nullSpread, rho, positive, ...options }, seed) =>
    probedRun({
      seed,
      regime: "exact",
      accuracy: 0.5,
      probes: probesOf({
        ...(gamma !== undefined && { gamma }),
        ...(nullMean !== undefined && { nullMean }),
        ...(nullSpread !== undefined && { nullSpread }),
        ...(rho !== undefined && { rho }),
        ...(positive !== undefined && { positive }),
      }),
      ...options,
    })
  );
  const baselines = frozen === null
    ? []
    : runs.map(({ seed }) => exampleEvidence({ seed, role: "baseline", accuracy: frozen }));
  return assessMethod(runs, baselines).modes[1]!;
}

// Oracle: claims rows 15, 77 (vanilla, epoch 1), 85 (λ=1e-4) and 16, 78, 112 (penalised): the paper
// reads the first two as without alignment and the last as aligned.
test("Mode 2: the paper's own numbers", () => {
  const s = { nullMean: 0.0022, nullSpread: 0.022 };
  assert.is(mode2([{ ...s, gamma: -0.008, rho: -0.003 }]).named, true);
  assert.is(mode2([{ ...s, gamma: -0.02, rho: -0.004 }]).named, true);
  assert.is(mode2([{ ...s, gamma: 0.1627, rho: 0.08 }]).named, false);
  assert.is(mode2([{ ...s, gamma: 0.1627, rho: 0.08 }], 0.49).named, true); // (d) fires: +1.0 point
});

// Oracle: the documented rule, at its edges: m = 0, s = 1/64, so that 3s = .046875 is exact.
test("Mode 2: near is at most three standard deviations, for Γ and for ρ", () => {
  const at = (gamma: number, rho: number) =>
    mode2([{ nullMean: 0, nullSpread: 1 / 64, gamma, rho }]).named;
  const limit = 3 / 64;
  const beyond = limit + 2 ** -40;
  assert.is(at(limit, limit), true);
  assert.is(at(-limit, -limit), true);
  assert.is(at(beyond, limit), null);
  assert.is(at(limit, beyond), null);
  assert.is(at(0, -beyond), null);
  assert.is(at(-beyond, 0), null);
  assert.is(at(beyond, beyond), false);
  assert.is(at(-beyond, -beyond), null); // anti-aligned is no null, and no health either
  // The mean of the fresh draws is the centre for Γ, zero is that for ρ.
  const off = (gamma: number) =>
    mode2([{ nullMean: 0.5, nullSpread: 1 / 64, gamma, rho: 0 }]).named;
  assert.is(off(0.5 + limit), true);
  assert.is(off(0), null);
});

// Oracle: documented contract: only exact references can tell, and below-floor ones are exact.
test("Mode 2 by Γ and ρ needs references that are known to be exact", () => {
  const near = { gamma: 0, rho: 0 };
  assert.is(mode2([{ ...near, regime: "below-floor" }]).named, true);
  const open = mode2([{ ...near, regime: "unchecked" }]);
  assert.is(open.named, null);
  assert.match(open.evidence[1]!, "the references are not known to be exact");
  assert.is(open.credits![0]!.exact, false);
  assert.is(mode2([{ regime: "unchecked" }]).named, null); // nor can they exclude it
  // Layer 0 is not deep: an inexact reference there says nothing about the others.
  const run = probedRun({ regime: "exact", probes: probesOf(near) });
  const first = run.epochs[0]!;
  const gamma = first.snapshot.gamma as unknown as { perLayer: { regime: string }[] };
  gamma.perLayer[0] = { ...gamma.perLayer[0]!, regime: "unchecked" };
  assert.is(assessMethod([run], []).modes[1]!.named, true);
});

// Oracle: documented rule: ρ is believed only where the true gradient's own ρ is above .9.
test("Mode 2 does not believe a ρ whose positive control failed", () => {
  const near = { gamma: 0, rho: 0 };
  assert.is(mode2([{ ...near, positive: 0.901 }]).named, true);
  for (const positive of [0.9, 0.02, -0.999]) {
    const { named, evidence, credits } = mode2([{ ...near, positive }]);
    assert.equal([named, credits![0]!.near], [null, null], String(positive));
    assert.match(
      evidence[1]!,
      `; the positive control of ρ, the true gradient, gives ${positive.toFixed(4)}, not above 0.9`,
    );
  }
  assert.is(mode2([{ positive: 0.9 }]).named, null); // nor can it exclude Mode 2
  const missing = mode2([{ ...near, positive: unmeasured("lost it") }]);
  assert.is(missing.named, null);
  assert.match(missing.evidence[1]!, "deep Γ and ρ are not judged: lost it");
});

// Oracle: below floor and inexact are two facts (§4), and only the second one counts here.
test("Mode 2: below the floor or not, what counts is whether the reference is known to be exact", () => {
  const known = (["exact", "below-floor", "unchecked", "unchecked-below-floor"] as const).map(
    (regime) => mode2([{ gamma: 0, rho: 0, regime }]).credits![0]!.exact,
  );
  assert.equal(known, [true, true, false, false]);
});

// Oracle: "Unmeasurable is never a pass and never a fail" (§4).
test("Mode 2 stays open where something is missing or the seeds disagree", () => {
  for (const missing of ["gamma", "nullMean", "nullSpread", "rho"] as const) {
    const found = mode2([{ [missing]: unmeasured("lost it") } as ProbeNumbers & ProbedOptions]);
    assert.is(found.named, null, missing);
    assert.match(found.evidence[1]!, "Seed 0: deep Γ and ρ are not judged: lost it");
  }
  assert.is(mode2([{ probes: {} }]).named, null);
  assert.is(mode2([{}, { gamma: 0, rho: 0 }]).named, null);
  assert.is(mode2([{}, { probes: {} }]).named, null);
  assert.is(mode2([{}, {}]).named, false);
  assert.is(mode2([{ gamma: 0, rho: 0 }, { gamma: 0, rho: 0 }]).named, true);
  assert.is(mode2([{}], null).named, null); // (d) was not evaluated: cannot be excluded
  assert.is(mode2([{ gamma: 0, rho: 0 }], null).named, true);
});

test("Mode 2 carries its numbers", () => {
  const { evidence, credits } = mode2([{ gamma: 0.1627, rho: 0.08 }]);
  assert.match(evidence[0]!, "(d) silent");
  assert.is(
    evidence[1]!,
    "Seed 0: deep Γ 0.1627 against 0.0022 ± 0.0220 of 20 fresh draws, deep ρ 0.0800, limit 3 s = 0.0660: both lie clearly above their null",
  );
  assert.equal(credits!.map(({ seed, gamma, near }) => [seed, gamma, near]), [[0, 0.1627, false]]);
});

// Oracle: §4: NaN in (a) leaves Mode 1 open, whatever the probes say.
test("Mode 1 does not read the probes", () => {
  const run = probedRun({ hiddenNorms: [1, 1, measured(NaN, "‖h‖")], probes: probesOf() });
  assert.is(assessMethod([run], []).modes[0]!.named, null);
});

test.run();
