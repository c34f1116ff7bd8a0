// What the page of a browser runs: all trainings, and a product to time it by.
import { jsBackend, matmul, normal, Rng, scope, wasmBackend } from "@fa/tensor";
import { trainingBits, trainings } from "./_training_bits.ts";

/** What the page gives. */
export interface PageResult {
  /** Hashes by backend, method and dtype. */
  readonly bits: Record<string, string>;
  /** Speed of a float32 product of 512 × 512 matrices, the best of ten. */
  readonly gigaflops: number;
}

function measure(): number {
  const n = 512;
  const rng = Rng.fromSeed(1);
  const [a, b] = [normal(rng, [n, n]), normal(rng, [n, n])];
  let best = Infinity;
  scope(() => {
    const [x, y] = [matmul(a, b), b]; // in linear memory
    for (let i = 0; i < 10; i++) {
      const start = performance.now();
      for (let repeat = 0; repeat < 3; repeat++) scope(() => void matmul(x, y));
      best = Math.min(best, (performance.now() - start) / 3);
    }
  });
  return 2 * n ** 3 / best / 1e6;
}

const bits: Record<string, string> = {};
for (const backend of [wasmBackend, jsBackend]) {
  for (const training of trainings) {
    const name = `${backend.name} ${training.method} ${training.dtype}`;
    bits[name] = trainingBits(backend, training);
  }
}
const result: PageResult = { bits, gigaflops: measure() };
const page = globalThis as unknown as { document: { body: { textContent: string } } };
page.document.body.textContent = JSON.stringify(result);
