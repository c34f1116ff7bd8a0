// The problem that every engine is given, in one file that JavaScript and Python read alike.
import { readFile } from "node:fs/promises";
// By its path, as the peers run without this workspace.
import { jsBackend, readSafetensors } from "../packages/tensor/src/mod.ts";

/** Weights, one batch, and the feedback matrices of DFA. */
export interface Problem {
  /** Initial weights under PyTorch's names, `x`, and `feedback.0` …; float32, for both dtypes alike. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly labels: readonly number[];
}

/** Values in row-major order. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads a safetensors file whose metadata has the labels. */
export async function readProblem(path: string): Promise<Problem> {
  const file = await readSafetensors(await readFile(path));
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of await file.tensors({ backend: jsBackend })) {
    tensors.set(name, { shape: tensor.shape, values: tensor.dataSync() as Float32Array });
  }
  return { tensors, labels: file.metadata.get("labels")!.split(" ").map(Number) };
}
