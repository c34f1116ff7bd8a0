/**
 * Renews the hashes of _pinned_bits.ts.
 *
 *     node --import tsx packages/methods/src/testing/_pin_bits.ts
 */
import { jsBackend, wasmBackend } from "@fa/tensor";
import { writeFileSync } from "node:fs";
import { trainingBits, trainings } from "./_training_bits.ts";

const lines = [wasmBackend, jsBackend].flatMap((backend) =>
  trainings.map((training) => {
    const name = `${backend.name} ${training.method} ${training.dtype}`;
    return `  "${name}": "${trainingBits(backend, training)}",\n`;
  })
);
writeFileSync(
  new URL("_pinned_bits.ts", import.meta.url),
  `// Hashes of trainings, the same in every runtime. Written by _pin_bits.ts: do not edit.

/** By backend, method and dtype. */
export const pinnedBits: Readonly<Record<string, string>> = {
${lines.join("")}};
`,
);
