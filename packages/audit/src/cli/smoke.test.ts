// `audit smoke`. Oracles: what the audit itself recorded; and mistakes that are made on purpose, every
// checksum renewed, each of which must show.

import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeCheckpoint, encodeCheckpoint, methodNames } from "@fa/methods";
import type { ProbesWhen } from "../run/run_spec.ts";
import { runHere } from "./_test_cli.ts";

const test = suite("audit smoke");

let folder: string;
let out: string;

/** Makes a small audit of these methods. */
async function audit(
  methods: readonly string[],
  out: string,
  probes: ProbesWhen = "final",
): Promise<void> {
  const made = await runHere([
    ...["--preset", "tiny", "--methods", methods.join(), "--no-controls", "--no-baselines"],
    ...["--epochs", "1", "--batch", "640", "--limit", "1280", "--width", "8", "--depth", "2"],
    ...["--out", out, "--quiet", "--probes", probes],
  ]);
  assert.equal([made.code, made.stderr], [0, ""]);
}

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fa-smoke-"));
  out = join(folder, "two");
  await audit(["bp", "dfa"], out, "none");
});
test.after(() => rm(folder, { recursive: true, force: true }));

test("every method's checkpoint gives the recorded numbers and verdicts", async () => {
  const all = join(folder, "all");
  await audit(methodNames, all);
  const found = await runHere(["smoke", all]);
  assert.equal([found.code, found.stderr], [0, ""], found.stdout);
  const count = 2 * methodNames.length + 2; // and the self-controls, which did not run
  assert.match(found.stdout, `bit for bit.\n${count} checked, 0 differ\n`);
  for (const method of methodNames) {
    assert.match(found.stdout, new RegExp(`^${method}-42 +same +epoch 1, \\d+ auxiliary`, "m"));
    assert.match(found.stdout, new RegExp(`^${method.toUpperCase()} +same +\\w+`, "m"));
  }
  assert.match(found.stdout, /^bp-42 .* 0 auxiliary tensors$/m);
  assert.match(found.stdout, /^dfa-42 .* 2 auxiliary tensors$/m); // one matrix for each block
});

/** Replaces a file of a run, checksum included; checks what smoke says; puts it back. */
async function withOther(
  path: string,
  change: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  expected: RegExp,
  differ: number,
  folder = out,
): Promise<void> {
  const [file, sumsFile] = [join(folder, path), join(folder, path, "..", "SHA256SUMS")];
  const bytes = await readFile(file);
  const sums = await readFile(sumsFile, "utf8").catch(() => undefined);
  const other = await change(bytes);
  const [before, after] = [bytes, other].map((b) => createHash("sha256").update(b).digest("hex"));
  await writeFile(file, other);
  if (sums !== undefined) await writeFile(sumsFile, sums.replace(before!, after!));
  const found = await runHere(["smoke", folder]);
  await writeFile(file, bytes);
  if (sums !== undefined) await writeFile(sumsFile, sums);
  assert.is(found.code, 1, found.stdout);
  assert.match(found.stdout, expected);
  assert.match(found.stdout, new RegExp(`^\\d+ checked, ${differ} differ$`, "m"));
}

const asText = (change: (text: string) => string) => (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(change(new TextDecoder().decode(bytes)));

/** A checkpoint in which one value of one tensor is another. */
const withTensor = (name: string) => async (bytes: Uint8Array): Promise<Uint8Array> => {
  const { model, trainer, record } = await decodeCheckpoint(bytes);
  const tensor = model.get(name) ?? trainer!.tensors.get(name)!;
  const values = (await tensor.data()).slice();
  values[0]! += 1;
  tensor.assign(values);
  return await encodeCheckpoint({ model, record, ...(trainer && { trainer }) });
};

const last = "checkpoint-epoch-0001.safetensors";

test("a weight or a feedback matrix of which one value is another shows", async () => {
  await withOther(
    `runs/dfa-42/${last}`,
    withTensor("blocks.0.w1.weight"),
    /^dfa-42 +DIFFERS +epoch 1, 2 auxiliary tensors: other .*hiddenNorms/m,
    1,
  );
  await withOther(
    `runs/dfa-42/${last}`,
    withTensor("auxiliary.feedback.1"),
    /^dfa-42 +DIFFERS +epoch 1, 2 auxiliary tensors: other gamma$/m,
    1,
  );
});

test("evidence and verdicts that were altered show", async () => {
  await withOther(
    "runs/bp-42/evidence.json",
    asText((text) => {
      const evidence = JSON.parse(text);
      evidence.epochs[0].snapshot.stability.value *= 1 + 2 ** -50;
      return JSON.stringify(evidence);
    }),
    /^bp-42 +DIFFERS +epoch 1, 0 auxiliary tensors: other stability$/m,
    1,
  );
  await withOther(
    "audit.json",
    asText((text) => text.replaceAll('"not-assessable"', '"trustworthy"')),
    /^\w+ +DIFFERS +not-assessable$/m,
    2,
  );
});

test("probes that were altered, left out or made up show", async () => {
  const withProbes = (change: (last: { [name: string]: unknown }) => void) =>
    asText((text) => {
      const evidence = JSON.parse(text);
      change(evidence.epochs[0]);
      return JSON.stringify(evidence);
    });
  const evidence = "runs/dfa-42/evidence.json";
  const probed = join(folder, "probed");
  await audit(["dfa"], probed);
  const before = JSON.parse(await readFile(join(probed, evidence), "utf8")).epochs[0].probes;
  const nudging = { ...before.nudging, eta: 0.02 };
  const other = (part: string) =>
    new RegExp(`^dfa-42 +DIFFERS +epoch 1, 2 auxiliary tensors: other ${part}$`, "m");
  const change = (path: string, change: Parameters<typeof withProbes>[0], expected: RegExp) =>
    withOther(path, withProbes(change), expected, 1, probed);
  await change(evidence, (last) => last.probes = { ...before, nudging }, other("nudging"));
  await change(
    evidence,
    (last) => delete last.probes,
    other("perturbation, nudging, null, precision"),
  );
  await withOther(
    evidence,
    withProbes((last) => last.probes = { nudging }),
    other("nudging"),
    1,
  );
  await withOther(
    `runs/dfa-42/${last}`,
    withTensor("auxiliary.feedback.1"),
    other("gamma, perturbation, nudging, null"),
    1,
    probed,
  );
});

type Report = {
  methods: { [name: string]: unknown }[];
  selfControls: { [name: string]: unknown }[];
};

/** Another record of the audit. */
const withReport = (change: (report: Report) => void) =>
  asText((text) => {
    const report = JSON.parse(text);
    change(report);
    return JSON.stringify(report);
  });

// Oracle: specification: what follows from the runs must all be there, and nothing else.
test("verdicts and self-controls that are missing, doubled or made up show", async () => {
  const missing = /^BP +DIFFERS +[\w-]+, which audit\.json does not say$/m;
  await withOther("audit.json", withReport((report) => report.methods = []), missing, 2);
  await withOther("audit.json", withReport(({ methods }) => methods.shift()), missing, 1);
  await withOther(
    "audit.json",
    withReport(({ methods }) => methods.push({ ...methods[0], verdict: { verdict: "good" } })),
    /^BP +DIFFERS +[\w-]+, of which audit\.json says more than one thing$/m,
    1,
  );
  await withOther(
    "audit.json",
    withReport(({ methods }) => methods.push({ ...methods[0], method: "ep" })),
    /^EP +DIFFERS +nothing, as it is no part of this audit$/m,
    1,
  );
  await withOther(
    "audit.json",
    withReport(({ methods }) => delete methods[0]!.verdict),
    /^BP +DIFFERS +[\w-]+$/m,
    1,
  );
  await withOther(
    "audit.json",
    withReport(({ selfControls }) => selfControls[0]!.met = true),
    /^dfa-penalty-silent +DIFFERS +\? open$/m,
    1,
  );
  await withOther(
    "audit.json",
    withReport((report) => report.selfControls = []),
    /^bp-permuted-not-trustworthy +DIFFERS +\? open, which audit\.json does not say$/m,
    2,
  );
});

// Oracle: specification: a line that names the file, and no message of the engine.
test("a record or a configuration of another form is refused", async () => {
  const cases: [string, string, RegExp][] = [
    ["audit.json", "null", /as it is not the record of an audit\n$/],
    ["audit.json", "{", /as it is no JSON: /],
    ...["null", '"bp"', "{}", "[null]", '[{"verdict":{}}]'].map((methods): typeof cases[number] => [
      "audit.json",
      `{"kind":"fa-audit","selfControls":[],"methods":${methods}}`,
      /as it is not the record of an audit: every method must be named\n$/,
    ]),
    [
      "audit.json",
      '{"kind":"fa-audit","methods":[],"selfControls":[7]}',
      /as it is not the record of an audit: every self-control must be named\n$/,
    ],
    [
      "configuration.json",
      '{"kind":"fa-audit-configuration","schemaVersion":1}',
      /as its configuration\.json cannot be used: its preset must be a string: missing\n$/,
    ],
  ];
  for (const [name, text, part] of cases) {
    const path = join(out, name);
    const before = await readFile(path);
    await writeFile(path, text);
    const { code, stdout, stderr } = await runHere(["smoke", out]);
    await writeFile(path, before);
    assert.equal([code, stdout], [1, ""]);
    assert.match(
      stderr,
      name === "audit.json" ? `error: Cannot use ${path} ` : `Cannot check ${out}`,
    );
    assert.match(stderr, part);
  }
});

test("files that are damaged or missing are named", async () => {
  const path = join(out, "runs", "bp-42", "evidence.json");
  const bytes = await readFile(path);
  await writeFile(path, "{}");
  const damaged = await runHere(["smoke", out]);
  await writeFile(path, bytes);
  assert.is(damaged.code, 1);
  assert.match(damaged.stdout, /^bp-42 +DIFFERS +evidence\.json is damaged$/m);
  assert.match(damaged.stdout, /^BP +DIFFERS +not to be had as a run could not be measured$/m);

  for (
    const [name, part] of [["audit.json", "is not finished"], ["configuration.json", "no conf"]]
  ) {
    const text = await readFile(join(out, name!));
    await rm(join(out, name!));
    const { code, stderr } = await runHere(["smoke", out]);
    await writeFile(join(out, name!), text);
    assert.is(code, 1);
    assert.match(stderr, /^error: Cannot check [^\n]+\n$/);
    assert.match(stderr, part!);
  }
  assert.match((await runHere(["smoke"])).stderr, "missing required argument 'folder'");
  assert.is((await runHere(["smoke", out, "--data-dir", "x"])).code, 2);
  assert.is((await runHere(["smoke", out])).code, 0);
});

test.run();
