// Where the errors of equilibrium propagation are measured, in tests and for the guide.
import type { EpOptions } from "../ep.ts";
import { type Net, smallNet, type SmallNetOptions } from "./_small_net.ts";

/** β from which slopes are fitted. */
export const betas: readonly number[] = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3];

/** A relaxation of {@link shallowNet} that goes on until only rounding is left of the slope. */
export const equilibrium: EpOptions = { steps: 700, stepSize: 0.3 };

/** The small network with two blocks: with more of them, as steep as they are, relaxing takes long. */
export function shallowNet(options: SmallNetOptions = {}): Net {
  return smallNet({ depth: 2, ...options });
}
