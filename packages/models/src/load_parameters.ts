// State dicts: checking names and shapes before any value changes.
import { type Tensor, unknownName } from "@fa/tensor";
import type { NamedParameters } from "./trainable_model.ts";

/**
 * Copies the values of a state dict into parameters of the same names, in place, rounded to
 * each parameter's dtype. Everything is checked first: on an error nothing has changed.
 *
 * @param parameters the model's parameters.
 * @param state values by PyTorch name.
 * @throws {RangeError} if a name is missing or unknown, or a shape differs.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { loadParameters, ResidualMLP } from "@fa/models";
 *
 * const options = { inputSize: 4, width: 4, depth: 1 };
 * const a = new ResidualMLP({ ...options, rng: Rng.fromSeed(1) });
 * const b = new ResidualMLP({ ...options, rng: Rng.fromSeed(2) });
 * loadParameters(b.namedParameters(), a.namedParameters());
 * const name = "embed.weight";
 * if (a.namedParameters().get(name)!.dataSync().join() !== b.namedParameters().get(name)!.dataSync().join()) {
 *   throw new Error("weights were not copied");
 * }
 * ```
 */
export function loadParameters(
  parameters: NamedParameters,
  state: ReadonlyMap<string, Tensor>,
): void {
  const missing = [...parameters.keys()].filter((name) => !state.has(name));
  if (missing.length > 0) {
    throw new RangeError(
      `Cannot load a state dict as parameters are missing: ${missing.join(", ")}`,
    );
  }
  for (const [name, value] of state) {
    const target = parameters.get(name);
    if (!target) throw unknownName("parameter", name, [...parameters.keys()]);
    if (target.shape.join() !== value.shape.join()) {
      throw new RangeError(
        `Cannot load ${name} as its shape must be [${target.shape}]: [${value.shape}]`,
      );
    }
  }
  for (const [name, target] of parameters) {
    target.assign(state.get(name)!.dataSync());
  }
}
