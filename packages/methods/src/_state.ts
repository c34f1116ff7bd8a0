// Names and checks of what a trainer keeps from step to step.
import { type AdamW, type Tensor, unknownName } from "@fa/tensor";

/** Moments of an optimizer under the names that PyTorch gives them. */
export function momentsByName(
  parameters: readonly string[],
  optimizer: AdamW,
): Map<string, Tensor> {
  const named = new Map<string, Tensor>();
  optimizer.moments.forEach(({ first, second }, i) => {
    named.set(`optimizer.${parameters[i]}.exp_avg`, first);
    named.set(`optimizer.${parameters[i]}.exp_avg_sq`, second);
  });
  return named;
}

/** Copies `values` into `own`, tensor by tensor; everything is checked first. */
export function restoreTensors(
  own: ReadonlyMap<string, Tensor>,
  values: ReadonlyMap<string, Tensor>,
): void {
  const missing = [...own.keys()].filter((name) => !values.has(name));
  if (missing.length > 0) {
    throw new RangeError(`Cannot restore training as tensors are missing: ${missing.join(", ")}`);
  }
  for (const [name, value] of values) {
    const target = own.get(name);
    if (!target) throw unknownName("tensor of the training state", name, [...own.keys()]);
    if (target.shape.join() !== value.shape.join() || target.dtype !== value.dtype) {
      throw new RangeError(
        `Cannot restore ${name} as shape and dtype must be [${target.shape}] ${target.dtype}: ` +
          `[${value.shape}] ${value.dtype}`,
      );
    }
  }
  for (const [name, target] of own) target.assign(values.get(name)!.dataSync());
}

/** Checks the number of blocks that are trained, and gives it back; default all. */
export function checkTrainedBlocks(trained: number | undefined, depth: number): number {
  if (trained === undefined) return depth;
  if (!Number.isInteger(trained) || trained < 0 || trained > depth) {
    throw new RangeError(
      `Cannot train the last blocks as their number must be from 0 to ${depth}: ${trained}`,
    );
  }
  return trained;
}
