// Oracle: the rule of the docstring, by hand.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shareCores } from "./share_cores.ts";

const test = suite("shareCores");
const grid = { runs: 7, backend: "wasm", cores: 2 } as const;
const lend = true;

test("gives cores to runs first, then to threads", () => {
  assert.equal(shareCores(grid), { workers: 2, threads: 1, lend });
  assert.equal(shareCores({ ...grid, cores: 7 }), { workers: 7, threads: 1, lend });
  assert.equal(shareCores({ ...grid, cores: 13 }), { workers: 7, threads: 1, lend });
  assert.equal(shareCores({ ...grid, cores: 16 }), { workers: 7, threads: 2, lend });
  assert.equal(shareCores({ ...grid, runs: 2, cores: 256 }), { workers: 2, threads: 64, lend });
});

test("does what it is asked for", () => {
  assert.equal(shareCores({ ...grid, cores: 16, workers: 3 }), { workers: 3, threads: 1, lend });
  assert.equal(shareCores({ ...grid, workers: 50 }), { workers: 7, threads: 1, lend });
  assert.equal(shareCores({ ...grid, workers: 1 }), { workers: 1, threads: 1, lend: false });
  assert.equal(shareCores({ ...grid, threads: 4 }), { workers: 2, threads: 4, lend: false });
  const both = { ...grid, workers: 1, threads: 2 };
  assert.equal(shareCores(both), { workers: 1, threads: 2, lend: false });
});

test("gives one thread where the backend has no more", () => {
  const one = { workers: 7, threads: 1, lend: false };
  assert.equal(shareCores({ ...grid, backend: "js", cores: 16 }), one);
  assert.equal(shareCores({ ...grid, backend: "blas", cores: 16 }), one);
});

test.run();
