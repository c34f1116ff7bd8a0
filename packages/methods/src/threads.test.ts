// Training on several threads. Oracle: metamorphic: the number of threads changes no bit.
import { ResidualMLP } from "@fa/models";
import { type DType, normal, openBackend, Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTrainer } from "./create_trainer.ts";

const test = suite("training on threads");

/** Bytes of all parameters after 20 steps; products are large enough to be shared. */
async function train(
  method: string,
  dtype: DType,
  threads: number,
  limit?: Int32Array,
): Promise<Uint8Array[]> {
  const backend = await openBackend("wasm", { threads, ...(limit && { limit }) });
  const rng = Rng.fromSeed(7);
  const size = { inputSize: 190, width: 70, depth: 2 };
  const model = new ResidualMLP({ ...size, dtype, backend, rng: rng.fork("model") });
  const trainer = createTrainer(method, model, { lambda: 1e-3, rng: rng.fork("auxiliary") });
  const x = normal(rng.fork("x"), [130, size.inputSize], { dtype, backend });
  const y = Array.from({ length: 130 }, (_, b) => b % 10);
  for (let step = 0; step < 20; step++) {
    if (limit) limit[0] = 1 + step % threads;
    trainer.step(x, y, { lr: 1e-2 });
  }
  return [...model.namedParameters().values()].map((parameter) => {
    const { buffer, byteOffset, byteLength } = parameter.dataSync();
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
}

for (const method of ["bp", "dfa"]) {
  for (const dtype of ["float32", "float64"] as const) {
    test(`${method} in ${dtype} gives the same parameters on 1, 2 and 3 threads`, async () => {
      const one = await train(method, dtype, 1);
      const limit = new Int32Array(1);
      for (const [threads, limited] of [[2], [3], [3, limit]] as const) {
        const several = await train(method, dtype, threads, limited);
        assert.is(several.length, one.length);
        several.forEach((bytes, i) => {
          assert.is(bytes.findIndex((byte, at) => byte !== one[i]![at]), -1, `parameter ${i}`);
        });
      }
    });
  }
}

test.run();
