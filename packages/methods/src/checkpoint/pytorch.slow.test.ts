// The PyTorch program of docs/checkpoints.md, run as it is printed there. Oracle: PyTorch's logits with
// the weights of a checkpoint that was written here, and Python's own SHA-256.
import { ResidualMLP } from "@fa/models";
import { normal, Rng } from "@fa/tensor";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTrainer } from "../create_trainer.ts";
import { encodeCheckpoint } from "./encode_checkpoint.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

function run(python: string, args: string[], cwd: string) {
  const env = { ...process.env, PYTHONPATH: join(root, "tools", "pytorch") };
  const result = spawnSync(python, ["-B", ...args], {
    cwd,
    env,
    encoding: "utf8",
    timeout: 120_000,
  });
  return { code: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}

const candidates = [process.env["PYTHON"], "python3", "python", "/usr/bin/python3"];
const python = candidates.find((name) =>
  name && run(name, ["-c", "import torch, numpy"], root).code === 0
);
const test = suite("checkpoints in PyTorch");
const title = "PyTorch loads the weights of a checkpoint by name, as docs/checkpoints.md shows";
const guide = await readFile(join(root, "docs", "checkpoints.md"), "utf8");
const programs = [...guide.matchAll(/```python\n(.*?)```/gs)].map((match) => match[1]!);

if (python === undefined) {
  console.log(`skip "${title}": no python3 with torch (PYTHON names another)`);
  test.skip(title);
} else {
  test(title, async () => {
    assert.is(programs.length, 2, "one program loads weights, one checks the hash");
    const rng = Rng.fromSeed(3), dtype = "float64";
    const sizes = { inputSize: 12, width: 8, depth: 2, classes: 4 };
    const net = new ResidualMLP({ ...sizes, dtype, rng: rng.fork("model") });
    const trainer = createTrainer("dfa", net, { rng: rng.fork("auxiliary") });
    const x = normal(rng.fork("x"), [5, 12], { dtype });
    for (let i = 0; i < 3; i++) trainer.step(x, [0, 1, 2, 3, 0], { lr: 1e-2 });
    const bytes = await encodeCheckpoint({
      model: net.namedParameters(),
      trainer: trainer.state(),
      record: { note: "größe" },
    });
    const folder = await mkdtemp(join(tmpdir(), "fa-checkpoint-"));
    try {
      await writeFile(join(folder, "epoch-3.safetensors"), bytes);
      const batch = JSON.stringify(Array.from({ length: 5 }, (_, b) => [
        ...x.dataSync().subarray(12 * b, 12 * (b + 1)),
      ]));
      const ask = `\nimport json, torch\nx = torch.tensor(${batch}, dtype=torch.float64)\n` +
        "print(json.dumps(model(x).flatten().tolist()))\n";
      const { code, stdout, stderr } = run(python, ["-c", programs.join("\n") + ask], folder);
      assert.is(code, 0, stderr);
      const logits: number[] = JSON.parse(stdout.trim().split("\n").at(-1)!);
      const own = net.forward(x).dataSync();
      const scale = Math.max(...own.map(Math.abs));
      assert.is(logits.length, own.length);
      logits.forEach((v, i) => assert.ok(Math.abs(v - own[i]!) <= 1e-12 * scale, `logits[${i}]`));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

test.run();
