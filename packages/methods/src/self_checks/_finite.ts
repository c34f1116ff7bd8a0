// Whether all values of a tensor are finite, found where the tensor lives.
import { detach, noGrad, scope, sub, sum, type Tensor } from "@fa/tensor";

/**
 * One value: 0 if all values of `t` are finite, NaN if one is not. x − x is 0 for finite x and NaN for
 * others, so that no sum overflows.
 */
export function finiteProbe(t: Tensor): Tensor {
  const values = detach(t);
  return scope(() => noGrad(() => sum(sub(values, values))));
}

/** The first value that is not finite; undefined if all are. Reads at once. */
export function firstNonFinite(t: Tensor): number | undefined {
  return t.dataSync().find((value) => !Number.isFinite(value));
}
