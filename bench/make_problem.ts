// Draws the problem: the network's initial weights, one batch, and the feedback matrices of DFA.
import { writeFile } from "node:fs/promises";
import { dfa } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { encodeSafetensors, normal, Rng } from "@fa/tensor";
import { BATCH, CLASSES, DEPTH, INPUT, WIDTH } from "./workloads.ts";

/** Writes the same problem in every run and on every machine. */
export async function makeProblem(path: string): Promise<void> {
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({
    inputSize: INPUT,
    width: WIDTH,
    depth: DEPTH,
    classes: CLASSES,
    rng: rng.fork("model"),
  });
  const sizes = { width: WIDTH, depth: DEPTH, classes: CLASSES, dtype: model.dtype };
  const tensors = new Map([
    ...model.namedParameters(),
    ...dfa().init(sizes, rng.fork("auxiliary")),
    ["x", normal(rng.fork("x"), [BATCH, INPUT])] as const,
  ]);
  const labels = Array.from({ length: BATCH }, (_, b) => b % CLASSES).join(" ");
  await writeFile(
    path,
    await encodeSafetensors(tensors, { metadata: new Map([["labels", labels]]) }),
  );
}
