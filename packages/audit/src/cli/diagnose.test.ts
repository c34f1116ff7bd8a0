// `audit diagnose`. Oracle: assessMethod and buildAudit on the same records; the specification of the
// command line: exit code 0 whatever the verdict, 1 for a failure and 2 for a wrong command line, each
// with one line on stderr that says what to do.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exampleEvidence } from "@fa/protocol";
import { assessMethod, buildAudit } from "@fa/protocol/report";
import { encodeSafetensors, Rng, type Tensor, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder, runHere } from "./_test_cli.ts";

const test = suite("audit diagnose");

const runs = [42, 123].map((seed) =>
  exampleEvidence({ method: "mine", seed, hiddenNorms: [9, 9, 900], accuracy: 0.6, gamma: 0.5 })
);
const baselines = [42, 123].map((seed) =>
  exampleEvidence({ method: "mine", seed, role: "baseline", accuracy: 0.3 })
);

/** Writes a bundle of a healthy run and its baseline; returns its folder. */
async function writeBundle(folder: string): Promise<string> {
  const out = join(folder, "bundle");
  await mkdir(out);
  const rng = Rng.fromSeed(1);
  const run = async (role: string, correct: number) => {
    const snapshots = [];
    for (const epoch of [0, 1]) {
      const draw = () =>
        tensor(Array.from({ length: 24 }, () => rng.normal()), { shape: [8, 3], dtype: "float64" });
      const tensors = new Map<string, Tensor>([
        ["hidden.0", draw()],
        ["hidden.1", draw()],
        ["gradient.0", draw()],
        ["gradient.1", draw()],
        ["weight.0.w", tensor([[role === "method" ? epoch + 1 : 1]])],
      ]);
      const file = `${role}-${epoch}.safetensors`;
      await writeFile(join(out, file), await encodeSafetensors(tensors));
      snapshots.push({ epoch, file });
    }
    return {
      ...{ method: "mine", role, seed: 7, creditIndex: "input", creditNormalization: "none" },
      dataset: { name: "toy", split: "all", trainSize: 10, testSize: 100 },
      model: { terminalNorm: true, residual: true },
      ...{ batchSize: 4, backend: "PyTorch", configuration: {} },
      finalAccuracy: { correct, total: 100 },
      snapshots,
    };
  };
  const record = {
    kind: "fa-bundle",
    schemaVersion: 1,
    runs: [await run("method", 60), await run("baseline", 20)],
  };
  await writeFile(join(out, "bundle.json"), JSON.stringify(record));
  return out;
}

async function writeRecords(folder: string): Promise<string[]> {
  const paths = [];
  for (const run of [...baselines, ...runs]) {
    const path = join(folder, `${run.role}-${run.seed}.json`);
    await writeFile(path, JSON.stringify(run));
    paths.push(path);
  }
  return paths;
}

test("records of evidence are judged together, with their baselines", async () => {
  await inTemporaryFolder(async (folder) => {
    const paths = await writeRecords(folder);
    const { code, stdout, stderr } = await runHere(["diagnose", ...paths]);
    assert.equal([code, stderr], [0, ""]);
    assert.match(stdout, /^MINE {2}✗ walk-back\n {2}policy default: \(a\) fired\n/);
    assert.match(stdout, /\(a\) growth +100 > 50 +● fired +2 of 2 seeds/);
    const words = stdout.replace(/\s+/g, " ");
    for (const sentence of assessMethod(runs, baselines).sentences) {
      assert.ok(words.includes(sentence.replace(/\s+/g, " ")), sentence);
    }
    for (const line of stdout.split("\n")) assert.ok([...line].length <= 100, line);

    const json = await runHere(["diagnose", "--json", "--policy", "strict", ...paths]);
    const expected = buildAudit({
      methods: [{ runs, baselines }],
      controls: {},
      policy: "strict",
      configuration: {
        runs: ["mine-baseline-example-42", "mine-baseline-example-123", "mine-42", "mine-123"],
      },
    });
    assert.equal(JSON.parse(json.stdout), JSON.parse(JSON.stringify(expected)));

    const out = join(folder, "report.md");
    await runHere(["diagnose", "--out", out, ...paths]);
    assert.match(await readFile(out, "utf8"), /MINE reads walk-back under policy default/);
  });
});

test("a bundle is judged, and says what could not be", async () => {
  await inTemporaryFolder(async (folder) => {
    const bundle = await writeBundle(folder);
    const { code, stdout, stderr } = await runHere(["diagnose", bundle]);
    assert.equal([code, stderr], [0, ""]);
    assert.match(stdout, /^MINE {2}✓ trustworthy\n/);
    assert.match(stdout, /\(d\) depth utility, points +\+40\.0 ≥ 2 +○ silent/);
    assert.match(stdout, /Not assessable\n {2}• Γ: .*no credits were given/);
    const file = await runHere(["diagnose", join(bundle, "bundle.json")]);
    assert.equal(file, { code, stdout, stderr });

    const alone = JSON.parse(await readFile(join(bundle, "bundle.json"), "utf8"));
    alone.runs.pop();
    await writeFile(join(bundle, "bundle.json"), JSON.stringify(alone));
    const open = await runHere(["diagnose", bundle]);
    assert.is(open.code, 0);
    assert.match(open.stdout, /^MINE {2}\? not-assessable\n/);
    assert.match(open.stdout, /Not assessable\n {2}• \(d\) .*no frozen-blocks baseline/);
  });
});

test("a control is judged beside the method of its name, without that one's baseline", async () => {
  await inTemporaryFolder(async (folder) => {
    const [path] = await writeRecords(folder);
    const control = join(folder, "control.json");
    const seed = 42;
    await writeFile(
      control,
      JSON.stringify(exampleEvidence({ method: "mine", role: "control", seed })),
    );
    const run = join(folder, "method-42.json");
    const { code, stdout } = await runHere(["diagnose", path!, control, run]);
    assert.is(code, 0);
    assert.match(stdout, /^MINE, a control {2}\? not-assessable\n/);
    assert.match(stdout, /\nMINE {2}✗ walk-back\n/);
  });
});

async function refuses(args: readonly string[], code: number, ...parts: string[]): Promise<void> {
  const found = await runHere(["diagnose", ...args]);
  assert.is(found.stdout, "");
  assert.match(found.stderr, /^error: [^\n]+\n$/);
  // deno-lint-ignore no-control-regex
  assert.not.match(found.stderr.slice(0, -1), /[\u0000-\u001f\u007f-\u009f]/);
  for (const part of parts) assert.ok(found.stderr.includes(part), `${found.stderr}: ${part}`);
  assert.is(found.code, code, found.stderr);
}

test("what cannot be judged is one clear line", async () => {
  await inTemporaryFolder(async (folder) => {
    const bundle = await writeBundle(folder);
    const paths = await writeRecords(folder);
    const write = async (name: string, text: string | Uint8Array) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    await refuses([], 2, "missing required argument 'path'");
    await refuses(["--polici", "strict", bundle], 2, "unknown option '--polici'", "--policy");
    await refuses(["--policy", "strct", bundle], 2, "did you mean 'strict'?");
    await refuses(
      ["--policy", join(folder, "no.json"), bundle],
      1,
      "Cannot read policy",
      "there is no such file",
    );
    const missing = join(folder, "bundel");
    await refuses([missing], 1, `Cannot diagnose ${missing} as there is no such file or folder`);
    await mkdir(missing);
    await refuses([missing], 1, "must hold bundle.json or evidence.json: it holds nothing");
    await refuses([await write("a.json", "{")], 1, "a.json as it must be JSON");
    await refuses([await write("a.json", "[]")], 1, "fa-bundle or fa-evidence: found kind nowhere");
    await refuses([await write("a.json", '{"kind":"fa-audit"}')], 1, "record of an audit");
    await refuses([await write("a.json", '{"kind":"fa-evidence"}')], 1, "schemaVersion is missing");
    const escape = '{"kind":"fa-evidence","schemaVersion":2,"\\u001b[2J\\u009b":1}';
    await refuses([await write("a.json", escape)], 1, "unknown field");
    await refuses([await write("a.json", '{"kind":\u001b[2J\u009b}')], 1, "must be JSON");
    await refuses([paths[0]!], 1, "the baseline of mine with seed 42", "needed beside it");
    await refuses([paths[2]!, paths[2]!], 1, "seed 42 appears twice");
    await refuses([paths[2]!, paths[0]!, paths[1]!], 1, "the baseline with seed 123 has no run");

    const file = join(bundle, "method-1.safetensors");
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 1));
    await refuses([bundle], 1, "Cannot read method-1.safetensors as");
    await writeFile(file, "");
    await refuses([bundle], 1, "Cannot read method-1.safetensors as it must begin with 8 bytes");
    const record = JSON.parse(await readFile(join(bundle, "bundle.json"), "utf8"));
    record.runs[0].snapshots[1].file = "gone.safetensors";
    await writeFile(join(bundle, "bundle.json"), JSON.stringify(record));
    await refuses([bundle], 1, "gone.safetensors", "no such file");
    record.runs[0].snapshots[1].file = "../bundle/method-0.safetensors";
    await writeFile(join(bundle, "bundle.json"), JSON.stringify(record));
    await refuses([bundle], 1, "must be the plain name of a .safetensors file");
  });
});

test.run();
