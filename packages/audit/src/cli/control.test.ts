// Controls from the command line to their files. Oracles: the specification of the files; the
// metamorphic properties that an interruption changes no file, and that measuring the checkpoints of
// an audit finds what was measured when they were written.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeCheckpoint, encodeCheckpoint } from "@fa/methods";
import { type JsonObject, parseEvidence } from "@fa/protocol";
import type { ControlRecord } from "../control/control_record.ts";
import { formatSums, sha256 } from "../folder/sums.ts";
import { filesBelow, resultsIn, runHere, runMain, sameFiles } from "./_test_cli.ts";

const test = suite("control");

const small = [
  ...["--preset", "tiny", "--epochs", "2", "--batch", "640", "--workers", "1"],
  ...["--width", "8", "--depth", "2", "--limit", "1280"],
];

let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fa-control-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

async function recordIn(out: string): Promise<ControlRecord> {
  return JSON.parse(await readFile(join(out, "control.json"), "utf8"));
}

/** Makes the files of a run those of a version that knew neither probes nor schedules that stop. */
async function makeOlder(run: string): Promise<void> {
  const [name, evidence] = ["checkpoint-epoch-0002.safetensors", "evidence.json"] as const;
  const bytes = await readFile(join(run, name));
  const { model, trainer, record } = await decodeCheckpoint(new Uint8Array(bytes));
  const { stopAfter: _, probes: __, ...spec } = record["spec"] as JsonObject;
  const older = await encodeCheckpoint({ model, trainer: trainer!, record: { ...record, spec } });
  const found = JSON.parse(await readFile(join(run, evidence), "utf8"));
  delete found.configuration.stopAfter;
  delete found.configuration.probes;
  const text = new TextEncoder().encode(JSON.stringify(found));
  await writeFile(join(run, name), older);
  await writeFile(join(run, evidence), text);
  const sums = { [name]: await sha256(older), [evidence]: await sha256(text) };
  await writeFile(join(run, "SHA256SUMS"), formatSums(sums));
}

test("lists all controls", async () => {
  const { code, stdout } = await runHere(["control"]);
  assert.is(code, 0);
  assert.match(stdout, /^ +quick: up to three minutes; paper: 15 runs of 30 epochs$/m);
  for (const name of ["lambda-sweep", "null", "ladder", "decision-utility"]) {
    assert.match(stdout, new RegExp(`^  ${name} +\\S`, "m"));
  }
});

test("writes record, report and runs, the same after an interruption", async () => {
  const out = join(folder, "whole");
  const args = ["control", "capacity-cost", ...small, "--methods", "dfa"];
  const found = await runHere([...args, "--out", out]);
  assert.is(found.code, 0, found.stderr);
  assert.match(found.stdout, /^Control capacity-cost\n/);
  assert.match(found.stdout, "Not the paper's setting: data synthetic (paper CIFAR-10), d=8");
  const whole = await resultsIn(out);
  const ids = ["dfa-lambda-0-42", "dfa-lambda-0-frozen-42", "dfa-lambda-1e-2-42"];
  assert.equal([...whole.keys()], [
    ...["configuration.json", "control.json", "control.md"],
    ...ids.flatMap((id) =>
      ["SHA256SUMS", "checkpoint-epoch-0002.safetensors", "evidence.json"]
        .map((name) => `runs/${id}/${name}`)
    ),
  ]);
  const record = await recordIn(out);
  assert.equal([record.kind, record.schemaVersion, record.name], [
    "fa-control",
    1,
    "capacity-cost",
  ]);
  assert.equal(record.conditions.map(({ baselines }) => baselines), [[ids[1]], [ids[1]]]);
  assert.is(record.configuration["control"], "capacity-cost");

  const again = join(folder, "again");
  const stopped = await runMain([...args, "--out", again], { at: "done dfa-lambda-0-42" });
  assert.is(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, "stopped: 1 of 3 runs ");
  assert.match(stopped.stderr, "started again, the control goes on with what is kept");
  const resumed = await runHere(["control", "capacity-cost", "--out", again, "--quiet", "--json"]);
  assert.is(resumed.code, 0, resumed.stderr);
  sameFiles(await resultsIn(again), whole);
  assert.equal(JSON.parse(resumed.stdout), JSON.parse(JSON.stringify(record)));
});

test("folders of controls and audits are not mixed", async () => {
  const out = join(folder, "whole");
  const before = await filesBelow(out);
  const other = await runHere(["control", "ladder", "--out", out]);
  assert.is(other.code, 1);
  assert.match(other.stderr, "holds the control capacity-cost: ladder");
  const audit = await runHere([...small, "--out", out]);
  assert.is(audit.code, 1);
  assert.match(audit.stderr, "its kind and version are fa-control-configuration 1");
  sameFiles(await filesBelow(out), before);
});

test("measures the checkpoints of a finished audit, of an older version too", async () => {
  const [audit, probed] = ["audit", "probed"].map((name) => join(folder, name)) as [string, string];
  const trained = [
    "--methods",
    "dfa",
    "--no-controls",
    "--no-baselines",
    ...small,
    "--seeds",
    "1,2",
    "--quiet",
  ];
  for (const [out, when] of [[audit, "none"], [probed, "final"]] as const) {
    const found = await runHere([...trained, "--probes", when, "--out", out]);
    assert.is(found.code, 0, found.stderr);
  }
  await makeOlder(join(audit, "runs", "dfa-1"));
  const before = await filesBelow(audit);
  const out = join(folder, "from");
  const found = await runHere(["control", "null", "--from", audit, "--quiet", "--out", out]);
  assert.is(found.code, 0, found.stderr);
  sameFiles(await filesBelow(audit), before);

  const probesIn = async (path: string) =>
    parseEvidence(await readFile(path, "utf8"), path).epochs.at(-1)!.probes;
  for (const seed of [1, 2]) {
    const expected = await probesIn(join(probed, "runs", `dfa-${seed}`, "evidence.json"));
    assert.ok(expected?.null);
    assert.equal(
      await probesIn(join(out, "runs", `dfa-lambda-0-${seed}`, "evidence.json")),
      expected,
    );
  }
  const { conditions, tables } = await recordIn(out);
  assert.equal(conditions.map(({ label }) => label), ["DFA, λ=0"]);
  assert.is(tables[0]!.title, "DFA, λ=0: 20 fresh draws for each seed");

  // Started again, it judges what is there.
  const again = await runHere(["control", "null", "--from", audit, "--json", "--out", out]);
  assert.is(again.code, 0, again.stderr);
  assert.equal(JSON.parse(again.stdout), await recordIn(out));
});

test("judges the evidence of a finished audit", async () => {
  const audit = join(folder, "audit");
  for (const name of ["thresholds", "first-fire", "decision-utility"]) {
    const out = join(folder, name);
    const found = await runHere(["control", name, "--from", audit, "--quiet", "--out", out]);
    assert.is(found.code, 0, found.stderr);
    assert.equal((await readdir(out)).sort(), ["configuration.json", "control.json", "control.md"]);
  }
});

// Oracle: documented contract: what is left out is said, on stderr and in the record.
test("says which runs it leaves out", async () => {
  const audit = join(folder, "audit");
  const sums = join(audit, "runs", "dfa-2", "SHA256SUMS");
  const kept = await readFile(sums);
  await rm(sums);
  const out = join(folder, "part");
  const found = await runHere(["control", "first-fire", "--from", audit, "--quiet", "--out", out]);
  await writeFile(sums, kept);
  assert.is(found.code, 0, found.stderr);
  const line = `Left out, as they are not finished: ${join("runs", "dfa-2")}.`;
  assert.is(found.stderr, `${line}\n`);
  const { notes, conditions } = await recordIn(out);
  assert.ok(notes.includes(line));
  assert.equal(conditions.map(({ runs }) => runs), [["dfa-lambda-0-1"]]);
});

test("the help is of controls", async () => {
  const { code, stdout } = await runHere(["control", "--help"]);
  assert.is(code, 0);
  const text = stdout.replace(/\s+/g, " ");
  assert.match(text, "print control.json instead of the findings");
  assert.match(text, "audit-out/control-<name>-<preset>-<configuration hash>");
  assert.not.match(text, "self-controls run");
  assert.not.match(text, "audit.json");
});

test("refuses damaged runs", async () => {
  const audit = join(folder, "audit");
  const path = join(audit, "runs", "dfa-1", "checkpoint-epoch-0002.safetensors");
  const bytes = await readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, bytes);
  const out = join(folder, "damaged");
  const found = await runHere(["control", "rho", "--from", audit, "--quiet", "--out", out]);
  assert.is(found.code, 1);
  assert.match(found.stderr, `error: Cannot use ${path} as it has not the checksum in SHA256SUMS`);
});

test("a wrong command line", async () => {
  const refuses = async (args: readonly string[], code: number, part: string) => {
    const found = await runHere(["control", ...args]);
    assert.is(found.code, code, `${args}\n${found.stderr}`);
    assert.is(found.stdout, "");
    assert.match(found.stderr, /^error: [^\n]+\n$/);
    assert.ok(found.stderr.includes(part), found.stderr);
  };
  await refuses(
    ["lamda-sweep"],
    2,
    "Cannot find control 'lamda-sweep': did you mean 'lambda-sweep'?",
  );
  await refuses(["--from", folder], 2, "as none is named beside --from: audit control NAME");
  await refuses(["ladder", "--lambda", "1"], 2, "unknown option '--lambda'");
  await refuses(["ladder", "--seeds", "x"], 2, "--seeds as it must be an integer: 'x'");
  await refuses(["ladder", "--from", folder], 2, "it trains runs of its own");
  await refuses(["null", "--from", folder, "--epochs", "3"], 2, "options that choose what is run");
  await refuses(["null", "--from", join(folder, "no")], 1, "it has no configuration.json");
  await refuses(["null", "--data", "cifar10"], 2, "add --data-dir <folder>");
  await refuses(["null", "--policy", "lenient"], 2, "Cannot find policy 'lenient'");
});

test.run();
