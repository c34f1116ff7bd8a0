// Reverse mode: gradients of one tensor with respect to others.
import { add } from "../ops/add.ts";
import { ones, zeros } from "../create/full.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkTogether } from "../ops/_operands.ts";
import { inBackwardOf, type TapeNode, withRecording } from "./_tape.ts";

/** Options of {@link grad}. */
export interface GradOptions {
  /** Gradient at the output, in its shape; needed unless the output has one element (then 1). */
  readonly seed?: Tensor;
  /** Record the backward pass, so that its results can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Give zeros for inputs that the output does not depend on, instead of an error. Default false. */
  readonly allowUnused?: boolean;
}

/**
 * Gradients of ⟨output, seed⟩ with respect to `inputs`, by reverse accumulation along the tape
 * (a vector–Jacobian product). Inputs may be leaves ({@link parameter}, {@link variable}) or
 * tensors computed on the way, such as hidden states.
 *
 * @param output what is differentiated, any shape.
 * @param inputs with respect to what; each must lie on the tape of `output`.
 * @returns one gradient for each input, in the shape of the input.
 * @throws {RangeError} if a seed is missing or has the wrong shape, or an input is unused.
 * @throws {TypeError} if a seed, or what a custom rule gives, has another dtype or backend.
 *
 * @example
 * ```ts
 * import { grad, mul, sum, tensor, variable } from "@fa/tensor";
 *
 * const x = variable(tensor([1, 2, 3], { dtype: "float64" }));
 * const [g] = grad(sum(mul(x, x)), [x]);
 * if (g!.dataSync().join() !== "2,4,6") throw new Error("wrong gradient");
 * ```
 */
export function grad(
  output: Tensor,
  inputs: readonly Tensor[],
  { seed, createGraph = false, allowUnused = false }: GradOptions = {},
): Tensor[] {
  if (!seed && output.size !== 1) {
    throw new RangeError(
      `Cannot differentiate ${formatShape(output.shape)} without a seed as it is not a scalar`,
    );
  }
  if (seed && !sameShape(seed.shape, output.shape)) {
    throw new RangeError(
      `Cannot differentiate ${formatShape(output.shape)} with seed ${
        formatShape(seed.shape)
      } as their shapes must be equal`,
    );
  }
  if (seed) checkTogether("differentiate with a seed:", output, seed);
  const targets = new Set<TapeNode>();
  for (const input of inputs) if (input.node) targets.add(input.node);
  return withRecording(createGraph, () => {
    const found = new Map<TapeNode, Tensor>();
    if (output.node) {
      const first = seed ?? ones(output.shape, output);
      accumulate(output.node, first, pathsTo(targets, output.node), targets, found);
    }
    return inputs.map((input, i) => {
      const gradient = input.node && found.get(input.node);
      if (gradient) return gradient;
      if (allowUnused) return zeros(input.shape, input);
      throw new RangeError(
        `Cannot differentiate with respect to input ${i} ${
          formatShape(input.shape)
        } as the output does not depend on it: make it a variable() before it is used, or pass allowUnused`,
      );
    });
  });
}

/** The nodes on some way from the output to a target, latest first. */
function pathsTo(targets: ReadonlySet<TapeNode>, output: TapeNode): TapeNode[] {
  const leads = new Map<TapeNode, boolean>();
  const stack: TapeNode[] = [output];
  // Depth-first without recursion: a node is answered once its inputs are.
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (leads.has(node)) {
      stack.pop();
      continue;
    }
    let answered = true;
    let through = targets.has(node);
    for (const { node: input } of node.inputs) {
      if (!input) continue;
      const lead = leads.get(input);
      if (lead === undefined) {
        stack.push(input);
        answered = false;
      } else if (lead) through = true;
    }
    if (answered) {
      leads.set(node, through);
      stack.pop();
    }
  }
  const nodes: TapeNode[] = [];
  for (const [node, lead] of leads) if (lead) nodes.push(node);
  return nodes.sort((a, b) => b.id - a.id);
}

function accumulate(
  output: TapeNode,
  seed: Tensor,
  nodes: readonly TapeNode[],
  targets: ReadonlySet<TapeNode>,
  found: Map<TapeNode, Tensor>,
): void {
  const onPath = new Set(nodes);
  const gradients = new Map<TapeNode, Tensor>([[output, seed]]);
  for (const node of nodes) {
    const gradient = gradients.get(node);
    if (!gradient) continue;
    gradients.delete(node);
    if (targets.has(node)) found.set(node, gradient);
    checkUnchanged(node);
    const wanted = node.inputs.map(({ node: input }) => input !== null && onPath.has(input));
    inBackwardOf(node, () =>
      node.backward(gradient, wanted).forEach((part, i) => {
        if (!wanted[i] || !part) return;
        checkPart(node.op, node.inputs[i]!, part);
        const input = node.inputs[i]!.node!;
        const before = gradients.get(input);
        gradients.set(input, before ? add(before, part) : part);
      }));
  }
}

/** Kernels trust shapes, dtypes and backends: a rule that was written by hand may be wrong in them. */
function checkPart(op: string, input: Tensor, part: Tensor): void {
  if (!sameShape(part.shape, input.shape)) {
    throw new RangeError(
      `Cannot use the gradient ${
        formatShape(part.shape)
      } that ${op} gives as it must have its input's shape ${formatShape(input.shape)}`,
    );
  }
  checkTogether(`use the gradient that ${op} gives:`, input, part);
}

/** A backward rule reads its inputs: were they updated since, the gradient would silently be wrong. */
function checkUnchanged({ op, inputs, versions }: TapeNode): void {
  inputs.forEach((input, i) => {
    if (input.buffer.version !== versions[i]) {
      throw new Error(
        `Cannot differentiate through ${op} as its input ${i} ${
          formatShape(input.shape)
        } was updated in place after it was used: take all gradients before the optimizer steps`,
      );
    }
  });
}
