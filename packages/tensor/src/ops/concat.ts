// Joining tensors along an axis and cutting pieces out: each is the other's gradient.
import { record, recordWith } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { zeros } from "../create/full.ts";
import { formatShape, normalizeAxes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkTogether } from "./_operands.ts";

/**
 * Joins tensors along an axis; the other axes must be equal.
 *
 * @param parts at least one tensor.
 * @param options `axis`: where they are joined. Default 0.
 * @throws {RangeError} if there is none, or the other axes differ.
 *
 * @example
 * ```ts
 * import { concat, tensor } from "@fa/tensor";
 *
 * const y = concat([tensor([[1], [2]]), tensor([[3], [4]])], { axis: 1 });
 * if (y.dataSync().join() !== "1,3,2,4") throw new Error("wrong values");
 * ```
 */
export function concat(
  parts: readonly Tensor[],
  { axis = 0 }: { readonly axis?: number } = {},
): Tensor {
  const [first] = parts;
  if (!first) throw new RangeError("Cannot join tensors as the list is empty");
  checkTogether("join", ...parts);
  const [at] = normalizeAxes(axis, first.shape, "join");
  for (const part of parts) {
    const fits = part.rank === first.rank &&
      part.shape.every((n, i) => i === at || n === first.shape[i]);
    if (!fits) {
      throw new RangeError(
        `Cannot join ${formatShape(first.shape)} and ${
          formatShape(part.shape)
        } along axis ${at} as all other axes must be equal`,
      );
    }
  }
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.shape[at!]!;
  }
  const shape = first.shape.with(at!, length);
  const out = allocateTensor(shape, first);
  parts.forEach((part, i) => {
    const run = runs(part.shape, at!);
    const [outer, inner] = [runs(shape, at!), run.length];
    out.backend.kernels.copyBlocks(part, out, {
      count: run.count,
      length: inner,
      from: { offset: 0, stride: inner },
      to: { offset: starts[i]! * run.unit, stride: outer.length },
    });
  });
  return record(
    "concat",
    parts,
    out,
    ...parts.map((part, i) => (seed: Tensor) =>
      slice(seed, { axis: at!, start: starts[i]!, end: starts[i]! + part.shape[at!]! })
    ),
  );
}

/** What {@link slice} cuts out. */
export interface SliceOptions {
  /** Axis along which it cuts. Default 0. */
  readonly axis?: number;
  /** First index. Default 0. */
  readonly start?: number;
  /** Index after the last. Default: the length of the axis. */
  readonly end?: number;
}

/**
 * The piece of `x` from `start` to before `end` along an axis.
 *
 * @throws {RangeError} unless 0 ≤ start ≤ end ≤ length.
 *
 * @example
 * ```ts
 * import { slice, tensor } from "@fa/tensor";
 *
 * if (slice(tensor([1, 2, 3, 4]), { start: 1, end: 3 }).dataSync().join() !== "2,3") {
 *   throw new Error("wrong piece");
 * }
 * ```
 */
export function slice(x: Tensor, { axis = 0, start = 0, end }: SliceOptions = {}): Tensor {
  const [at] = normalizeAxes(axis, x.shape, "cut");
  const length = x.shape[at!]!;
  const stop = end ?? length;
  if (
    !(Number.isInteger(start) && Number.isInteger(stop) && 0 <= start && start <= stop) ||
    stop > length
  ) {
    throw new RangeError(
      `Cannot cut ${
        formatShape(x.shape)
      } along axis ${at} from ${start} to ${stop} as 0 ≤ start ≤ end ≤ ${length} must hold`,
    );
  }
  const shape = x.shape.with(at!, stop - start);
  const out = allocateTensor(shape, x);
  const from = runs(x.shape, at!);
  const to = runs(shape, at!);
  x.backend.kernels.copyBlocks(x, out, {
    count: to.count,
    length: to.length,
    from: { offset: start * from.unit, stride: from.length },
    to: { offset: 0, stride: to.length },
  });
  return recordWith("slice", [x], out, () => (seed) => {
    const pad = (n: number) => zeros(x.shape.with(at!, n), x);
    return [concat([pad(start), seed, pad(length - stop)], { axis: at! })];
  });
}

/** A shape seen as `count` runs of `length` elements, `unit` elements for each index of the axis. */
function runs(shape: Shape, axis: number): { count: number; length: number; unit: number } {
  let count = 1;
  let unit = 1;
  shape.forEach((n, i) => {
    if (i < axis) count *= n;
    else if (i > axis) unit *= n;
  });
  return { count, length: unit * shape[axis]!, unit };
}
