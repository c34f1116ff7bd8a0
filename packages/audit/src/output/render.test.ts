import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Diagnostic,
  exampleEvidence,
  type PerLayer,
  type Probes,
  unmeasured,
} from "@fa/protocol";
import { buildAudit } from "@fa/protocol/report";
import { exampleReport, exampleRuns } from "./_test_report.ts";
import { diagnosticWords } from "./_words.ts";
import { columns, wrap } from "./columns.ts";
import { renderMarkdown } from "./render_markdown.ts";
import { renderTable } from "./render_table.ts";
import { styleFor, visibleLength } from "./style.ts";

const test = suite("rendering");

const report = exampleReport();

// Oracle: the numbers put into the example: accuracies .71/.72 against .40, growth 9000/9 = 1000,
// ‖g_L‖ 4.18e-9 and 1.5e-7 (median 7.7e-8), thresholds of the protocol.
test("the table shows every value with its threshold and outcome", () => {
  const text = renderTable(report);
  const [bp, bpOutcome, bpSeeds, , dfa, dfaOutcome, dfaSeeds] = text.split("\n").slice(3);
  const words = (line: string | undefined) => line!.split(/ {2,}/).filter((word) => word !== "");
  assert.equal(words(bp), [
    "BP",
    "0.715 ± 0.007",
    "1.000",
    "1.00 ≤ 50",
    "4.0e-4 ≥ 1e-7",
    "0.05 ≤ 0.3",
    "+31.5 ≥ 2",
    "✓ trustworthy",
  ]);
  const silent = new Array(4).fill("○ silent");
  assert.equal(words(bpOutcome), ["n=2 seeds", "± 0.000", ...silent]);
  assert.equal(words(bpSeeds), new Array(4).fill("0 of 2 seeds"));
  assert.equal(words(dfa), [
    "DFA",
    "0.360 ± 0.000",
    "0.101",
    "1000 > 50",
    "7.7e-8 < 1e-7",
    "-0.04 ≤ 0.3",
    "-4.0 < 2",
    "✗ walk-back",
  ]);
  assert.equal(words(dfaOutcome), [
    "n=2 seeds",
    "± 0.000",
    "● fired",
    "● fired",
    "○ silent",
    "● fired",
  ]);
  assert.equal(words(dfaSeeds), [
    "< floor",
    "2 of 2 seeds",
    "1 of 2 seeds",
    "0 of 2 seeds",
    "2 of 2 seeds",
  ]);
});

test("the table says what belongs to it", () => {
  const text = renderTable(report, { out: "audit-out/x" });
  for (
    const part of [
      "BP over its own frozen blocks: +31.5 percentage points",
      "Accuracy with frozen blocks: BP 0.400 ± 0.000, n=2 seeds; DFA 0.400",
      "✓ met: DFA with λ=1e-2 leaves (a) and (b) silent",
      "✓ met: BP on permuted labels does not read trustworthy",
      "DFA reads walk-back under policy default: (a), (b), (d) fired.",
      "  (b) fired: 7.71e-8 is below 1.00e-7; fired in 1 of 2 seeds; the seeds disagree",
      "audit-out/x/audit.json",
    ]
  ) assert.ok(text.includes(part), part);
  for (const finding of report.findings) {
    assert.ok(text.replace(/\n {2}/g, " ").includes(finding), finding);
  }
});

// Oracle: specification: at most 100 columns, also for the widest cells that can occur.
test("the table fits 100 columns", () => {
  const runs = [42, 123, 456].map((seed) =>
    exampleEvidence({
      seed,
      hiddenNorms: [9, unmeasured("9 samples are not finite"), 9],
      gradientNorm: unmeasured("not finite"),
      stability: unmeasured("no direction"),
      accuracy: 0.1234,
      gamma: -0.005,
    })
  );
  const open = { controls: {}, configuration: {} };
  const wide = buildAudit({ ...open, methods: [{ runs, baselines: [] }] });
  for (const each of [report, wide]) {
    for (const line of renderTable(each).split("\n")) assert.ok([...line].length <= 100, line);
  }
  const text = renderTable(wide);
  assert.match(text, "? not-assessable");
  assert.match(text, "? open: DFA with");
  assert.is(text.split("not evaluated").length > 4, true);
  assert.match(text, "BP over its own frozen blocks: BP was not run");
});

test("a failed self-control shouts", () => {
  const runs = exampleRuns();
  const baselines = [runs.get("bp-permuted-frozen-42")!];
  const learned = {
    ...runs.get("bp-permuted-42")!,
    finalAccuracy: runs.get("bp-42")!.finalAccuracy,
  };
  const broken = buildAudit({
    methods: [{ runs: [runs.get("bp-42")!], baselines: [runs.get("bp-frozen-42")!] }],
    controls: { permutedBp: { runs: [learned], baselines } },
    configuration: {},
  });
  assert.match(renderTable(broken), "✗ NOT met: BP on permuted labels does not read trustworthy");
  assert.match(renderMarkdown(broken, new Map()), "| ✗ NOT met | BP on permuted labels");
});

// Oracle: specification: reports are rendered from the JSON alone.
test("the JSON of a report gives the same renderings", () => {
  const read = JSON.parse(JSON.stringify(report));
  assert.is(renderTable(read), renderTable(report));
  assert.is(renderMarkdown(read, exampleRuns()), renderMarkdown(report, exampleRuns()));
});

test("the Markdown report has every seed, epoch, definition and choice", () => {
  const text = renderMarkdown(report, exampleRuns());
  for (
    const part of [
      "| DFA | 123 | 0.3600 (3600 of 10000) | 0.4000 | 0.101 | 0.101 |",
      "### dfa-123",
      "| 1 | 0.3600 | 1.5000 | 9.00 | 9000 | 1000 | 1.50e-7 | -0.036 | 0.101 |",
      "| note | a\\|b |",
      "| accuracy | fraction | correct / total over the test set |",
    ]
  ) assert.ok(text.includes(part), part);
  // Every row of a table has as many cells as its head.
  let cells = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) cells = 0;
    else {
      const count = line.replaceAll("\\|", "").split("|").length;
      if (cells === 0) cells = count;
      assert.is(count, cells, line);
    }
  }
});

// Oracle: numbers put into the probes: they must all be printed, those of one seed with its reason.
// Oracle: the numbers put into the example, one for each of L + 1 = 3 gradients.
test("the error of every reference is shown, layer by layer and epoch by epoch", () => {
  const run = exampleEvidence({ hiddenNorms: [9, 9, 9], gamma: 0.1 });
  const measuredAt = (perLayer: number[]) => ({
    referenceError: { working: "float32", perLayer },
  });
  const errors = {
    ...run,
    initial: { ...run.initial, ...measuredAt([1.25e-7, 1.5e-7, 1.75e-7]) },
    epochs: run.epochs.map((epoch) => ({
      ...epoch,
      snapshot: { ...epoch.snapshot, ...measuredAt([2.25e-7, 0.02, 3e-7]) },
    })),
  };
  const text = renderMarkdown(report, new Map([["dfa-1", errors]]));
  const rows = text.split("\n").filter((line) => /^\| \d .*e-7 \|$/.test(line)).map((line) =>
    line.split("|").map((cell) => cell.trim()).slice(-4, -1)
  );
  assert.match(text, /error of g\\_0 \| error of g\\_1 \| error of g\\_2 \|/);
  assert.equal(rows, [["1.25e-7", "1.50e-7", "1.75e-7"], ["2.25e-7", "0.0200", "3.00e-7"]]);
  assert.not.match(renderMarkdown(report, new Map([["dfa-1", run]])), "error of g");
});

test("alignment, probes, decisions, thresholds, first fires and seeds are shown", () => {
  const layers = (value: number): PerLayer => ({
    perLayer: [value, value],
    mean: value,
    deep: value,
  });
  const probes: Probes = {
    perturbation: {
      draws: 32,
      samples: 1280,
      step: { kind: "relative", value: 1e-3 },
      dtype: "float64",
      rho: layers(0.081),
      positive: layers(0.997),
      negative: layers(0.0056),
    },
    nudging: { eta: 0.01, samples: 1280, change: layers(-5.1e-5) },
    null: {
      draws: 20,
      fresh: "feedback.0, feedback.1",
      mean: layers(0.0022),
      sampleStandardDeviation: layers(0.022),
      trained: layers(0.1627),
    },
    precision: {
      batchSize: 128,
      samples: 1280,
      formats: {
        float16: {
          relativeError: [0.5, 0.25, 0.125],
          gradientNorms: [1, 1, 1],
          zeroGradients: [0, 0, 77],
          nonFiniteGradients: [0, 0, 3],
        },
      },
    },
  };
  const run = exampleEvidence({ hiddenNorms: [9, 9, 900], gradientNorm: 1e-9, gamma: 0.1 });
  const epochs = run.epochs.map((epoch) => ({ ...epoch, probes }));
  const probed = buildAudit({
    methods: [{ runs: [{ ...run, epochs }], baselines: [] }],
    controls: {},
    configuration: {},
  });
  const lines = [
    ["Γ headline, l = 0..L−1", "0.100 (below floor)"],
    ["ρ deep", "0.081"],
    ["ρ of the true gradient (positive control)", "0.997"],
    ["ρ of a random vector (negative control)", "0.006"],
    ["ρ: how", "32 draws for each of 1280 samples, step 0.00100 relative, float64"],
    ["change of CE when nudged by η = 0.0100 against the credit, deep", "-5.10e-5"],
    ["Γ deep under fresh feedback (null)", "0.002"],
    ["its spread over draws", "0.022"],
    ["Γ deep with the feedback of training", "0.163"],
    ["null: how", "20 fresh draws of feedback.0, feedback.1"],
    [
      "reference gradient in float16, B = 128",
      "relative error 0.500 in the worst layer, 0.125 at h_L; 77 zero and 3 not finite of 1280",
    ],
  ];
  const shown = ["S1+b", "epoch 1", "n=1 seed", "Mode 1", "(b) reference at 1.00e-7"];
  const flat = (text: string) => text.replace(/\\/g, "").replace(/\n +/g, " ");
  const table = flat(renderTable(probed));
  const markdown = flat(renderMarkdown(probed, new Map([["dfa-42", { ...run, epochs }]])));
  for (const part of shown) {
    assert.ok(table.includes(part), `table: ${part}`);
    assert.ok(markdown.includes(part), `Markdown: ${part}`);
  }
  for (const [what, value] of lines) {
    assert.ok(table.includes(`${what}: ${value}`), `table: ${what}`);
    assert.ok(markdown.includes(`| ${what} | ${value}`), `Markdown: ${what}`);
  }
  assert.match(table, "< floor: this Γ compares");
  const { gamma } = epochs.at(-1)!.snapshot;
  if ("valid" in gamma) throw new Error("the example has a Γ");
  for (const part of ["## Passports", gamma.passport!.quantity, gamma.passport!.reduction]) {
    assert.ok(markdown.includes(part), part);
  }
  assert.match(renderTable(report), "not measured, as no run was probed: ρ, null of Γ, nudging");
});

// Oracle: definition: a printed value must lie on the same side of the threshold as the value.
test("rounding never moves a value across its threshold", () => {
  const of = (id: string, value: number, threshold: number, direction: string, fired: boolean) =>
    diagnosticWords({ id, value, threshold, direction, fired } as unknown as Diagnostic).comparison;
  assert.is(of("a", 50, 50, "above", false), "50.0 ≤ 50");
  assert.is(of("a", 50.0004, 50, "above", true), "50.0004 > 50");
  assert.is(of("b", 9.999e-8, 1e-7, "below", true), "9.999e-8 < 1e-7");
  assert.is(of("c", 0.3001, 0.3, "above", true), "0.3001 > 0.3");
  assert.is(of("d", 0.01998, 0.02, "below", true), "+1.998 < 2");
  assert.is(of("d", 0.02, 0.02, "below", false), "+2.0 ≥ 2");
});

test("columns and paragraphs", () => {
  assert.equal(columns([[["a", "bb"], ["c"]], [["d"], ["eee"]]], 10), ["a   c", "bb", "d   eee"]);
  assert.equal(columns([[["aaaa"], ["bbbb"]]], 9), ["aaaa bbbb"]);
  assert.equal(wrap("one two three", 7, "  "), ["one two", "  three"]);
  assert.equal(wrap("  one two", 5, "    "), ["  one", "    two"]);
  assert.equal(wrap("unbreakable", 3), ["unbreakable"]);
});

// Oracle: no-color.org: any value that is not empty turns colour off.
test("colour only where it is wanted, and nothing is lost without it", () => {
  const tty = { isTTY: true };
  assert.is(styleFor(tty, {}).bold("x"), "\x1b[1mx\x1b[0m");
  assert.is(styleFor(tty, { NO_COLOR: "" }).bold("x"), "\x1b[1mx\x1b[0m");
  assert.is(styleFor(tty, { NO_COLOR: "0" }).bold("x"), "x");
  assert.is(styleFor(tty, { TERM: "dumb" }).bold("x"), "x");
  assert.is(styleFor({}, {}).bold("x"), "x");
  assert.is(visibleLength(styleFor(tty, {}).bad("‖g_L‖")), 5);
  const coloured = renderTable(report, { style: styleFor(tty, {}) });
  // deno-lint-ignore no-control-regex
  assert.is(coloured.replace(/\x1b\[\d+m/g, ""), renderTable(report));
});

// Oracle: §4: below floor and inexact are two facts, told beside every Γ that is no headline.
test("a Γ whose reference is not known to be exact says so in the table and in Markdown", () => {
  const marks = [
    ["exact", "", ""],
    ["below-floor", "< floor", "(below floor)"],
    ["unchecked", "(?)", "(unchecked)"],
    ["unchecked-below-floor", "< floor (?)", "(below floor, unchecked)"],
  ] as const;
  for (const [regime, inTable, inMarkdown] of marks) {
    const report = exampleReport();
    const [bp, ...rest] = report.methods;
    const marked = { ...report, methods: [{ ...bp!, gamma: { ...bp!.gamma, regime } }, ...rest] };
    const rows = renderMarkdown(marked, new Map()).split("\n").filter((line) =>
      line.startsWith("| BP")
    );
    assert.match(rows[0]!, `| 1.000 ± 0.000${inMarkdown && `<br>${inMarkdown}`} |`, regime);
    const table = renderTable(marked);
    if (inTable) assert.match(table, inTable, regime);
    assert.is(table.includes("(?): how exact"), regime.startsWith("unchecked"), regime);
  }
});

test.run();
