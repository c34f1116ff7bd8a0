// What ops share: checking and lifting operands, and undoing a broadcast.
import type { BinaryName, UnaryName } from "../backend.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { scalar } from "../create/full.ts";
import { broadcastShapes, formatShape, sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** Throws unless all operands have one dtype and live on one backend. */
export function checkTogether(action: string, ...operands: readonly Tensor[]): void {
  const [first, ...rest] = operands;
  for (const t of rest) {
    if (t.dtype !== first!.dtype) {
      throw new TypeError(
        `Cannot ${action} ${formatShape(first!.shape)} ${first!.dtype} and ${
          formatShape(t.shape)
        } ${t.dtype} as dtypes must be equal: convert one with cast()`,
      );
    }
    if (t.backend !== first!.backend) {
      throw new TypeError(
        `Cannot ${action} tensors of ${
          t.backend.name === first!.backend.name
            ? `two instances of backend ${t.backend.name}`
            : `backends ${first!.backend.name} and ${t.backend.name}`
        } as they must live together`,
      );
    }
  }
}

/** Both operands as tensors; a number takes the other's dtype. */
export function lift(
  action: string,
  a: Tensor | number,
  b: Tensor | number,
): [Tensor, Tensor] {
  if (typeof a === "number") {
    if (typeof b === "number") {
      throw new TypeError(`Cannot ${action} two numbers as one operand must be a tensor`);
    }
    return [scalar(a, b), b];
  }
  if (typeof b === "number") return [a, scalar(b, a)];
  checkTogether(action, a, b);
  return [a, b];
}

/** The value of an elementwise op of one argument. */
export function unaryValue(name: UnaryName, x: Tensor): Tensor {
  const out = allocateTensor(x.shape, x);
  x.backend.kernels.unary(name, x, out);
  return out;
}

/** The value of an elementwise op of two arguments. */
export function binaryValue(name: BinaryName, a: Tensor, b: Tensor): Tensor {
  const out = allocateTensor(broadcastShapes(a.shape, b.shape, name), a);
  a.backend.kernels.binary(name, a, b, out);
  return out;
}

/** Adds up a gradient over the axes along which its operand was stretched. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.rank - shape.length;
  const axes = gradient.shape.map((_, i) => i).filter((i) =>
    i < extra || shape[i - extra] !== gradient.shape[i]
  );
  return reshape(sum(gradient, { axis: axes, keepDims: true }), shape);
}

/** Shape of op(a)·op(b); throws unless both are matrices that fit. */
export function productShape(
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
): [m: number, n: number] {
  const name = (t: Tensor, transposed: boolean) => formatShape(t.shape) + (transposed ? "ᵀ" : "");
  const action = () => `Cannot multiply ${name(a, transposeA)} by ${name(b, transposeB)}`;
  if (a.rank !== 2 || b.rank !== 2) {
    throw new RangeError(`${action()} as both must be matrices: ranks ${a.rank} and ${b.rank}`);
  }
  checkTogether("multiply", a, b);
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [k2, n] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== k2) {
    throw new RangeError(`${action()} as inner dimensions must match: ${k} and ${k2}`);
  }
  return [m, n];
}
