// Oracle: closed forms by hand.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { judgeGoals } from "./goals.ts";
import { makeRows, median, ours } from "./rows.ts";
import { stepGflop } from "./workloads.ts";

const job = { engine: "fa", backend: "wasm", dtype: "float32", runtime: "node" } as const;
const timing = (workload: string, cpuMs: number) => ({ workload, cpuMs, wallMs: 2 * cpuMs, n: 5 });

test("median of odd and even numbers of rounds", () => {
  assert.is(median([10, 1, 2]), 2); // also not sorted as text
  assert.is(median([4, 1, 3, 100]), 3.5);
});

test("operations of a step: three products for each weight, two for the embedding", () => {
  const embedding = 2 * 2 * 128 * 3072 * 256, block = 3 * 2 * 2 * 128 * 256 * 256;
  assert.is(stepGflop(), (embedding + 4 * block) / 1e9);
  assert.is(stepGflop({ width: 512, depth: 1 }), (2 * embedding + 4 * block) / 1e9);
});

test("a row is the median of its rounds, and keeps all of them", () => {
  const rounds = [30, 10, 20].map((cpuMs) => [timing("gemm:1024x1024x1024:nn", cpuMs)]);
  const [row, ...rest] = makeRows(job, rounds, { "": "a note" });
  assert.is(rest.length, 0);
  assert.is(row!.cpuMsPerStep, 20);
  assert.is(row!.wallMs, 40);
  assert.is(row!.gflops, 2 * 1024 ** 3 / 1e9 / 20e-3);
  assert.is(row!.n, 15);
  assert.equal(row!.rounds, [30, 10, 20]);
  assert.is(row!.note, "a note");
});

test("others are compared with ours in the same runtime, Python with Node", () => {
  const rows = (["node", "deno"] as const).flatMap((runtime, i) =>
    makeRows({ ...job, runtime }, [[timing("bp-step", 10 + i)]], {})
  );
  const peer = { ...rows[1]!, engine: "jax-js" };
  assert.is(ours(peer, rows, "wasm"), rows[1]);
  assert.is(ours({ ...peer, runtime: "python" }, rows, "wasm"), rows[0]);
  assert.is(ours({ ...peer, dtype: "float64" }, rows, "wasm"), undefined);
});

test("a goal is judged where both sides were measured", () => {
  const [own] = makeRows(job, [[timing("bp-step", 40)]], {});
  const peer = { ...own!, engine: "jax-js", cpuMsPerStep: 100 };
  const elsewhere = { ...peer, runtime: "bun", cpuMsPerStep: 60 } as const;
  assert.equal(judgeGoals([elsewhere, own!, peer]), [{
    goal: "fa wasm float32 / jax-js wasm float32",
    workload: "bp-step",
    runtime: "node",
    ratio: 0.4,
    limit: 0.45,
  }]);
});

test.run();
