// Channel statistics of CIFAR-10 and the tables that apply them.

import type { DType } from "@fa/tensor";

/**
 * Mean and standard deviation per channel (R, G, B) of pixels scaled to [0, 1], as the paper's
 * recipe rounds them: a pixel v of channel c becomes (v/255 − mean_c)/std_c.
 *
 * @example
 * ```ts
 * import { cifar10Normalization } from "@fa/data";
 *
 * const { mean, std } = cifar10Normalization;
 * const white = (255 / 255 - mean[0]) / std[0];
 * if (Math.abs(white - 2.0591) > 1e-4) throw new Error("(1 − .4914)/.2470 = 2.0591");
 * ```
 */
export const cifar10Normalization: {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
} = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2470, 0.2435, 0.2616],
};

/**
 * Normalised value of every pixel value: entry `256·c + v` is (v/255 − mean_c)/std_c, computed in
 * f64 and rounded once to `dtype`.
 */
export function _normalizationTable(dtype: DType): Float32Array | Float64Array {
  const { mean, std } = cifar10Normalization;
  const table = dtype === "float64" ? new Float64Array(3 * 256) : new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    for (let value = 0; value < 256; value++) {
      table[256 * channel + value] = (value / 255 - mean[channel]!) / std[channel]!;
    }
  }
  return table;
}
