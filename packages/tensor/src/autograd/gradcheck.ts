// Gradients against central differences.
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { fromValues } from "../create/_allocate.ts";
import { normal } from "../create/random.ts";
import type { Rng } from "../random/rng.ts";
import { mul } from "../ops/mul.ts";
import { sum } from "../ops/sum.ts";
import { vjp } from "./vjp.ts";
import { scope } from "../memory/scope.ts";

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** Draws the cotangent with which the output is contracted to a number. */
  readonly rng: Rng;
  /** Step of the central difference, times max(1, |x_i|). Default 1e-5. */
  readonly step?: number;
}

/** What {@link gradcheck} found. */
export interface GradcheckResult {
  /** ‖g − g_fd‖ / ‖g_fd‖ over all inputs together (‖g‖ if all differences are zero). */
  readonly relativeError: number;
  /** The element with the largest absolute difference. */
  readonly worst: {
    /** Which input. */
    readonly input: number;
    /** Which element of it. */
    readonly index: number;
    /** Its gradient from the tape. */
    readonly analytic: number;
    /** Its central difference. */
    readonly numeric: number;
  };
}

/**
 * Compares the gradient of ⟨f(inputs), u⟩, u a fixed random cotangent, with central differences
 * (f(x + s) − f(x − s)) / 2s in every element of every input.
 *
 * @param f a smooth function of tensors; must give the same value when called again.
 * @param inputs where it is checked; float64 only, since float32 cannot resolve the differences.
 * @returns relative error and the worst element. A right gradient gives about 1e-9.
 * @throws {TypeError} if an input is not float64.
 *
 * @example
 * ```ts
 * import { exp, gradcheck, Rng, tensor } from "@fa/tensor";
 *
 * const x = tensor([0, 1, 2], { dtype: "float64" });
 * const { relativeError } = gradcheck((x) => exp(x), [x], { rng: Rng.fromSeed(1) });
 * if (!(relativeError < 1e-8)) throw new Error("wrong gradient");
 * ```
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { rng, step = 1e-5 }: GradcheckOptions,
): GradcheckResult {
  inputs.forEach((x, i) => {
    if (x.dtype !== "float64") {
      throw new TypeError(
        `Cannot check gradients in ${x.dtype} as differences drown in its rounding: input ${i} ${
          formatShape(x.shape)
        } must be float64`,
      );
    }
  });
  const { output, pullback } = vjp(f, inputs);
  const cotangent = normal(rng, output.shape, { dtype: "float64", backend: output.backend });
  const analytic = pullback(cotangent).map((g) => g.dataSync());
  const values = inputs.map((x) => x.dataSync());
  const valueAt = () =>
    scope(() => {
      const moved = inputs.map((x, i) => fromValues(values[i]!, x.shape, x));
      return sum(mul(f(...moved), cotangent)).item();
    });
  let errorSquares = 0;
  let numericSquares = 0;
  let analyticSquares = 0;
  let worst = { input: 0, index: 0, analytic: 0, numeric: 0 };
  values.forEach((x, input) => {
    for (let index = 0; index < x.length; index++) {
      const before = x[index]!;
      const s = step * Math.max(1, Math.abs(before));
      x[index] = before + s;
      const above = valueAt();
      x[index] = before - s;
      const below = valueAt();
      x[index] = before;
      const numeric = (above - below) / (before + s - (before - s));
      const a = analytic[input]![index]!;
      errorSquares += (a - numeric) * (a - numeric);
      numericSquares += numeric * numeric;
      analyticSquares += a * a;
      if (!(Math.abs(a - numeric) <= Math.abs(worst.analytic - worst.numeric))) {
        worst = { input, index, analytic: a, numeric };
      }
    }
  });
  const scale = numericSquares > 0 ? numericSquares : analyticSquares;
  return { relativeError: errorSquares === 0 ? 0 : Math.sqrt(errorSquares / scale), worst };
}
