// A smooth minimum over samples.
import { div, exp, log, max, mean, mul, neg, sub, type Tensor } from "@fa/tensor";

/**
 * −T·(logsumexp_k(−v_k/T) − log K) over the K values along an axis, which becomes 1: the minimum for
 * T → 0, the mean for T → ∞. Computed as m − T·log(mean_k e^(−(v_k − m)/T)) with m = min_k v_k, where
 * nothing overflows for any T > 0: the largest exponential is 1.
 */
export function softMinimum(
  values: Tensor,
  { axis, temperature }: { readonly axis: number; readonly temperature: number },
): Tensor {
  const along = { axis, keepDims: true };
  const least = neg(max(neg(values), along));
  const weights = exp(neg(div(sub(values, least), temperature)));
  return sub(least, mul(log(mean(weights, along)), temperature));
}
