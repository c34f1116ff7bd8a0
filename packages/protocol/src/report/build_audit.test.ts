import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import { measured, unmeasured } from "../evidence/measured.ts";
import { type AuditInput, buildAudit } from "./build_audit.ts";
import { seedSupport } from "../statistics/seed_support.ts";
import { decisionUtility } from "./decision_utility.ts";
import type { RunGroup } from "./judge_self_controls.ts";
import { thresholdRobustness } from "./threshold_robustness.ts";

const test = suite("buildAudit");

const seeds = [42, 123, 456];
const nan = measured(NaN, "‖h‖");
function group(method: string, options: ExampleOptions, frozen?: number, n = 3): RunGroup {
  const of = (more: ExampleOptions) =>
    seeds.slice(0, n).map((seed) => exampleEvidence({ method, seed, ...more }));
  return {
    runs: of(options),
    baselines: frozen === undefined ? [] : of({ ...options, role: "baseline", accuracy: frozen }),
  };
}

const exploded = { hiddenNorms: [9, 9, 9, 9, 17000], gradientNorm: 4e-9, accuracy: 0.308 };
const healthy = { hiddenNorms: [9, 18, 36, 72, 144] };
const penalised = { ...healthy, role: "control", lambda: 0.01 } as const;
const permuted = { ...healthy, role: "control", labels: "permuted" } as const;
const controls = {
  penalisedDfa: group("dfa", { ...penalised, accuracy: 0.361 }),
  permutedBp: group("bp", { ...permuted, accuracy: 0.1 }, 0.1),
};
const input: AuditInput = {
  methods: [
    group("bp", { ...healthy, accuracy: 0.609 }, 0.379),
    group("dfa", exploded, 0.349),
  ],
  controls,
  configuration: { preset: "test" },
};

test("buildAudit reads BP trustworthy, DFA walk-back, and says that its self-controls hold", () => {
  const audit = buildAudit(input);
  assert.equal(audit.methods.map((m) => [m.method, m.verdict.verdict]), [
    ["bp", "trustworthy"],
    ["dfa", "walk-back"],
  ]);
  assert.equal(audit.methods[1]!.verdict.fired, ["a", "b", "d"]);
  assert.equal(audit.seeds, seeds);
  assert.is(audit.policy.thresholds.growth, 50);
  assert.equal(audit.selfControls.map((c) => c.met), [true, true]);
  assert.is((audit.bpMargin as { text: string }).text, "0.230 ± 0.000, n=3 seeds");
  assert.match(audit.findings[0]!, /^All self-controls hold/);
  assert.match(audit.findings.join("\n"), "whether it is also inexact is another fact");
  assert.match(
    audit.findings.join("\n"),
    "BP's margin over its own frozen blocks is +23.0 percentage points",
  );
  assert.match(
    audit.findings.at(-1)!,
    "n=3 seeds: the 95 % t-interval of a mean is ±2.48 s, and no exact test paired by seed can reach p < .05 (its smallest p is 0.250).",
  );
});

test("buildAudit puts a failed self-control first, then an open one", () => {
  const failed = buildAudit({
    ...input,
    controls: { penalisedDfa: group("dfa", { ...penalised, ...exploded }) },
  });
  assert.match(failed.findings[0]!, /^A self-control failed, so no verdict below should be relied/);
  assert.match(failed.findings[1]!, /^A self-control is open/);
});

// Oracle: documented contract: a control that would be met without its condition shows nothing.
test("buildAudit does not say that all self-controls hold where one discriminates nothing", () => {
  const [bp] = input.methods as [RunGroup];
  const quiet = group("dfa", { ...healthy, accuracy: 0.308 }, 0.349);
  const of = (...methods: RunGroup[]) => buildAudit({ ...input, methods }).findings;
  for (const [findings, because] of [[of(bp, quiet), "too, so"], [of(bp), "not run beside it"]]) {
    const text = (findings as string[]).join("\n");
    assert.match(
      text,
      /^A self-control holds but discriminates nothing here: DFA with λ=1e-2 leaves \(a\)/,
    );
    assert.match(text, because as string);
    assert.not.match(text, "All self-controls hold");
  }
});

test("buildAudit never claims more than its seeds support", () => {
  const last = (n: number) =>
    buildAudit({ ...input, methods: [group("dfa", exploded, 0.349, n)] }).findings.at(-1)!;
  assert.match(last(1), "n=1 seed: there is no spread");
  assert.match(last(2), "n=2 seeds: the 95 % t-interval of a mean is ±8.98 s");
});

test("buildAudit says where it differs from the paper, and only there", () => {
  const same = buildAudit(input).findings.join("\n");
  assert.not.match(same, "The paper's main audit");
  const silent = buildAudit({
    ...input,
    methods: [group("dfa", { ...healthy, accuracy: 0.308 }, 0.349)],
  }).findings.join("\n");
  assert.match(
    silent,
    "reads DFA walk-back with (a), (b), (d) fired; here it reads walk-back, and (a) is silent, (b) is silent",
  );
  assert.match(silent, "BP was not run");
});

test("buildAudit names seeds that disagree", () => {
  const [first, ...rest] = input.methods[1]!.runs;
  const odd = { ...first!, epochs: group("dfa", { ...healthy, accuracy: 0.308 }).runs[0]!.epochs };
  const { findings } = buildAudit({
    ...input,
    methods: [{ runs: [odd, ...rest], baselines: input.methods[1]!.baselines }],
  });
  assert.match(findings.join("\n"), "The seeds of DFA disagree on (a) growth: it fired in 2 of 3.");
});

// Oracle: documented contract: a pure function of the evidence, whatever order workers finish in.
test("buildAudit gives the same record for any order of runs", () => {
  const reversed = input.methods.map(({ runs, baselines }) => ({
    runs: [...runs].reverse(),
    baselines: [...baselines].reverse(),
  }));
  const text = (audit: unknown) => JSON.stringify(audit);
  assert.is(text(buildAudit({ ...input, methods: reversed })), text(buildAudit(input)));
});

test("buildAudit's record survives JSON unchanged, also for a diverged run", () => {
  const audit = buildAudit({
    ...input,
    methods: [
      group("dfa", { hiddenNorms: [9, measured(Infinity, "‖h‖"), nan], gradientNorm: nan }, 0.3),
    ],
  });
  assert.equal(JSON.parse(JSON.stringify(audit)), audit);
  assert.is(audit.methods[0]!.verdict.verdict, "walk-back");
});

// Oracle: each part is what its own function gives; counted by hand.
test("buildAudit holds robustness, first fires, decision utility and what its seeds support", () => {
  const audit = buildAudit(input);
  assert.is(audit.schemaVersion, 2);
  assert.equal(audit.robustness, thresholdRobustness(audit.methods));
  assert.equal(audit.decisionUtility, decisionUtility(audit.methods));
  assert.equal(audit.seedSupport, [seedSupport(3)]);
  assert.equal(
    audit.firstFires.map(({ method, diagnostics }) => [method, diagnostics.map((d) => d.text)]),
    [
      ["bp", ["never", "never", "never", "never"].map((word) => `${word} in 3 seeds`)],
      ["dfa", [
        "epochs 1, 1, 1 (seeds 42, 123, 456)",
        "epochs 0, 0, 0 (seeds 42, 123, 456)", // the example has the same gradient before training
        "never in 3 seeds",
        "epochs 1, 1, 1 (seeds 42, 123, 456)",
      ]],
    ],
  );
  const findings = audit.findings.join("\n");
  assert.match(findings, "Fires on BP: (a), (b), (c), (d) never at any measured epoch.");
  assert.match(findings, "Every verdict stands if any one threshold is halved or doubled.");
  const two = [group("bp", { ...healthy, accuracy: 0.609 }, 0.379, 2), input.methods[1]!];
  assert.equal(buildAudit({ ...input, methods: two }).seedSupport.map(({ seeds }) => seeds), [
    2,
    3,
  ]);
});

// Oracle: documented contract: 3 points are no longer below the threshold halved, 1.5 are not either.
test("buildAudit says which verdicts hang on a threshold, and what fires on BP", () => {
  const of = (options: ExampleOptions, frozen: number) =>
    buildAudit({ ...input, methods: [group("bp", { ...healthy, ...options }, frozen)] })
      .findings.join("\n");
  assert.match(
    of({ accuracy: 0.38 }, 0.35),
    "Not every verdict stands if one threshold is halved or doubled: twice the threshold of (d) changes that of BP.",
  );
  const low = of({ accuracy: 0.365 }, 0.35);
  assert.match(low, "half the threshold of (d) changes that of BP.");
  assert.match(
    low,
    "Fires on BP: (d) first at epochs 1, 1, 1 (seeds 42, 123, 456); (a), (b), (c) never",
  );
  assert.match(low, "depth is worth too little here");
  assert.not.match(low, "should never fire on BP"); // that is said of (a) to (c)
  const drifting = of({ stability: 0.9, accuracy: 0.6 }, 0.35);
  assert.match(
    drifting,
    "(c) should never fire on BP, so that its readings are to be doubted here.",
  );
});

// Oracle: documented contract: nothing is said of what was not evaluated.
test("buildAudit does not say that a verdict stands, or that BP is silent, where nothing was measured", () => {
  const nothing = {
    hiddenNorms: [9, nan, nan],
    gradientNorm: nan,
    stability: unmeasured("lost"),
  };
  const of = (...methods: RunGroup[]) => buildAudit({ ...input, methods }).findings.join("\n");
  const bare = of(
    {
      runs: group("bp", nothing).runs.map((run) => ({ ...run, initial: run.epochs[0]!.snapshot })),
      baselines: [],
    },
  );
  assert.match(
    bare,
    "Whether verdicts stand if a threshold is halved or doubled cannot be said of BP, for which not all that decides was evaluated in every seed.",
  );
  assert.not.match(bare, "very verdict stands");
  assert.match(bare, "Nothing was evaluated on BP, so that nothing is known to fire there or not.");
  assert.not.match(bare, "Fires on BP");
  const [bp, dfa] = input.methods as [RunGroup, RunGroup];
  const some = of(bp, group("dfa", nothing, 0.3));
  assert.match(
    some,
    "The verdict of BP stands if any one threshold is halved or doubled. Whether verdicts stand if a threshold is halved or doubled cannot be said of DFA,",
  );
  assert.match(of(bp, dfa), "Every verdict stands if any one threshold is halved or doubled.");
  // (c) does not decide under the default policy: nothing hangs on it.
  assert.match(
    of(bp, group("dfa", { ...exploded, stability: unmeasured("lost") }, 0.349)),
    "Every verdict stands",
  );
});

// Oracle: counted by hand: (a) was evaluated before training only.
test("buildAudit says of BP that a diagnostic never fires only where it was evaluated throughout", () => {
  const partly = { ...healthy, hiddenNorms: [9, nan, nan, nan, nan], accuracy: 0.609 };
  const { findings } = buildAudit({ ...input, methods: [group("bp", partly, 0.379)] });
  assert.match(
    findings.join("\n"),
    "Fires on BP: (b), (c), (d) never at any measured epoch; (a) never where it was evaluated.",
  );
  const one = group("bp", { ...healthy, accuracy: 0.609 });
  const { findings: open } = buildAudit({ ...input, methods: [one] });
  assert.match(
    open.join("\n"),
    "Fires on BP: (a), (b), (c) never at any measured epoch; (d) was not evaluated.",
  );
});

test("buildAudit refuses no method and a method given twice", () => {
  assert.throws(() => buildAudit({ ...input, methods: [] }), /at least one method/);
  assert.throws(
    () => buildAudit({ ...input, methods: [input.methods[0]!, input.methods[0]!] }),
    /bp is given twice/,
  );
});

test.run();
