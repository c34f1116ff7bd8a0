// Shapes: sizes, broadcasting, axes, and how they are printed in errors.

/** Lengths of a tensor's axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements of a shape: the product of its axes (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** `[128,256]`, as shapes are written in every error message. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Throws unless every axis is a whole number ≥ 0. */
export function checkShape(shape: Shape, action: string): void {
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw new RangeError(
        `Cannot ${action} as every axis must be a whole number ≥ 0: ${formatShape(shape)}`,
      );
    }
  }
}

/** NumPy's rule: align from the right, an axis of length 1 stretches. */
export function broadcastShapes(a: Shape, b: Shape, action: string): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new RangeError(
        `Cannot ${action} ${formatShape(a)} and ${
          formatShape(b)
        } as axes must be equal or 1, counted from the last: ${m} and ${n} at axis -${i}`,
      );
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/** Axes as a sorted list of distinct numbers in `0 … rank−1`; `undefined` means all. */
export function normalizeAxes(
  axis: number | readonly number[] | undefined,
  shape: Shape,
  action: string,
): number[] {
  const rank = shape.length;
  if (axis === undefined) return shape.map((_, i) => i);
  const axes = (typeof axis === "number" ? [axis] : [...axis]).map((a) => {
    const positive = a < 0 ? a + rank : a;
    if (!Number.isInteger(a) || positive < 0 || positive >= rank) {
      throw new RangeError(
        `Cannot ${action} ${formatShape(shape)} along axis ${a} as it has axes ${-rank} to ${
          rank - 1
        }`,
      );
    }
    return positive;
  });
  const sorted = [...new Set(axes)].sort((a, b) => a - b);
  if (sorted.length !== axes.length) {
    throw new RangeError(
      `Cannot ${action} ${formatShape(shape)} as axes must be distinct: ${axes.join(", ")}`,
    );
  }
  return sorted;
}

/** The shape after a reduction: reduced axes become 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((n, i) => axes.includes(i) ? 1 : n);
}

/** Element strides of `shape` when it is broadcast to `target`: 0 on stretched axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i]!;
    if (n !== 1) strides[i + target.length - shape.length] = stride;
    stride *= n;
  }
  return strides;
}
