// `audit form`. Oracles: audit.json itself, whose numbers the form must repeat; the t-interval from
// its definition; and mistakes made on purpose in the record.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured } from "@fa/protocol";
import type { AuditReport } from "@fa/protocol/report";
import { exampleReport } from "../output/_test_report.ts";
import { renderForm } from "../output/render_form.ts";
import { runHere } from "./_test_cli.ts";

const test = suite("audit form");

let folder: string;
let out: string;
let report: AuditReport;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fa-form-"));
  out = join(folder, "audit");
  const made = await runHere([
    ...["--preset", "tiny", "--methods", "dfa", "--seeds", "1,2", "--no-controls"],
    ...[
      "--probes",
      "none",
      "--epochs",
      "1",
      "--batch",
      "640",
      "--limit",
      "1280",
      "--width",
      "8",
      "--depth",
      "2",
    ],
    ...["--out", out, "--quiet"],
  ]);
  assert.equal([made.code, made.stderr], [0, ""]);
  report = JSON.parse(await readFile(join(out, "audit.json"), "utf8"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const plainText = (markdown: string) => markdown.replaceAll("\\", "");

test("the numbers are those of audit.json", async () => {
  const found = await runHere(["form", out]);
  assert.equal([found.code, found.stderr], [0, ""]);
  const text = plainText(found.stdout);
  for (const method of report.methods) {
    const form = text.slice(text.indexOf(`## ${method.method.toUpperCase()}\n`));
    const parts = [
      method.accuracy.text,
      method.frozenAccuracy.text,
      method.depthUtility.text,
      `${method.verdict.verdict}: ${method.verdict.reason}`,
      ...method.gamma.regimeText === "" ? [] : [method.gamma.regimeText],
      ...method.modes.flatMap(({ evidence }) => evidence),
      ...report.seedSupport[0]!.statements,
    ];
    for (const part of parts) assert.ok(form.includes(part), `${method.method}: ${part}`);
    for (const { headline, deepOurs } of [method.gamma]) {
      for (const { mean } of [headline, deepOurs]) {
        if (isMeasured(mean)) assert.ok(form.includes(mean.toFixed(3)), `Γ ${mean}`);
      }
    }
    // 95 % of Student's t with one degree of freedom: ±12.7062 · s / √2.
    const { mean, sampleStandardDeviation: s } = method.accuracy;
    const half = 12.706204736174694 / Math.sqrt(2) * (s as number);
    const interval = [-half, half].map((x) => ((mean as number) + x).toFixed(4)).join(", ");
    assert.ok(form.includes(`[${interval}]`), interval);
  }
  assert.match(text, "epochs | 1 |");
  assert.match(text, "| 1, 2 (n=2 seeds) |");
  assert.match(text, /passport, seed 2: SHA-256 of the feedback \| [0-9a-f]{64} /);
  assert.match(text, /audit --preset tiny .*--seeds 1,2 .*--width 8 --depth 2 .*--no-controls/);
});

test("what was not measured says so, with its reason", () => {
  const options = { command: "?" };
  const one = exampleReport();
  const form = plainText(renderForm(one, "dfa", options));
  assert.match(form, "| ρ | not measured: no run was probed for it |");
  assert.match(form, "0.101 ± 0.000 (below floor)");
  assert.match(form, "7.7e-8 < 1e-7; ● fired; fired in 1 of 2 seeds");
  assert.not.match(form, /undefined|NaN|\[object/);
  assert.match(form, "passport, seed 123: reduction");
  const bare = JSON.parse(JSON.stringify(one));
  for (const seed of bare.methods[1].perSeed) seed.gamma.passport = null;
  assert.match(
    plainText(renderForm(bare, "dfa", options)),
    "passport, seed 42: all | not measured: the record of this seed has none",
  );
  assert.throws(() => renderForm(one, "ep", options), "has methods bp, dfa: ep");
});

test("a number that was altered in the record is altered in the form", async () => {
  const path = join(out, "audit.json");
  const before = await readFile(path, "utf8");
  const other = JSON.parse(before);
  other.methods[0].accuracy.text = "0.987 ± 0.001, n=2 seeds";
  await writeFile(path, JSON.stringify(other));
  const found = await runHere(["form", out, "--methods", "dfa"]);
  await writeFile(path, before);
  assert.match(found.stdout, "| test accuracy | 0.987 ± 0.001, n=2 seeds |");
});

test("other records are refused in a line", async () => {
  const cases = [[undefined, "is missing"], ["{", "must be JSON"], ["null", "in version 2: \\["], [
    '{"kind":"fa-audit","schemaVersion":1}',
    'version 2: \\["fa-audit",1\\]',
  ]] as const;
  for (const [text, part] of cases) {
    const path = join(folder, "audit.json");
    await rm(path, { force: true });
    if (text !== undefined) await writeFile(path, text);
    const found = await runHere(["form", folder]);
    assert.equal([found.code, found.stdout], [1, ""], part);
    assert.match(found.stderr, new RegExp(`^error: Cannot fill in the form as [^\\n]*${part}`));
  }
  assert.is((await runHere(["form", out, "--methods", "ep"])).code, 2);
  const file = join(folder, "form.md");
  assert.equal((await runHere(["form", out, "--out", file])).stdout, "");
  assert.is(await readFile(file, "utf8"), (await runHere(["form", out])).stdout);
});

test.run();
