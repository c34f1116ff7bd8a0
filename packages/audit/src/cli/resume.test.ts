// Audits that are stopped, killed and started again. Oracle: the audit that nobody interrupted: every
// file but run.json must have the same bytes.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesBelow, resultsIn, runHere, runMain, sameFiles } from "./_test_cli.ts";

const test = suite("resume");

// Two runs of six epochs of two steps each, so that what is written counts for most.
const small = [
  ...["--preset", "tiny", "--methods", "dfa", "--epochs", "6", "--batch", "640", "--no-controls"],
  ...["--width", "8", "--depth", "2", "--limit", "1280", "--keep-epochs", "1", "--workers", "1"],
];
const ids = ["dfa-42", "dfa-frozen-42"];

let folder: string;
let expected: Map<string, string>;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fa-resume-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

// Oracle: specification: one of two is refused, and disturbs nothing.
test("two at the same time exclude each other", async () => {
  const out = join(folder, "first");
  const both = await Promise.all([1, 2].map(() => runHere([...small, "--out", out])));
  both.sort((a, b) => a.code! - b.code!);
  assert.equal(both.map(({ code }) => code), [0, 1], both[0]!.stderr + both[1]!.stderr);
  const refusal = `error: Cannot use ${out} as another audit is writing to it: pid `;
  assert.ok(both[1]!.stderr.includes(refusal), both[1]!.stderr);
  expected = await resultsIn(out);
  assert.equal(
    [...expected.keys()].slice(3),
    ids.flatMap((id) => [
      `runs/${id}/SHA256SUMS`,
      `runs/${id}/checkpoint-epoch-0001.safetensors`,
      `runs/${id}/checkpoint-epoch-0006.safetensors`,
      `runs/${id}/evidence.json`,
    ]),
  );
});

test("another configuration is refused", async () => {
  const out = join(folder, "first");
  const other = await runHere([...small, "--seeds", "7,8", "--epochs", "4", "--out", out]);
  assert.is(other.code, 1);
  assert.match(
    other.stderr,
    `error: Cannot go on in ${out} as it holds an audit of another configuration ` +
      `(seeds: 42 there, 7, 8 asked for; epochs: 6 there, 4 asked for): choose another folder`,
  );
  sameFiles(await resultsIn(out), expected);
});

// Oracle: specification: what is there, not the program's default, says what was not said.
test("goes on with the preset that is there", async () => {
  const out = join(folder, "first");
  const other = await runHere(["--epochs", "4", "--out", out]);
  assert.is(other.code, 1);
  assert.match(other.stderr, "; epochs: 6 there, 4 asked for; width: 8 there, 32 asked for; ");
  assert.not.match(other.stderr, "rules.");
  const named = await runHere([...small, "--preset", "quick", "--seeds", "42", "--out", out]);
  assert.equal([named.code, named.stderr], [0, ""]);
  sameFiles(await resultsIn(out), expected);
});

test("goes on after Ctrl-C and SIGTERM, then prints what is there at once", async () => {
  const out = join(folder, "stopped");
  const again = ["--out", out, "--workers", "1"];

  const first = await runMain([...small, "--out", out], { at: "done dfa-42" });
  assert.is(first.code, 130, first.stderr);
  assert.is(first.stdout, "");
  const said =
    /^stopped: 1 of 2 runs were finished.*; started again, the audit goes on with .*stopped$/m;
  assert.match(first.stderr, said);
  assert.not.ok([...(await filesBelow(out)).keys()].some((name) => name.startsWith(".")));

  const second = await runMain(again, { at: "kept dfa-42", signal: "SIGTERM" });
  assert.is(second.code, 143, second.stderr);

  const third = await runHere(again);
  assert.is(third.code, 0, third.stderr);
  assert.match(third.stderr, /^resuming: 1 of 2 runs were finished/);
  assert.match(third.stderr, /^kept dfa-42 {2}accuracy /m);
  assert.match(third.stderr, /^done dfa-frozen-42 .* 2 of 2 runs$/m);
  sameFiles(await resultsIn(out), expected);

  const { starts } = JSON.parse(await readFile(join(out, "run.json"), "utf8"));
  assert.equal(starts.map((start: { outcome: string }) => start.outcome), [
    "stopped",
    "stopped",
    "finished",
  ]);
  const fourth = await runHere(again);
  assert.equal([fourth.code, fourth.stderr, fourth.stdout], [0, "", third.stdout]);
  sameFiles(await resultsIn(out), expected);
});

test("goes on after kill -9, and starts damaged runs again", async () => {
  const out = join(folder, "killed");
  const first = await runMain([...small, "--out", out], { at: "done dfa-42", signal: "SIGKILL" });
  assert.is(first.code, null, first.stderr);
  await writeFile(join(out, "runs", "dfa-42", ".evidence.json.0123abcd.tmp"), "half");
  const second = await runHere([...small, "--out", out]);
  assert.is(second.code, 0, second.stderr);
  assert.match(second.stderr, /^waiting to see whether another audit/);
  sameFiles(await resultsIn(out), expected);

  // A flipped bit, a file that was cut off, a file that is gone.
  const at = (name: string) => join(out, "runs", name);
  const checkpoint = at("dfa-42/checkpoint-epoch-0006.safetensors");
  const bytes = await readFile(checkpoint);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(checkpoint, bytes);
  await writeFile(at("dfa-frozen-42/evidence.json"), "{");
  await rm(join(out, "audit.md"));
  const third = await runHere([...small, "--out", out]);
  assert.is(third.code, 0, third.stderr);
  const lines = third.stderr.split("\n");
  const damaged = "dfa-42 goes on from epoch 1: Cannot read checkpoint-epoch-0006.safetensors as ";
  assert.ok(lines[0]!.startsWith(damaged), lines[0]);
  assert.is(lines[1], "dfa-frozen-42 goes on from epoch 6: evidence.json is damaged");
  assert.is(lines[2], "resuming: 0 of 2 runs were finished, 2 go on from epochs 1 to 6");
  sameFiles(await resultsIn(out), expected);
});

test.run();
