// The named means over the blocks of a model.
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { mean } from "../statistics/mean.ts";
import type { PerLayer } from "./probes.ts";

/** One value for each block, with its means; a block without a value leaves none. */
export function perLayerOf(perLayer: readonly Measured[], what: string): PerLayer {
  return {
    perLayer,
    mean: meanFrom(perLayer, 0, what),
    deep: meanFrom(perLayer, 1, what),
  };
}

function meanFrom(perLayer: readonly Measured[], first: number, what: string): Measured {
  const values = perLayer.slice(first);
  if (values.length === 0) return unmeasured(`there is no block with index ≥ ${first}`);
  const missing = values.find((value) => !isMeasured(value));
  return missing ?? measured(mean(values as number[]), `the mean ${what}`);
}
