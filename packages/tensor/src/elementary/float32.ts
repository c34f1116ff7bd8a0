// The elementary functions in float32: those in float64, rounded once.
import { erfF64 } from "./erf.ts";
import { expF64 } from "./exp.ts";
import { logF64 } from "./log.ts";
import { tanhF64 } from "./tanh.ts";

/**
 * eˣ in float32: {@link expF64} rounded once. That is the correctly rounded result, the float32
 * nearest to eˣ, for every float32 x: all of them were tried (`float32.slow.test.ts`), and none has
 * an eˣ so near the middle of two float32 that the error of the double matters.
 *
 * @example
 * ```ts
 * import { expF32 } from "@fa/tensor";
 *
 * if (expF32(1) !== Math.fround(Math.E)) throw new Error("e^1 is e");
 * ```
 */
export function expF32(x: number): number {
  return Math.fround(expF64(x));
}

/**
 * ln x in float32: {@link logF64} rounded once, and to the other side for five arguments. With them
 * the result is the correctly rounded one, the float32 nearest to ln x, for every float32 x: all of
 * them were tried (`float32.slow.test.ts`).
 *
 * For the five, ln x is so near the middle of two float32 that the double next to it is that middle;
 * half of such ties go to the even neighbour and half of these are wrong.
 *
 * @example
 * ```ts
 * import { logF32 } from "@fa/tensor";
 *
 * if (logF32(2) !== Math.fround(Math.LN2)) throw new Error("ln 2");
 * // ln 58037908 = 17.876606941223144688…, and 17.876606941223144531… is halfway
 * if (logF32(58037908) !== 17.87660789489746) throw new Error("the nearer float32 is above");
 * ```
 */
export function logF32(x: number): number {
  const y = logF64(x);
  const nearest = Math.fround(y);
  switch (x) {
    case 0.011794382706284523:
    case 9.472636222839355:
    case 58037908:
    case 1.2783783694984994e+23:
    case 5.498306075456329e+28:
      return 2 * y - nearest; // the neighbour on the other side of y
  }
  return nearest;
}

/**
 * erf x in float32: {@link erfF64} rounded once. That is the correctly rounded result, the float32
 * nearest to erf x, for every float32 x: all of them were tried (`float32.slow.test.ts`).
 *
 * @example
 * ```ts
 * import { erfF32 } from "@fa/tensor";
 *
 * if (erfF32(1) !== Math.fround(0.8427007929497149)) throw new Error("erf 1"); // DLMF 7.23
 * ```
 */
export function erfF32(x: number): number {
  return Math.fround(erfF64(x));
}

/**
 * tanh x in float32: {@link tanhF64} rounded once. That is the correctly rounded result, the float32
 * nearest to tanh x, for every float32 x: all of them were tried (`float32.slow.test.ts`).
 *
 * @example
 * ```ts
 * import { tanhF32 } from "@fa/tensor";
 *
 * if (tanhF32(Math.LN2) !== Math.fround(0.6)) throw new Error("tanh ln 2 = (2 - 1/2)/(2 + 1/2)");
 * ```
 */
export function tanhF32(x: number): number {
  return Math.fround(tanhF64(x));
}
