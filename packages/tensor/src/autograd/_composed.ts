// The backward rule of a fused op, taken from the same computation written in plain ops.
import { type Backward, isRecording, leaf, record, withRecording } from "./_tape.ts";
import { grad } from "./grad.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Backward rule of an op whose value a fused kernel computed: `f`, which computes the same from
 * `inputs` in plain ops, is evaluated again and differentiated. Slower than a kernel of its own,
 * and right to any order.
 */
export function composedBackward(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): Backward {
  return (seed, wanted) => {
    const createGraph = isRecording();
    // Aliases, not the inputs themselves: where one input was computed from another, only the
    // partial derivatives are asked for. They stay tied to the inputs for the next order.
    const aliases = inputs.map((x) => withRecording(true, () => alias(x)));
    const output = withRecording(true, () => f(...aliases));
    const asked = aliases.filter((_, i) => wanted[i]);
    const gradients = grad(output, asked, { seed, createGraph, allowUnused: true });
    return wanted.map((w) => w ? gradients.shift() : undefined);
  };
}

function alias(x: Tensor): Tensor {
  return x.node ? record("alias", [x], x, (seed) => seed) : leaf(x);
}
