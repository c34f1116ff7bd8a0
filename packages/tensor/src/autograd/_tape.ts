// The tape: which op made a tensor from which others, and how a gradient passes back through it.
import { Tensor } from "../tensor.ts";

/** Gradient at one input, given the gradient at the output; written in ops. */
export type Vjp = (seed: Tensor) => Tensor;

/** Gradients at all inputs that are wanted, given the gradient at the output; written in ops. */
export type Backward = (
  seed: Tensor,
  wanted: readonly boolean[],
) => readonly (Tensor | undefined)[];

/** One recorded op. A leaf has no inputs. */
export interface TapeNode {
  /** Counts up: inputs always have smaller ids than what is computed from them. */
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly backward: Backward;
  /** How often each input had been overwritten in place when it was used. */
  readonly versions: readonly number[];
}

let nextId = 0;
let recording = true;

/** Whether ops are recorded now. */
export function isRecording(): boolean {
  return recording;
}

/** Runs `f` with recording switched on or off. */
export function withRecording<T>(on: boolean, f: () => T): T {
  const before = recording;
  recording = on;
  try {
    return f();
  } finally {
    recording = before;
  }
}

/** What {@link observeOps} hears of each op. */
export interface ObservedOp {
  /** Name of the op that computed `output`. */
  readonly op: string;
  /** From what it computed. */
  readonly inputs: readonly Tensor[];
  /** What it computed, with its `node` if it was recorded. */
  readonly output: Tensor;
  /** The node whose gradient is being passed back, if this happens in a backward pass. */
  readonly backwardOf: TapeNode | undefined;
}

let observer: ((observed: ObservedOp) => void) | undefined;
let backwardOf: TapeNode | undefined;

/**
 * Runs `f` and tells `observe` of every op as it computes, recorded or not: for finding the op that
 * first went wrong. Ops that compute through other ops are heard with them, the inner ones first.
 * An update of {@link AdamW} is heard as `adamw`, from the gradient, once for the parameter and once
 * for each of its moments.
 *
 * @returns what `f` returns.
 *
 * @example
 * ```ts
 * import { add, observeOps, square, tensor } from "@fa/tensor";
 *
 * const heard: string[] = [];
 * observeOps(({ op }) => heard.push(op), () => add(square(tensor([2])), 1));
 * if (heard.join() !== "square,add") throw new Error(heard.join());
 * ```
 */
export function observeOps<T>(observe: (observed: ObservedOp) => void, f: () => T): T {
  const before = observer;
  observer = observe;
  try {
    return f();
  } finally {
    observer = before;
  }
}

/** Tells of what was computed, if anybody listens; ops that {@link recordWith} sees need not call it. */
export function tellObserver(
  op: string,
  inputs: readonly Tensor[],
  ...outputs: readonly Tensor[]
): void {
  if (!observer) return;
  for (const output of outputs) observer({ op, inputs, output, backwardOf });
}

/** Runs `f` as the backward pass through `node`. */
export function inBackwardOf<T>(node: TapeNode, f: () => T): T {
  const before = backwardOf;
  backwardOf = node;
  try {
    return f();
  } finally {
    backwardOf = before;
  }
}

/** A tensor that shares the values of `t` and begins a tape of its own. */
export function leaf(t: Tensor): Tensor {
  const node = { id: nextId++, op: "leaf", inputs: [], backward: () => [], versions: [] };
  return new Tensor(t.buffer, t.shape, node);
}

/**
 * Writes down that `out` was computed from `inputs`, and gives the recorded tensor back.
 * `rule(out)` makes the backward rule; it is handed the recorded output, which some rules need
 * (d eˣ = eˣ dx).
 */
export function recordWith(
  op: string,
  inputs: readonly Tensor[],
  out: Tensor,
  rule: (out: Tensor) => Backward,
): Tensor {
  if (!recording || !inputs.some((t) => t.node)) {
    if (observer) tellObserver(op, inputs, out);
    return out;
  }
  const versions = inputs.map((t) => t.buffer.version);
  const node = { id: nextId++, op, inputs, backward: (() => []) as Backward, versions };
  const recorded = new Tensor(out.buffer, out.shape, node);
  node.backward = rule(recorded);
  if (observer) tellObserver(op, inputs, recorded);
  return recorded;
}

/** {@link recordWith} for the usual case: one rule for each input, which needs no output. */
export function record(
  op: string,
  inputs: readonly Tensor[],
  out: Tensor,
  ...vjps: readonly Vjp[]
): Tensor {
  return recordWith(
    op,
    inputs,
    out,
    () => (seed, wanted) => vjps.map((vjp, i) => wanted[i] ? vjp(seed) : undefined),
  );
}
