// The computations of the wasm backend: what is worth it in WebAssembly, the rest as in backend js.
import type { BinaryName, Kernels, Operand, UnaryName } from "../../backend.ts";
import { newArray } from "../../dtype.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { forEachRun } from "../_runs.ts";
import { jsBackend } from "../js/mod.ts";
import type { KernelExports } from "./_exports.ts";
import { Frame, valuesOf } from "./_frame.ts";
import type { Heap } from "./_heap.ts";
import type { Matmul } from "./_matmul.ts";
import type { WasmStorage } from "./_storage.ts";

// Numbers of operations as the kernels know them.
const BINARY: Record<BinaryName, number> = { add: 0, sub: 1, mul: 2, div: 3, equal: 4 };
const UNARY: Partial<Record<UnaryName, number>> = { neg: 0, reciprocal: 1, square: 2, sqrt: 3 };

/** The kernels on a heap that is made when it is first needed. */
export function wasmKernels(getHeap: () => Heap, matmul: Matmul): Kernels {
  const js = jsBackend.kernels;
  const plain = (x: Operand): Operand => ({
    shape: x.shape,
    dtype: x.dtype,
    storage: valuesOf(getHeap(), x.storage as WasmStorage),
  });
  /** Runs a kernel with pointers to its operands. */
  const run = (kernel: (frame: Frame, exports: KernelExports) => void): void => {
    const heap = getHeap();
    const frame = new Frame(heap);
    try {
      kernel(frame, heap.kernels);
    } finally {
      frame.end();
    }
  };

  return {
    fill: (value, out) => js.fill(value, plain(out)),
    cast: (x, out) => js.cast(plain(x), plain(out)),
    broadcast: (x, out) => js.broadcast(plain(x), plain(out)),
    transpose: (x, out) => js.transpose(plain(x), plain(out)),
    copyBlocks: (x, out, blocks) => js.copyBlocks(plain(x), plain(out), blocks),
    softmax: (x, out) => js.softmax(plain(x), plain(out)),
    crossEntropy: (logits, labels, out) => js.crossEntropy(plain(logits), labels, plain(out)),
    outputError: (logits, labels, out) => js.outputError(plain(logits), labels, plain(out)),
    oneHot: (labels, out) => js.oneHot(labels, plain(out)),

    unary(name, x, out) {
      const single = x.dtype === "float32";
      const op = UNARY[name];
      const gelu = single && (name === "gelu" || name === "geluDerivative");
      if (op === undefined && !gelu) return js.unary(name, plain(x), plain(out));
      const n = sizeOf(out.shape);
      run((frame, kernels) => {
        const [from, to] = [frame.input(x), frame.output(out)];
        if (op !== undefined) (single ? kernels.unaryF32 : kernels.unaryF64)(op, from, to, n);
        else if (name === "gelu") kernels.geluF32(from, to, 0, n);
        else kernels.geluF32(from, 0, to, n);
      });
    },

    geluWithDerivative(x, out, derivative) {
      if (x.dtype === "float64") {
        return js.geluWithDerivative(plain(x), plain(out), plain(derivative));
      }
      run((frame, { geluF32 }) => {
        const [to, slope] = [frame.output(out), frame.output(derivative)];
        geluF32(frame.input(x), to, slope, sizeOf(out.shape));
      });
    },

    binary(name, a, b, out) {
      const op = BINARY[name];
      run((frame, { binaryF32, binaryF64 }) => {
        const [x, y, z] = [frame.input(a), frame.input(b), frame.output(out)];
        const single = out.dtype === "float32";
        const [kernel, bytes] = single ? [binaryF32, 4] as const : [binaryF64, 8] as const;
        forEachRun(out.shape, a.shape, b.shape, (o, ia, stepA, ib, stepB, n) => {
          kernel(op, x + ia * bytes, stepA, y + ib * bytes, stepB, z + o * bytes, n);
        });
      });
    },

    reduce(name, x, out) {
      if (name !== "sum") return js.reduce(name, plain(x), plain(out));
      run((frame, kernels) => {
        const single = x.dtype === "float32";
        const bytes = single ? 4 : 8;
        const [sum, addRows] = single
          ? [kernels.sumF32, kernels.addRowsF32]
          : [kernels.sumF64, kernels.addRowsF64];
        const size = sizeOf(out.shape);
        const from = frame.input(x), total = frame.room(8 * size);
        const totals = frame.heap.view("float64", total, size).fill(0);
        const rows = leadingRows(x.shape, out.shape);
        if (rows !== undefined) addRows(from, rows, size, total);
        else {
          forEachRun(x.shape, out.shape, [], (i, o, step, _b, _stepB, n) => {
            if (step === 0) totals[o]! += sum(from + i * bytes, n);
            else addRows(from + i * bytes, 1, n, total + o * 8);
          });
        }
        valuesOf(frame.heap, out.storage as WasmStorage).set(totals);
      });
    },

    matmul(a, b, out, options) {
      run((frame) => matmul(frame, a, b, out, options));
    },

    layerNorm(x, weight, bias, eps, out) {
      const [rows, d] = rowsOf(x);
      run((frame, { layerNormF32, layerNormF64 }) => {
        const kernel = x.dtype === "float32" ? layerNormF32 : layerNormF64;
        const [w, b] = [frame.input(weight), frame.input(bias)];
        kernel(frame.input(x), w, b, eps, rows, d, frame.output(out));
      });
    },

    normalize(x, eps, out) {
      const [rows, d] = rowsOf(x);
      run((frame, { layerNormF32, layerNormF64 }) => {
        const kernel = x.dtype === "float32" ? layerNormF32 : layerNormF64;
        kernel(frame.input(x), 0, 0, eps, rows, d, frame.output(out));
      });
    },

    layerNormGradients(x, weight, seed, eps, out, parameters) {
      const [rows, d] = rowsOf(x);
      run((frame, { layerNormGradientsF32, layerNormGradientsF64 }) => {
        const kernel = x.dtype === "float32" ? layerNormGradientsF32 : layerNormGradientsF64;
        const [v, w, s, y] = [...[x, weight, seed].map((t) => frame.input(t)), frame.output(out)];
        const totals = parameters ? frame.room(16 * d) : 0;
        const [dw, db] = parameters
          ? [frame.output(parameters.weight), frame.output(parameters.bias)]
          : [0, 0];
        kernel(v!, w!, s!, eps, rows, d, y!, totals, dw, db);
      });
    },

    rmsNormalize(x, out) {
      const [rows, d] = rowsOf(x);
      run((frame, { rmsNormalizeF32, rmsNormalizeF64 }) => {
        const kernel = x.dtype === "float32" ? rmsNormalizeF32 : rmsNormalizeF64;
        kernel(frame.input(x), rows, d, frame.output(out));
      });
    },

    adamw(parameter, gradient, first, second, constants) {
      const { lr, beta1, beta2, eps, weightDecay, correction1, correction2 } = constants;
      run((frame, { adamwF32, adamwF64 }) => {
        const kernel = parameter.dtype === "float32" ? adamwF32 : adamwF64;
        kernel(
          frame.inout(parameter),
          frame.input(gradient),
          frame.inout(first),
          frame.inout(second),
          sizeOf(parameter.shape),
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          1 - lr * weightDecay,
          lr / correction1,
          1 / Math.sqrt(correction2),
          eps,
        );
      });
    },
  };
}

/** Number of rows that are added up if `reduced` drops leading axes and nothing else. */
function leadingRows(shape: Shape, reduced: Shape): number | undefined {
  const first = reduced.findIndex((n) => n !== 1);
  if (first <= 0 || !reduced.every((n, i) => i < first || n === shape[i])) return undefined;
  return sizeOf(shape.slice(0, first));
}

/** Number of rows along the last axis, and their length. */
function rowsOf(x: Operand): [rows: number, d: number] {
  const d = x.shape.at(-1)!;
  return [d === 0 ? 0 : sizeOf(x.shape) / d, d];
}

/** A storage of ordinary memory. */
export function ordinary(dtype: WasmStorage["dtype"], size: number): WasmStorage {
  return { dtype, size, pointer: 0, array: newArray(dtype, size) };
}
