// Oracle: the model's own initial values and the format's reference layout, read with the file alone.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ResidualMLP } from "@fa/models";
import { Rng } from "@fa/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeProblem } from "./make_problem.ts";
import { readProblem } from "./problem.ts";

test("the file holds the model's initial values, the batch, feedback and labels", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fa-bench-"));
  try {
    const path = join(folder, "problem.safetensors");
    await makeProblem(path);
    const { tensors, labels } = await readProblem(path);
    const model = new ResidualMLP({ inputSize: 3072, rng: Rng.fromSeed(42).fork("model") });
    for (const [name, weight] of model.namedParameters()) {
      assert.equal(tensors.get(name)!.shape, weight.shape);
      assert.equal(tensors.get(name)!.values, weight.dataSync(), name);
    }
    assert.equal(tensors.get("x")!.shape, [128, 3072]);
    assert.equal(tensors.get("feedback.3")!.shape, [256, 10]);
    assert.is(tensors.size, model.namedParameters().size + 5);
    assert.equal(labels.slice(8, 12), [8, 9, 0, 1]);

    // As pytorch.py reads it: length, JSON, float32 little-endian.
    const bytes = await readFile(path);
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, start));
    const [from] = header["embed.bias"].data_offsets;
    assert.is(bytes.readFloatLE(start + from), tensors.get("embed.bias")!.values[0]);
    assert.is(header.__metadata__.labels.split(" ").length, 128);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
