// Whether the tape leads from the loss back to every hidden state.
import type { Tensor } from "@fa/tensor";

type Node = NonNullable<Tensor["node"]>;

/**
 * Refuses a tape that is cut between the loss and a hidden state: the gradient there would read as
 * exactly zero, which nobody measured.
 *
 * @throws {Error} if the loss does not depend on some h_l on the tape.
 */
export function checkTape(loss: Tensor, states: readonly Tensor[]): void {
  const reached = nodesBehind(loss);
  const last = states.length - 1;
  for (let l = last; l >= 0; l--) {
    const { node } = states[l]!;
    if (node && reached.has(node)) continue;
    // A state off the tape was cut from the one before it, any other from what follows it.
    const source = node ? l : l - 1;
    const cut = source === last ? "the head" : `h_${source + 1}`;
    throw new Error(
      `Cannot measure the gradient at h_${l} as the loss does not depend on h_${source} on the tape: ${cut} must be computed from h_${source} with recorded ops, outside noGrad and without detach`,
    );
  }
}

/** All nodes from which the output was computed, itself among them. */
function nodesBehind({ node }: Tensor): Set<Node> {
  const found = new Set<Node>(node ? [node] : []);
  for (const { inputs } of found) { // a Set also visits what is added on the way
    for (const input of inputs) if (input.node) found.add(input.node);
  }
  return found;
}
