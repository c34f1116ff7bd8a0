// The named means over the blocks of a model.
import { meanFrom } from "../evidence/_layers.ts";
import type { Measured } from "../evidence/measured.ts";
import type { PerLayer } from "./probes.ts";

/** One value for each block, with its means; a block without a value leaves none. */
export function perLayerOf(perLayer: readonly Measured[], what: string): PerLayer {
  return {
    perLayer,
    mean: meanFrom(perLayer, 0, what),
    deep: meanFrom(perLayer, 1, what),
  };
}
