// Oracles: the specification of each control, and evidence made up so that the answer is known.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  exampleEvidence,
  type ExampleOptions,
  type PerLayer,
  policies,
  type Probes,
  type RunEvidence,
  unmeasured,
} from "@fa/protocol";
import { creditRule } from "@fa/methods";
import { resolveConfiguration } from "../plan/configuration.ts";
import { presets } from "../plan/presets.ts";
import { uniqueRuns } from "./_plan.ts";
import type { Control, JudgedCondition } from "./control.ts";
import { controlRecord } from "./control_record.ts";
import { controls, findControl } from "./controls.ts";
import { named } from "./_assess.ts";

const test = suite("controls");

const planned = (control: Control, more = {}) => {
  const configuration = resolveConfiguration({
    ...control.choices("tiny"),
    ...{ preset: "tiny", seeds: [1, 2], controls: false },
    ...more,
  });
  return { configuration, ...uniqueRuns(control.plan(configuration)) };
};

test("every control plans runs with ids of their own, one for each seed", () => {
  for (const control of controls) {
    for (const preset of Object.keys(presets)) {
      const { conditions, runs } = planned(control, { preset });
      assert.ok(conditions.length > 0, control.name);
      assert.is(new Set(runs.map(({ id }) => id)).size, runs.length, control.name);
      for (const { label, runs: own, baselines } of conditions) {
        const what = `${control.name}: ${label}`;
        assert.equal(own.map(({ seed }) => seed), [1, 2], what);
        for (const run of [...own, ...baselines]) {
          assert.ok(runs.includes(run), what);
          assert.match(run.id, /^[a-z0-9][a-z0-9.-]*$/, what);
        }
        for (const { trainedBlocks, probes, role } of baselines) {
          assert.equal([trainedBlocks, probes, role], [0, "none", "baseline"], what);
        }
      }
      assert.is(
        new Set(conditions.map(({ label }) => label)).size,
        conditions.length,
        control.name,
      );
    }
  }
});

test("with the sizes of the paper", () => {
  const choices = (name: string) => findControl(name).choices("paper");
  assert.is(choices("lambda-sweep").epochs, 30);
  assert.equal([choices("early-epochs").epochs, choices("early-epochs").stopAfter], [100, 5]);
  assert.is(choices("random-targets").epochs, 3);
});

test("runs what the conditions of each control need", () => {
  const sweep = planned(findControl("lambda-sweep"));
  assert.equal(sweep.conditions.map(({ runs: [run] }) => run!.lambda), [0, 1e-4, 1e-2, 1e-1]);
  // Frozen blocks of a local rule never feel λ: one baseline for all four.
  assert.is(new Set(sweep.conditions.map(({ baselines: [run] }) => run)).size, 1);
  assert.is(sweep.runs.length, 2 * (4 + 1));
  assert.ok(sweep.conditions.every(({ runs: [run] }) => run!.probes === "final"));
  // Those of backpropagation do.
  assert.is(planned(findControl("capacity-cost")).runs.length, 2 * (2 + 2 + 2 + 1));
  const ladder = planned(findControl("ladder"), { methods: ["dfa"] });
  assert.equal(ladder.conditions.map(({ runs: [run] }) => run!.trainedBlocks), [0, 1, 2, 3, 4]);
  assert.is(ladder.conditions[0]!.runs[0]!.role, "baseline");
  const early = planned(findControl("early-epochs"));
  const [run] = early.runs;
  assert.equal([run!.epochs, run!.stopAfter, run!.probes, run!.lambda], [100, 2, "every-epoch", 0]);
  const random = planned(findControl("random-targets"));
  assert.equal(random.conditions.map(({ runs: [run] }) => `${run!.method} ${run!.labels}`), [
    ...["dfa random", "dfa true", "bp random", "bp true"],
  ]);
  for (const name of ["terminal-ln", "residual"]) {
    const { conditions } = planned(findControl(name));
    const field = name === "residual" ? "residual" : "terminalLayerNorm";
    assert.equal(conditions.map(({ runs: [run] }) => run![field]), [true, false, true, false]);
  }
});

test("an unknown name gets the nearest", () => {
  assert.throws(() => findControl("lamda-sweep"), /did you mean 'lambda-sweep'\?/);
});

type Group = readonly ExampleOptions[];
const condition = (label: string, runs: Group, baselines: Group = []): JudgedCondition => ({
  label,
  runs: runs.map((options) => exampleEvidence(options)),
  baselines: baselines.map((options) => exampleEvidence({ ...options, role: "baseline" })),
});
const judge = (name: string, conditions: readonly JudgedCondition[]) =>
  findControl(name).judge(conditions, policies.default);
const claim = (name: string, conditions: readonly JudgedCondition[], row: number) =>
  judge(name, conditions).findings.find(({ claims }) => claims.includes(row))!;

/** Deep Γ of two seeds at the four λ. */
function sweep(...curves: readonly (readonly number[])[]): JudgedCondition[] {
  return [0, 1e-4, 1e-2, 1e-1].map((lambda, i) =>
    condition(
      `DFA, λ=${lambda}`,
      curves.map((curve, seed) => ({ seed, lambda, gamma: curve[i]!, accuracy: 0.4 })),
      curves.map((_, seed) => ({ seed, accuracy: 0.3 })),
    )
  );
}

test("lambda-sweep: an inverted U is highest inside, in every seed", () => {
  const hill = [0, 0.1, 0.16, 0.13];
  const slope = [0, 0.1, 0.13, 0.16];
  assert.is(claim("lambda-sweep", sweep(hill, hill), 90).agrees, true);
  assert.is(claim("lambda-sweep", sweep(slope, slope), 90).agrees, false);
  assert.is(claim("lambda-sweep", sweep(hill, slope), 90).agrees, null);
  assert.match(claim("lambda-sweep", sweep(hill, slope), 90).measured, "in 1 of 2 seeds");
  const left = [0.2, 0.1, 0.16, 0.13];
  assert.is(claim("lambda-sweep", sweep(left, left), 90).agrees, false);
  const flat = [0.1, 0.1, 0.1, 0.1];
  assert.is(claim("lambda-sweep", sweep(flat, flat), 90).agrees, null);
  // One seed has a shape, and decides nothing.
  assert.is(claim("lambda-sweep", sweep(hill), 90).agrees, null);
  assert.match(claim("lambda-sweep", sweep(hill), 90).measured, "one seed decides no sign");
  // Whatever the order of the conditions.
  assert.is(claim("lambda-sweep", sweep(hill, hill).reverse(), 90).agrees, true);
});

test("lambda-sweep: λ=1e-4 passes (a) and (b) without alignment, or not", () => {
  const at = (gamma: number, norms: number[]) =>
    claim(
      "lambda-sweep",
      [condition("DFA, λ=1e-4", [{ lambda: 1e-4, gamma, hiddenNorms: norms }])],
      91,
    ).agrees;
  assert.is(at(-0.02, [9, 9, 9]), true);
  assert.is(at(0.2, [9, 9, 9]), false);
  assert.is(at(-0.02, [9, 9, 9000]), false); // (a) fired
});

test("what was not measured is not shown", () => {
  const bare = [0, 1e-4, 1e-2, 1e-1].map((lambda) => condition(`DFA, λ=${lambda}`, [{ lambda }]));
  const found = claim("lambda-sweep", bare, 90);
  assert.is(found.agrees, null);
  assert.match(found.measured, "was not measured everywhere");
});

// Oracle: arithmetic on made-up accuracies, paired by seed.
test("capacity-cost: differences are paired by seed", () => {
  const group = (method: string, lambda: number, accuracies: number[]) =>
    condition(
      `${method}, λ=${lambda}`,
      accuracies.map((accuracy, seed) => ({ method, lambda, seed, accuracy })),
      accuracies.map((_, seed) => ({ method, lambda, seed, accuracy: 0.35 })),
    );
  const conditions = (dfa: number[]) => [
    group("bp", 0, [0.6, 0.62]),
    group("bp", 1e-2, [0.55, 0.55]),
    group("dfa", 0, [0.3, 0.32]),
    group("dfa", 1e-2, dfa),
  ];
  const { tables } = judge("capacity-cost", conditions([0.36, 0.36]));
  const cost = tables[0]!.rows.map(({ cells }) => cells.at(-1)!.text);
  assert.equal(cost, ["–", "-0.060 ± 0.014, n=2 seeds", "–", "0.050 ± 0.014, n=2 seeds"]);
  assert.is(tables[0]!.rows[0]!.cells[2]!.text, "0.260 ± 0.014, n=2 seeds");
  assert.is(claim("capacity-cost", conditions([0.36, 0.36]), 97).agrees, true);
  assert.is(claim("capacity-cost", conditions([0.36, 0.3]), 97).agrees, null);
  assert.match(
    claim("capacity-cost", conditions([0.36, 0.36]), 97).measured,
    "sign-flip p=0.500 (least with 2 seeds 0.500)",
  );
  // 10,000 images: two accuracies of .3 differ by .0046 ± .0046 in the mean of two seeds.
  assert.is(claim("capacity-cost", conditions([0.302, 0.323]), 97).agrees, null);
  assert.match(claim("capacity-cost", conditions([0.302, 0.323]), 97).measured, "(binomial)");
  const single = conditions([0.36, 0.36])
    .map((each) => ({ ...each, runs: each.runs.slice(0, 1) }));
  assert.is(claim("capacity-cost", single, 97).agrees, null);
});

const noBaselines = [0, 1e-2].flatMap((lambda) =>
  ["bp", "dfa"].map((method) => condition(`${method} ${lambda}`, [{ method, lambda }]))
);

test("a control without baselines says that there are none", () => {
  const [row] = judge("capacity-cost", noBaselines).tables[0]!.rows;
  assert.is(row!.cells[1]!.text, "no runs");
  assert.match(row!.cells[2]!.text, "not measured");
});

test("random-targets: our cut and numbers without a caption decide nothing", () => {
  const at = (...lasts: number[]) =>
    judge(
      "random-targets",
      [{
        ...condition(
          "DFA, random labels",
          lasts.map((h, seed) => ({ seed, hiddenNorms: [9, 9, h] })),
        ),
      }].map((each) => ({
        ...each,
        runs: each.runs.map((run) => ({
          ...run,
          configuration: { ...run.configuration, labels: "random" },
        })),
      })),
    ).findings;
  for (const lasts of [[900, 900], [18, 9], [900, 9]]) {
    assert.equal(at(...lasts).map(({ agrees }) => agrees), [null, null]);
  }
  const [grows, printed] = at(900, 9);
  assert.match(grows!.expectation, "at least 10 times that of the untrained model is our cut");
  assert.match(grows!.measured, "at least tenfold in 1 of 2");
  assert.match(printed!.expectation, "epochs 1, 2, 3 of one seed, or three seeds after the last");
  assert.match(printed!.measured, "seed 0: 900; seed 1: 9.00");
  assert.match(at(900)[0]!.measured, "‖h_L‖ is 100, n=1 seed");
});

const layers = (...perLayer: number[]): PerLayer => ({
  perLayer,
  mean: perLayer.reduce((sum, value) => sum + value) / perLayer.length,
  deep: perLayer.slice(1).reduce((sum, value) => sum + value) / (perLayer.length - 1),
});
const probed = (run: RunEvidence, probes: Probes): RunEvidence => ({
  ...run,
  epochs: run.epochs.map((row) => ({ ...row, probes })),
});
const perturbation = (rho: PerLayer, negative = layers(0, 0)) => ({
  ...{
    draws: 32,
    samples: 256,
    step: { kind: "relative", value: 1e-3 },
    dtype: "float64",
  } as const,
  ...{ rho, positive: layers(1, 1), negative },
});

test("rho: its own controls must hold", () => {
  const with_ = (rho: number, negative: number): JudgedCondition[] => [{
    label: "BP",
    baselines: [],
    runs: [
      probed(exampleEvidence({ method: "bp" }), {
        perturbation: perturbation(layers(rho, rho), layers(negative, negative)),
      }),
    ],
  }];
  assert.is(claim("rho", with_(0.99, 0.01), 75).agrees, true);
  assert.is(claim("rho", with_(0.5, 0.01), 75).agrees, false);
  assert.is(claim("rho", with_(0.99, -0.2), 76).agrees, false);
  const without = [condition("BP", [{ method: "bp" }])];
  assert.is(claim("rho", without, 75).agrees, null);
  assert.is(claim("rho", without, 76).agrees, null);
});

// Oracle: arithmetic: s = .02 over 20 draws has the standard error .02/√20 = .0045.
test("null: standard errors, and whether training tells", () => {
  const run = (seed: number, trained: number, lambda: number) =>
    probed(exampleEvidence({ seed, lambda }), {
      null: {
        ...{ draws: 20, fresh: "feedback.0 … feedback.1" },
        ...{ mean: layers(0, 0), sampleStandardDeviation: layers(0.02, 0.02) },
        trained: layers(0.4, trained),
      },
    });
  const of = (...trained: number[]): JudgedCondition[] => [{
    label: "DFA, λ=1e-2",
    baselines: [],
    runs: trained.map((gamma, seed) => run(seed, gamma, 1e-2)),
  }];
  assert.is(claim("null", of(0.16, 0.15), 112).agrees, true);
  assert.is(claim("null", of(0.01, 0.02), 112).agrees, false);
  assert.is(claim("null", of(0.16, 0.02), 112).agrees, null);
  const [table] = judge("null", of(0.16, 0.15)).tables;
  assert.is(table!.rows.at(-1)!.label, "deep, l = 1..L−1");
  assert.equal(table!.rows.at(-1)!.cells.map(({ text }) => text), [
    "0.0000 ± 0.0000, n=2 seeds",
    "0.0200 ± 0.0000, n=2 seeds",
    "0.0045 ± 0.0000, n=2 seeds",
    "0.1550 ± 0.0071, n=2 seeds",
  ]);
  // Backpropagation has no feedback.
  assert.is(judge("null", [condition("BP", [{ method: "bp" }])]).findings[0]!.agrees, null);
});

test("nudging: lower in all seeds, in none, or split", () => {
  const of = (...changes: number[]) =>
    judge("nudging", [{
      label: "DFA",
      baselines: [],
      runs: changes.map((change, seed) =>
        probed(exampleEvidence({ seed }), {
          nudging: { eta: 0.01, samples: 1280, change: layers(change, change) },
        })
      ),
    }]).findings[0]!.agrees;
  assert.is(of(-1e-4, -2e-4), true);
  assert.is(of(1e-4, 2e-4), false);
  assert.is(of(1e-4, -2e-4), null);
  assert.is(of(-1e-4), null); // one seed
});

test("early-epochs: alignment inside the null while (a) and (b) are silent", () => {
  const of = (gamma: number, hiddenNorms: number[], seeds = 2) => {
    const run = probed(exampleEvidence({ gamma, hiddenNorms }), {
      null: {
        ...{ draws: 20, fresh: "feedback.0", trained: layers(gamma, gamma) },
        ...{ mean: layers(0, 0), sampleStandardDeviation: layers(0.02, 0.02) },
      },
    });
    const runs = [run, { ...run, seed: 43 }].slice(0, seeds);
    return claim("early-epochs", [{ label: "DFA", runs, baselines: [] }], 15);
  };
  assert.is(of(0.01, [9, 9, 9]).agrees, true);
  assert.is(of(0.3, [9, 9, 9]).agrees, false);
  assert.is(of(0.01, [9, 9, 9000]).agrees, null); // (a) fired in the only epoch
  assert.match(of(0.01, [9, 9, 9]).measured, "seed 42 in epochs 1: 0.0100");
  assert.is(of(0.01, [9, 9, 9], 1).agrees, null);
  assert.match(of(0.01, [9, 9, 9], 1).measured, "one seed decides nothing");
});

test("terminal-ln and residual: what fires without the part", () => {
  const without = (field: string, options: ExampleOptions): JudgedCondition[] => {
    const { runs, ...rest } = condition("DFA, without", [options], [{ accuracy: 0.3 }]);
    return [{
      ...rest,
      runs: runs.map((run) => ({ ...run, initial: { ...run.initial, [field]: false } })),
    }];
  };
  const grown = { hiddenNorms: [9, 9, 9000], gradientNorm: 1e-9 };
  assert.is(claim("terminal-ln", without("terminalNorm", {}), 65).agrees, true);
  assert.is(claim("terminal-ln", without("terminalNorm", grown), 65).agrees, false);
  assert.match(
    claim("terminal-ln", without("terminalNorm", {}), 65).measured,
    "its mechanism, division by ‖h_L‖ in the terminal LayerNorm, is absent",
  );
  const residual = (options: ExampleOptions) =>
    judge("residual", without("residual", options)).findings[0]!.agrees;
  assert.is(residual(grown), true);
  assert.is(residual({}), false);
  assert.is(residual({ hiddenNorms: [9, 9, 9000] }), null);
});

// Oracle: what was not evaluated is neither silent nor fired.
test("terminal-ln, residual and first-fire: never is said only of what was evaluated", () => {
  const gone = unmeasured("overflow");
  const blind = exampleEvidence({ hiddenNorms: [9, gone, gone], gradientNorm: gone });
  const of = (runs: readonly RunEvidence[], field: string): JudgedCondition[] => [{
    label: "DFA, without",
    runs: runs.map((run) => ({ ...run, initial: { ...run.initial, [field]: false } })),
    baselines: [],
  }];
  const seen = exampleEvidence({ seed: 43 });
  for (const runs of [[blind], [seen, blind]]) {
    const b = claim("terminal-ln", of(runs, "terminalNorm"), 65);
    assert.is(b.agrees, null);
    assert.match(b.measured, /not evaluated|of 2 evaluated/);
    assert.is(claim("terminal-ln", of(runs, "terminalNorm"), 64).agrees, null);
    assert.is(judge("residual", of(runs, "residual")).findings[0]!.agrees, null);
    const bp = runs.map((run) => ({ ...run, method: "bp" }));
    assert.is(claim("first-fire", [{ label: "BP", runs: bp, baselines: [] }], 63).agrees, null);
  }
  const fired = exampleEvidence({ method: "bp", hiddenNorms: [9, 9, 9000] });
  const bp = [fired, { ...blind, method: "bp", seed: 43 }];
  assert.is(claim("first-fire", [{ label: "BP", runs: bp, baselines: [] }], 63).agrees, false);
});

test("ladder: gains over one block less", () => {
  const rungs = [0.3, 0.34, 0.35].map((accuracy, k) =>
    condition(
      `BP, k=${k}`,
      [1, 2].map((seed) => ({ seed, method: "bp", accuracy, role: k ? "method" : "baseline" })),
    )
  );
  const { findings, tables } = judge("ladder", rungs);
  assert.is(findings[0]!.agrees, true);
  const single = rungs.map((each) => ({ ...each, runs: each.runs.slice(0, 1) }));
  assert.is(judge("ladder", single).findings[0]!.agrees, null);
  const gains = tables[0]!.rows.map(({ cells }) => cells[2]!.text.split(" ±")[0]);
  assert.equal(gains, ["–", "0.040", "0.010"]);
});

/** An audit whose verdicts are the paper's, and a penalised DFA besides. */
const audit = (): JudgedCondition[] => {
  const bad = { hiddenNorms: [9, 9, 9000], gradientNorm: 1e-9 };
  const group = (method: string, options: ExampleOptions, label = method) =>
    condition(label, [{ method, ...options }], [{ method, accuracy: 0.35 }]);
  return [
    group("bp", { accuracy: 0.6 }),
    group("dfa", { ...bad, accuracy: 0.3 }),
    group("cb", { ...bad, accuracy: 0.29, stability: 0.4 }),
    group("sb", { ...bad, accuracy: 0.2, stability: 0.9 }),
    group("dfa", { lambda: 1e-2, accuracy: 0.38 }, "DFA, λ=1e-2"),
  ];
};

test("decision-utility: the paper's rows from the paper's verdicts", () => {
  const { findings, tables } = judge("decision-utility", audit());
  assert.equal(findings.filter(({ agrees }) => agrees !== true).map(({ claims }) => claims), []);
  assert.equal(tables[0]!.rows.map(({ cells }) => cells[1]!.text), [
    ...["none", "none", "dfa, cb, sb", "dfa, cb, sb", "cb, sb", "dfa, cb, sb", "dfa, cb, sb"],
  ]);
  assert.match(tables[0]!.rows[0]!.cells[2]!.text, "DFA λ=1e-2"); // under its own name
});

test("decision-utility: rows that cannot decide, and rows that could not differ", () => {
  const blind = audit().map((each) => ({ ...each, baselines: [] }));
  const { findings } = judge("decision-utility", blind);
  const of = (row: number) => findings.find(({ claims }) => claims.includes(row))!;
  assert.is(of(55).agrees, true); // (a) was evaluated everywhere
  for (const row of [58, 59, 60]) assert.is(of(row).agrees, null, `${row}`);
  assert.not.match(of(58).measured, "other than in the paper");
  const { findings: all, notes } = judge("decision-utility", audit());
  assert.not.ok(all.some(({ claims }) => claims.includes(53) || claims.includes(54)));
  assert.match(notes!.at(-1)!, "(claims 53 and 54). It follows from their definition");
});

test("only a method as it stands bears the method's name", () => {
  const names = (...conditions: JudgedCondition[]) => named(conditions).map(({ name }) => name);
  const penalised = condition("DFA, λ=1e-2", [{ lambda: 1e-2 }]);
  const plain = condition("DFA, λ=0", [{}]);
  assert.equal(names(penalised), ["DFA λ=1e-2"]);
  assert.equal(names(penalised, plain), ["DFA λ=1e-2", "dfa"]);
  const changed = (change: Partial<RunEvidence>): JudgedCondition => ({
    ...plain,
    runs: plain.runs.map((run) => ({ ...run, ...change })),
  });
  const [run] = plain.runs;
  const rule = (feedbackScale: number) =>
    changed({
      configuration: {
        ...run!.configuration,
        rule: { ...creditRule("dfa")!.options, feedbackScale },
      },
    });
  assert.equal(names(rule(1)), ["dfa"]);
  assert.equal(names(rule(2)), ["DFA λ=0"]);
  assert.equal(names(changed({ initial: { ...run!.initial, residual: false } })), ["DFA λ=0"]);
  const labels = { ...run!.configuration, labels: "random" };
  assert.equal(names(changed({ configuration: labels })), ["DFA λ=0"]);
  const last = { ...run!.configuration, trainedBlocks: 1 };
  assert.equal(names(changed({ configuration: last })), ["DFA λ=0"]);
});

test("lambda-sweep: numbers of 100 epochs are not compared with runs of 30", () => {
  const options = { hiddenNorms: [9, 9, 9, 9, 9], accuracy: 0.36, lambda: 1e-2 };
  const [each] = [condition("DFA, λ=1e-2", [options])];
  const runs = each!.runs.map((run) => ({
    ...run,
    dataset: { ...run.dataset, name: "cifar10" },
    epochs: run.epochs.map((row) => ({ ...row, epoch: 30 })),
    configuration: {
      ...run.configuration,
      ...{ model: "resmlp", width: 256, depth: 4, batch: 128, learningRate: 1e-3 },
      ...{ dtype: "float32", rule: { ...creditRule("dfa")!.options }, epochs: 30 },
    },
  }));
  const { findings } = judge("lambda-sweep", [{ ...each!, runs }]);
  const saying = (part: string) => findings.filter(({ expectation }) => expectation.includes(part));
  assert.equal(saying(".360±.002").map(({ agrees }) => agrees), [true]);
  for (const part of [".363±.001", "4.0±.1e4", "9.0±.9e-7"]) {
    const [told, ...more] = saying(part);
    assert.equal([told!.agrees, more.length], [null, 0], part);
    assert.match(told!.measured, "30 epochs of a schedule of 30 (paper 100 of 100)");
  }
});

test("thresholds: verdicts that are open, or all the same, show no robustness", () => {
  const twice = (conditions: JudgedCondition[]) => claim("thresholds", conditions, 47);
  const open = twice(audit().map((each) => ({ ...each, baselines: [] })));
  assert.is(open.agrees, null);
  assert.match(open.measured, "it is not known, as not all that decides was evaluated");
  // (d) alone walks back everything: it decides, and however (a) and (b) are moved nothing changes.
  const low = (method: string) =>
    condition(method, [{ method, accuracy: 0.1 }], [{ method, accuracy: 0.35 }]);
  const same = twice([low("bp"), low("dfa")]);
  assert.is(same.agrees, null);
  assert.match(same.measured, "Every verdict is walk-back: where all are the same");
  assert.match(same.measured, "Moving (a), (b), (c) discriminates nothing");
  assert.is(twice(audit().slice(0, 4)).agrees, true);
});

test("thresholds: empty intervals and what flips", () => {
  const found = (row: number) => claim("thresholds", audit(), row);
  assert.is(found(37).agrees, true);
  assert.match(found(37).measured, "No seed lies between 1.00 and 1000, a factor of 1000");
  assert.is(found(47).agrees, false); // the penalised DFA lies 3 points over frozen blocks
  assert.match(found(47).measured, "DFA λ=1e-2 at (d) 0.0400");
  // Without baselines nothing is known of (d), and so of the verdicts.
  const bare = claim("thresholds", audit().map((each) => ({ ...each, baselines: [] })), 47);
  assert.is(bare.agrees, null);
  assert.match(bare.measured, "it is not known, as not all that decides was evaluated");
});

test("first-fire: never on BP, first epoch on DFA", () => {
  assert.is(claim("first-fire", audit(), 63).agrees, true);
  const dfa = claim("first-fire", audit(), 62);
  assert.is(dfa.agrees, null); // not the paper's epochs
  assert.match(dfa.measured, "(a) 42: epoch 1");
});

test("the record begins with what differs, and names runs and setting", () => {
  const control = findControl("lambda-sweep");
  const { conditions } = planned(control, { seeds: [1] });
  const evidences = new Map(
    conditions.flatMap(({ runs, baselines }, i) =>
      [...runs, ...baselines].map(({ id, seed, lambda, role }) =>
        [id, exampleEvidence({ seed, lambda, gamma: i / 10, role })] as const
      )
    ),
  );
  const input = { control, conditions, evidences, policy: policies.default, configuration: {} };
  const record = controlRecord(input);
  assert.equal(record.findings.map(({ agrees }) => agrees), [false, null, null, null]);
  assert.equal(record.conditions[1]!.runs, ["dfa-lambda-1e-4-1"]);
  assert.match(record.setting.join(), "data example (paper CIFAR-10)");
  evidences.delete("dfa-lambda-1e-4-1");
  assert.throws(() => controlRecord(input), /evidence of dfa-lambda-1e-4-1 is missing/);
});

test.run();
