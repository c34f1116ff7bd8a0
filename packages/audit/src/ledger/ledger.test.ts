// The ledger as a whole. Oracles: the list of claims itself, where it is at hand; evidence made by
// hand, whose status follows from the rule; and the page docs/ledger.md, which must be what the
// evidence under results/ gives today.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, type RunEvidence } from "@fa/protocol";
import { pitfalls } from "@fa/protocol/pitfalls";
import { controls } from "../control/controls.ts";
import { runHere } from "../cli/_test_cli.ts";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { buildLedger, claimChecks, type LedgerRow } from "./build_ledger.ts";
import { sayer } from "./claim.ts";
import { published } from "./published.ts";
import { countLine, renderLedger, renderLedgerMarkdown } from "./render_ledger.ts";
import { type FoundEvidence, readResults } from "./results.ts";
import { parseStated } from "./stated.ts";
import { type Where, whereText } from "./where.ts";

const test = suite("ledger");
const source = { folder: "results", records: 1 };
const root = fileURLToPath(new URL("../../../..", import.meta.url));

test("there are 114 claims, one after the other, each with checks and a command", () => {
  assert.is(published.length, 114);
  assert.equal(published.map(({ number }) => number), Array.from({ length: 114 }, (_, i) => i + 1));
  assert.equal(Object.keys(claimChecks).map(Number), published.map(({ number }) => number));
  for (const { number } of published) assert.ok(claimChecks[number]!.parts.length > 0, `${number}`);
});

test("the claims are those of the list, to the letter", async () => {
  const list = join(root, "..", "shared", "spec", "claims.md");
  if (!existsSync(list)) {
    console.log(`skipped: the list of claims is not at hand (${list})`);
    return;
  }
  const lines = (await readFile(list, "utf8")).split("\n").filter((line) =>
    /^\| \d+ \|/.test(line)
  );
  const ours = published.map(({ number, section, claim, v1, v2 }) =>
    `| ${[number, section, claim, v1, v2].join(" | ")} |`
  );
  assert.equal(ours, lines);
});

test("no check compares with a number that its row does not print", () => {
  for (const { number, v1, v2 } of published) {
    for (const { v1: draft, v2: corrected } of claimChecks[number]!.parts) {
      for (const check of [draft, corrected]) {
        if (!check) continue;
        const there = [v1, v2].some((text) => text.includes(check.printed));
        assert.ok(there, `${number} does not print ${check.printed}`);
        if (check.definition === undefined && check.words === undefined && !check.as) {
          parseStated(check.printed);
        }
      }
      if (draft) assert.ok(v1 !== "–", `${number} has no v1`);
      if (corrected) assert.ok(v2 !== "–", `${number} has no v2`);
    }
  }
  assert.throws(() => sayer().say(19, ".999"), "row 19 as it does not print this: .999");
});

// A row that prints several numbers must not hide one: what is left of it after its checks has none.
test("every number of a row is checked", () => {
  const exempt = new Set([5, 13, 36, 37, 38, 39, 62, 64, 77, 112, 113, 114]); // read in parts, below
  for (const { number, v1, v2 } of published) {
    if (exempt.has(number)) continue;
    for (const [version, text] of [["v1", v1], ["v2", v2]] as const) {
      if (text === "–") continue;
      const checked = claimChecks[number]!.parts.some((part) => part[version] !== undefined);
      assert.ok(checked || !/\d/.test(text) || /least robust/.test(text), `${number} ${version}`);
    }
  }
  for (const [number, v2] of [[5, 2], [36, 1], [62, 3], [64, 2], [112, 2]] as const) {
    const count = claimChecks[number]!.parts.filter((part) => part.v2).length;
    assert.is(count, v2, `${number}`);
  }
});

/** The commands of a row that are commands. */
const commandsOf = (number: number): string[] =>
  claimChecks[number]!.commands.filter((command) => command.startsWith("audit"));

// Oracle: the program itself, which gets as far as the folder that is not there.
test("the program takes every command", async () => {
  const all = new Set(published.flatMap(({ number }) => commandsOf(number)));
  for (const command of all) {
    const words = command.replace("DIR", "/no/such/folder").split(" ").slice(1);
    if (words[0] === "pitfalls") {
      assert.ok(pitfalls.some((pitfall) => String(pitfall.number) === words[1]), command);
      continue;
    }
    const { code, stderr } = await runHere(words);
    assert.is(code, 1, `${command}: ${stderr}`);
    assert.match(stderr, "/no/such/folder", command);
  }
  assert.ok(all.size > 15);
});

/** The runs that a command would make, resolved by the software's own plans. */
function planned(command: string): RunSpec[] {
  const words = command.split(" ");
  const option = (name: string): string | undefined =>
    words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
  const [epochs, methods, lambda] = ["--epochs", "--methods", "--lambda"].map(option);
  const choices = {
    ...(epochs && { epochs: Number(epochs) }),
    ...(methods && { methods: methods.split(",") }),
    ...(lambda && { lambda: Number(lambda) }),
    preset: "paper" as const,
  };
  if (words[1] !== "control") return [...planRuns(resolveConfiguration(choices)).runs];
  const found = controls.find(({ name }) => name === words[2])!;
  return found.plan(
    resolveConfiguration({ ...found.choices("paper"), ...choices, controls: false }),
  ).flatMap(({ runs, baselines }) => [...runs, ...baselines]);
}

const measures = (spec: RunSpec, where: Where): boolean => {
  const { lambda = 0, frozen = false, terminalLayerNorm = true, trained, seed, untrained } = where;
  const length = untrained || [where.epochs].flat().includes(spec.epochs);
  return length && spec.method === where.method && spec.lambda === lambda &&
    (spec.trainedBlocks === 0) === frozen && spec.terminalLayerNorm === terminalLayerNorm &&
    spec.stopAfter >= (trained ?? spec.epochs) && (seed === undefined || spec.seed === seed);
};

// Oracle: what the commands of a row would train, against the conditions that its numbers ask for.
test("the commands of a row make the runs that it asks for", () => {
  const rho = new Set([75, 76, 77, 78, 85, 87, 89, 104, 105, 112]);
  let asked = 0;
  for (const { number } of published) {
    const specs = commandsOf(number).filter((command) => !/pitfalls/.test(command)).flatMap(
      planned,
    );
    const wheres = claimChecks[number]!.parts.flatMap(({ v1, v2 }) => [v1, v2])
      .flatMap((check) => check?.query?.wheres ?? []);
    for (const where of wheres) {
      const fits = specs.filter((spec) => measures(spec, where));
      const text = `row ${number}: ${whereText(where)}`;
      assert.ok(fits.length > 0, `${text} is not made by ${commandsOf(number).join(", ")}`);
      if (rho.has(number)) {
        const probes = where.trained === undefined ? ["final", "every-epoch"] : ["every-epoch"];
        assert.ok(fits.some((spec) => probes.includes(spec.probes)), `${text} has no probes`);
      }
      asked++;
    }
  }
  assert.ok(asked > 100, `${asked}`);
});

/** A run of the paper's model with these numbers. */
function run(
  options: {
    readonly method?: string;
    readonly seed?: number;
    readonly accuracy?: number;
    readonly epochs?: number;
    readonly done?: number;
    readonly lambda?: number;
    readonly data?: "cifar10" | "cifar10-holdout";
    readonly frozen?: boolean;
    readonly hiddenNorm?: number;
    readonly more?: Readonly<Record<string, number | string | boolean>>;
    readonly probed?: boolean;
  } = {},
): FoundEvidence {
  const { method = "dfa", seed = 42, accuracy = 0.3, epochs = 100, lambda = 0, frozen } = options;
  const { data = "cifar10", done = epochs, hiddenNorm = 9, more = {}, probed } = options;
  const made = exampleEvidence({
    method,
    seed,
    accuracy,
    lambda,
    gamma: 0.1,
    role: frozen ? "baseline" : "method",
    hiddenNorms: [9, 9, 9, 9, hiddenNorm],
  });
  const evidence: RunEvidence = {
    ...made,
    configuration: {
      ...made.configuration,
      ...{ model: "resmlp", width: 256, depth: 4, batch: 128, learningRate: 1e-3 },
      ...{ dtype: "float32", trainedBlocks: frozen ? 0 : 4, epochs },
      ...more,
    },
    dataset: { ...made.dataset, name: data, trainSize: data === "cifar10" ? 50_000 : 40_000 },
    epochs: made.epochs.map((epoch) => ({ ...epoch, epoch: done, ...(probed && { probes: {} }) })),
  };
  return { path: `x/${method}-${seed}/evidence.json`, evidence };
}

const rowOf = (number: number, ...found: FoundEvidence[]): LedgerRow =>
  buildLedger(found)[number - 1]!;

// Row 19: .308±.014 in the draft, .306±.008 in the correction.
test("seeds become mean and spread, and both versions are judged", () => {
  const three = [42, 123, 456].map((seed, i) => run({ seed, accuracy: 0.33 + i / 1000 }));
  const found = rowOf(19, ...three);
  // mean .331, s .001; pooled with .008 √((1e-6 + 64e-6)/2) = .0057: 4.4 s; with .014 .0099: 2.3 s.
  assert.is(found.status, "differs");
  assert.is(found.parts[0]!.ours, "0.331 ± 0.001, n=3 seeds");
  assert.match(found.parts[0]!.why, "4.4 s away (s pooled)");
  assert.is(found.statusV1, undefined);
  // .334, n = 1: 2 × .014 of the draft, 3.5 × .008 of the correction.
  const one = rowOf(19, run({ accuracy: 0.334 }));
  assert.equal([one.status, one.statusV1], ["differs", "reproduced"]);
  assert.is(rowOf(19, run({ accuracy: 0.31 })).status, "reproduced");
});

test("runs of other conditions are never compared", () => {
  const others: Parameters<typeof run>[0][] = [
    { epochs: 30 },
    { done: 5 },
    { lambda: 1e-2 },
    { method: "bp" },
    { frozen: true },
    { more: { labels: "permuted" } },
    { more: { width: 64 } },
    { more: { batch: 256 } },
    { more: { trainedBlocks: 1 } },
    { more: { dtype: "float64" } },
  ];
  for (const other of others) {
    assert.is(rowOf(19, run(other)).status, "not measured", JSON.stringify(other));
  }
  const set = run();
  const rule = { creditIndex: "input", creditNormalization: "none", feedbackScale: 1 };
  const changed = { ...set.evidence.configuration, rule };
  const evidence = { ...set.evidence, configuration: changed };
  assert.is(rowOf(19, { path: "x", evidence }).status, "not measured");
  const small = { ...set.evidence, dataset: { ...set.evidence.dataset, trainSize: 1280 } };
  assert.is(rowOf(19, { path: "x", evidence: small }).status, "not measured");
});

test("a run of another length is told of, not compared", () => {
  const [found] = rowOf(19, run({ epochs: 30, accuracy: 0.306 })).parts;
  assert.is(found!.status, "not measured");
  assert.is(found!.ours, null);
  assert.match(
    found!.why,
    "not run: DFA, 100 epochs (at 30 epochs: 0.306, n=1 seed, no comparison)",
  );
});

test("the held-out split is a near condition, and gives way to the official one", () => {
  const near = rowOf(19, run({ data: "cifar10-holdout", accuracy: 0.306 }));
  assert.is(near.status, "reproduced");
  assert.match(near.parts[0]!.conditions.join("; "), "held-out split");
  const both = rowOf(19, run({ data: "cifar10-holdout", accuracy: 0.1 }), run({ accuracy: 0.306 }));
  assert.is(both.parts[0]!.ours, "0.306, n=1 seed");
  assert.not.match(both.parts[0]!.conditions.join("; "), "held-out");
});

test("of a seed that was run twice, the run with probes counts, once", () => {
  const twice = rowOf(19, run({ accuracy: 0.2 }), run({ accuracy: 0.306, probed: true }));
  assert.is(twice.parts[0]!.ours, "0.306, n=1 seed");
  const first = rowOf(19, run({ accuracy: 0.306 }), run({ accuracy: 0.2 }));
  assert.is(first.parts[0]!.ours, "0.306, n=1 seed");
});

// Row 4: −4.3 points; .306 − .349 for one seed, .300 − .344 for the other: −4.35 on average.
test("differences are paired by seed", () => {
  const found = rowOf(
    4,
    ...[run({ accuracy: 0.306 }), run({ accuracy: 0.3, seed: 123 }), run({ seed: 456 })],
    run({ accuracy: 0.349, frozen: true }),
    run({ accuracy: 0.344, frozen: true, seed: 123 }),
  );
  assert.match(found.parts[0]!.ours!, "n=2 seeds");
  assert.ok(Math.abs(found.parts[0]!.value!.mean + 4.35) < 1e-9);
  assert.is(found.status, "reproduced");
});

// Row 13: 4e-9 at B = 128; row 5: the same ‖g_L‖ is 8 times less at B = 1024.
test("‖g‖ is scaled to the batch size of the claim", () => {
  const [large, main] = rowOf(5, run()).parts;
  assert.is(main!.value!.mean, 1e-3);
  assert.is(large!.value!.mean, 1e-3 / 8);
  assert.match(large!.conditions.join("; "), "B = 1024");
});

// Row 69: 4 orders, 10^3.5 to 10^4.5.
test("orders of magnitude are rounded as such", () => {
  const ratio = (norm: number) =>
    rowOf(69, run({ hiddenNorm: norm }), run({ hiddenNorm: 1e4, lambda: 1e-2 })).status;
  assert.is(ratio(1e8), "reproduced");
  assert.is(ratio(3.2e7), "reproduced");
  assert.is(ratio(3.1e7), "differs");
});

// The printed accuracies of rows 17 to 21 against the printed .349 of row 3: EP .316 also lies below.
test("what follows from other rows agrees with them, and names its condition", () => {
  const rows = buildLedger([]);
  const part = (number: number) => rows[number - 1]!.parts[0]!;
  for (const n of [55, 56, 57]) assert.is(part(n).status, "consistent", `${n}`);
  for (const n of [27, 40, 42, 58, 59, 60]) assert.is(part(n).status, "differs", `${n}`);
  for (const n of [58, 59]) {
    assert.match(part(n).why, /they give EP, DFA, SB, CB|give EP, DFA, SB, CB/);
  }
  assert.match(part(27).why, "gives BP trustworthy; EP, DFA, SB, CB walked back");
  assert.match(part(40).why, "4/5");
  for (const n of [27, 40, 58, 59, 60]) assert.match(part(n).why, "if .349 were EP's own baseline");
  assert.match(part(55).why, "the CNN's, DFA, CB");
});

test("a definition is never counted as a result, whatever the evidence", () => {
  const everything = ["bp", "ep", "dfa", "cb", "sb"].flatMap((method) => [
    run({ method, accuracy: 0.9 }),
    run({ method, frozen: true, accuracy: 0.2 }),
  ]);
  for (const rows of [buildLedger([]), buildLedger(everything)]) {
    const definitions = rows.filter(({ basis }) => basis === "definition");
    assert.equal(definitions.map(({ number }) => number), [28, 43, 44, 45, 46, 53, 54]);
    for (const { status, parts } of definitions) {
      assert.is(status, "not measured");
      assert.match(parts[0]!.why, "a definition, not a measurement");
    }
    assert.match(countLine(rows), "7 as definitions");
  }
});

test("without evidence, arithmetic alone decides", () => {
  const rows = buildLedger([]);
  const status = (number: number) => rows[number - 1]!.status;
  for (const n of [4, 9, 37, 38, 39, 55, 56, 57, 61, 69, 72, 79, 80, 96, 98, 99]) {
    assert.is(status(n), "consistent", `${n}`);
  }
  // The contradictions that the list itself names.
  for (const n of [8, 42, 58, 70, 101, 107, 113, 114]) assert.is(status(n), "differs", `${n}`);
  for (const n of [1, 3, 19, 66, 71, 110]) assert.is(status(n), "not measured", `${n}`);
  // What this software computes without a run.
  for (const n of [6, 100, 102, 103]) assert.is(status(n), "reproduced", `${n}`);
  for (const row of rows) {
    assert.is(row.basis === "arithmetic", row.status !== "not measured", `${row.number}`);
    assert.is(row.near, false);
  }
  assert.match(countLine(rows), /^4 reproduced \(4 by arithmetic\), (\d+) consistent \(\1 by /);
});

test("near conditions are counted, and each row names its evidence", () => {
  const three = [42, 123, 456].map((seed) => run({ seed, accuracy: 0.306 }));
  const line = (...found: FoundEvidence[]) => countLine([rowOf(19, ...found)]);
  assert.is(line(...three), "1 reproduced, 0 consistent, 0 differ, 0 not measured, of 1 claim");
  const near = "1 reproduced (1 under near conditions), 0 consistent";
  assert.match(line(three[0]!), near);
  assert.match(
    line(...[42, 1, 2].map((seed) => run({ seed, data: "cifar10-holdout", accuracy: 0.306 }))),
    near,
  );
  const [part] = rowOf(19, ...three).parts;
  assert.equal(
    part!.evidence,
    [42, 123, 456].map((seed) => ({ path: `x/dfa-${seed}/evidence.json`, seed })),
  );
  const page = renderLedgerMarkdown([rowOf(19, ...three)], source);
  assert.match(page, "x/dfa-{42,123,456}");
  assert.match(renderLedger([rowOf(19, three[0]!)], source), "evidence: x/dfa-42\n");
  // √(.306 · .694 / N) of the example's N test images.
  const { total } = three[0]!.evidence.finalAccuracy;
  const error = Math.sqrt(0.306 * 0.694 / total).toFixed(3);
  assert.match(
    part!.conditions.join("; "),
    `standard error of one accuracy on ${total.toLocaleString("en")} test images ${error}`,
  );
});

// The frozen baseline is there on the held-out split only, DFA on both: held out against held out.
test("two conditions are never taken from two splits", () => {
  const [held, official] = [
    run({ data: "cifar10-holdout", accuracy: 0.3 }),
    run({ accuracy: 0.4 }),
  ];
  const baseline = run({ data: "cifar10-holdout", accuracy: 0.343, frozen: true });
  const found = rowOf(4, official, held, baseline).parts[0]!;
  assert.ok(Math.abs(found.value!.mean + 4.3) < 1e-9, found.ours!);
  assert.match(found.conditions.join("; "), "held-out split");
  const none = rowOf(
    73,
    run({ epochs: 30, lambda: 1e-2 }),
    run({ epochs: 30, frozen: true, data: "cifar10-holdout" }),
  );
  assert.is(none.parts[0]!.ours, null);
  assert.is(rowOf(4, official, baseline).parts[0]!.ours, null);
});

// The cosine rises from λ=0 to 1e-2 and falls again for seed 42; other seeds have λ=0 only, at 1.
test("an inverted U is looked for among the seeds that every λ has", () => {
  const cosine = (found: FoundEvidence, value: number): FoundEvidence => {
    const { evidence, path } = found;
    const epochs = evidence.epochs.map((epoch) => {
      const { gamma } = epoch.snapshot;
      assert.ok(!("valid" in gamma));
      return { ...epoch, snapshot: { ...epoch.snapshot, gamma: { ...gamma, deepOurs: value } } };
    });
    return { path: `${path}-${value}`, evidence: { ...evidence, epochs } };
  };
  const at = (lambda: number, value: number, seed = 42) =>
    cosine(run({ epochs: 30, lambda, seed }), value);
  const one = [at(0, 0), at(1e-4, 0.01), at(1e-2, 0.15), at(1e-1, 0.1)];
  const found = rowOf(90, ...one, at(0, 1, 1), at(0, 1, 2));
  assert.is(found.parts[0]!.ours, "yes");
  assert.equal(found.parts[0]!.evidence.map(({ seed }) => seed), [42, 42, 42, 42]);
  assert.is(rowOf(90, ...one.slice(0, 3), at(1e-1, 0.2)).parts[0]!.ours, "no");
});

// Row 12: 9.8e-4 at B ≈ 1000: [9.75e-4, 9.85e-4] at B = 1000 is from 9.52e-4 on at B = 1024.
test("B ≈ 1000 widens the interval of ‖g‖ down to that of B = 1000", () => {
  const at = (norm: number) => {
    const found = run({ method: "bp" });
    const { initial } = found.evidence;
    const gradientNorms = initial.gradientNorms.map(() => norm * 1024 / initial.batchSize);
    const evidence = { ...found.evidence, initial: { ...initial, gradientNorms } };
    return rowOf(12, { ...found, evidence }).parts[0]!;
  };
  assert.equal([9.85e-4, 9.53e-4, 9.51e-4, 9.86e-4].map((norm) => at(norm).status), [
    ...["reproduced", "reproduced", "differs", "differs"],
  ]);
  assert.match(at(1e-3).conditions.join("; "), "taken at h_L");
  assert.match(at(1e-3).conditions.join("; "), "1000 to 1024");
  assert.not.match(at(1e-3).conditions.join("; "), "schedule");
});

test("a row says at which B (b) was judged, and what else was looked at", () => {
  const text = (number: number, ...found: FoundEvidence[]) =>
    rowOf(number, ...found).parts.map(({ conditions }) => conditions.join("; ")).join("; ");
  const three = [1, 2, 3].map((seed) => run({ method: "bp", seed }));
  assert.match(text(63, ...three), "(a), and (b) at B = 128; not (c) and (d)");
  assert.match(text(10, ...three), "BP, before training");
});

test("evidence is found by what it says, however deep it lies and whatever it is called", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fa-ledger-"));
  try {
    for (
      const [path, text] of [
        ["a/b/c/anything.json", JSON.stringify(exampleEvidence())],
        ["a/evidence.json", '{"kind":"something else"}'],
        ["a/notes.txt", JSON.stringify(exampleEvidence())],
      ] as const
    ) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const found = await readResults(folder);
    assert.equal(found.map(({ path }) => path), ["a/b/c/anything.json"]);
    const cli = await runHere(["ledger", "--results", folder, "--only", "not-measured"]);
    assert.is(cli.code, 0);
    assert.match(cli.stdout, /^1 record of evidence read under /m);
    assert.match(cli.stdout, /^0 reproduced, 0 consistent, 0 differ, \d+ not measured \(7 as/m);
    const { rows, count, records } = JSON.parse(
      (await runHere(["ledger", "--results", folder, "--json", "--only", "4,37-38"])).stdout,
    );
    assert.equal(rows.map(({ number }: LedgerRow) => number), [4, 37, 38]);
    assert.match(count, "of 3 claims");
    assert.is(records, 1);
    for (const only of ["0", "3-2", "115", "maybe", "1-2-3"]) {
      assert.is((await runHere(["ledger", "--results", folder, "--only", only])).code, 2, only);
    }
    assert.is((await runHere(["ledger", "--results", join(folder, "none")])).code, 1);
    await rm(join(folder, "a", "b"), { recursive: true });
    const empty = await runHere(["ledger", "--results", folder, "--only", "1"]);
    assert.match(empty.stdout, `0 records of evidence read under ${folder}\n`);
    // A record that was cut off, wherever its kind stands.
    const text = JSON.stringify(exampleEvidence());
    for (const length of [10, text.length - 1]) {
      await writeFile(join(folder, "a", "cut.json"), text.slice(0, length));
      const cut = await runHere(["ledger", "--results", folder]);
      assert.is(cut.code, 1);
      assert.match(cut.stderr, join(folder, "a", "cut.json"));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the table keeps to its width, the page has every row", () => {
  const rows = buildLedger([]);
  for (const line of renderLedger(rows, source).split("\n")) {
    assert.ok([...line].length <= 100, line);
  }
  const lines = renderLedgerMarkdown(rows, source).split("\n").filter((line) =>
    /^\| \d+ \|/.test(line)
  );
  assert.is(lines.length, 114);
});

/** Without what a formatter of Markdown may change: widths of columns, rules, breaks of lines. */
function content(markdown: string): string {
  return markdown.split("\n").filter((line) => !/^\|[ :|-]+\|$/.test(line)).join(" ")
    .replace(/\s+/g, " ");
}

test("docs/ledger.md is what the evidence gives", async () => {
  const page = await readFile(join(root, "docs", "ledger.md"), "utf8");
  const found = await readResults(join(root, "results"));
  const made = renderLedgerMarkdown(buildLedger(found), {
    folder: "results",
    records: found.length,
  });
  assert.ok(
    content(page) === content(made),
    "docs/ledger.md is older than results/: npx -y deno task audit ledger --markdown > docs/ledger.md",
  );
});

test.run();
