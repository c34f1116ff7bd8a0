// Pearson's correlation, from exact sums.
import { cosine } from "../evidence/cosine.ts";
import { type Measured, unmeasured } from "../evidence/measured.ts";
import { mean } from "../statistics/mean.ts";

/**
 * The correlation of pairs: the cosine of the values less their means. Sums are exact, so that the
 * order of the pairs does not matter. Unmeasured where a value is not finite or a side is constant.
 *
 * @param sides what the two sides are called in reasons.
 */
export function pearson(
  x: Float64Array,
  y: Float64Array,
  sides: readonly [string, string],
): Measured {
  for (const [side, values] of [[sides[0], x], [sides[1], y]] as const) {
    const bad = values.reduce((count, value) => Number.isFinite(value) ? count : count + 1, 0);
    if (bad > 0) return unmeasured(`${bad} of ${values.length} ${side} are not finite`);
    if (values.every((value) => value === values[0])) {
      return unmeasured(`all ${values.length} ${side} are ${values[0]}`);
    }
  }
  return cosine(centred(x), centred(y));
}

function centred(values: Float64Array): Float64Array {
  const centre = mean(values);
  return values.map((value) => value - centre);
}
