// Our own engine.
import { readFile } from "node:fs/promises";
import {
  type Backend,
  detach,
  matmul,
  parameter,
  scope,
  setDefaultBackend,
  type Tensor,
  tensor,
} from "@fa/tensor";
import { openBackend } from "../backends.ts";
import { serve } from "../child.ts";
import { peak } from "../peak.ts";
import { makeStep } from "../train.ts";

await serve(async ({ backend, dtype }, problem) => {
  const manifest = new URL("../../packages/tensor/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const clock = { ms: 0 };
  setDefaultBackend(withClock(await openBackend(backend), clock));
  return {
    version,
    productMs: () => clock.ms,
    ...(backend === "wasm" && {
      peak(gflop: number) {
        const { run, operations } = peak(dtype);
        const calls = 100; // short ones, as engines compile better what is called often
        const n = Math.round(gflop * 1e9 / operations / calls);
        return () => {
          for (let i = 0; i < calls; i++) run(n);
        };
      },
    }),
    trainer: (method) => makeStep(problem, { method, dtype }),
    product({ m, k, n, transposeA, transposeB }, a, b) {
      const left = pinned(tensor(a, { shape: transposeA ? [k, m] : [m, k], dtype }));
      const right = pinned(tensor(b, { shape: transposeB ? [n, k] : [k, n], dtype }));
      const multiply = () => matmul(left, right, { transposeA, transposeB });
      return {
        run: () => scope(() => void multiply()),
        values: () => multiply().dataSync(),
      };
    },
  };
});

/** A tensor where kernels reach it without a copy, as weights and activations are in a step. */
function pinned(t: Tensor): Tensor {
  return detach(parameter(t));
}

/** The backend, with the time that its matrix products take added to the clock. */
function withClock(backend: Backend, clock: { ms: number }): Backend {
  const matmul: Backend["kernels"]["matmul"] = (...operands) => {
    const start = performance.now();
    backend.kernels.matmul(...operands);
    clock.ms += performance.now() - start;
  };
  const kernels = Object.create(backend.kernels, { matmul: { value: matmul } });
  return Object.create(backend, { kernels: { value: kernels } });
}
