// What the tests of the wasm backend's kernels share: operands in every place where values can be, and
// comparison with backend js: bit for bit, or within the textbook's error bound.
import * as assert from "uvu/assert";
import type { Backend, Kernels, Operand } from "../../backend.ts";
import { type DType, dtypeOf, newArray, type TypedArray } from "../../dtype.ts";
import type { Rng } from "../../random/mod.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import {
  doublePrecision,
  errorBounds,
  errorsOf,
  singlePrecision,
} from "../../testing/_error_bounds.ts";
import { jsBackend } from "../js/mod.ts";
import { wasmBackend } from "./mod.ts";

/** Both dtypes. */
export const dtypes = ["float32", "float64"] as const;

/** Where the values of an operand are: an ordinary array, linear memory of a scope, or pinned there. */
export type Place = "array" | "memory" | "pinned";
const places: readonly Place[] = ["array", "memory", "pinned"];

/** An operand of a test. */
export interface Values {
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** Calls one kernel; `operands` are those of the test, in its order. */
export type Call = (kernels: Kernels, operands: Operand[]) => void;

/** Standard normal values. */
export function normals(rng: Rng, dtype: DType, shape: Shape): Values {
  const data = newArray(dtype, sizeOf(shape));
  rng.fillNormal(data);
  return { shape, data };
}

/** Values of every kind: any bit pattern, and often zeros, infinities, NaN, subnormals and limits. */
export function anyBits(rng: Rng, dtype: DType, shape: Shape): Values {
  const data = newArray(dtype, sizeOf(shape));
  const bits = new Uint32Array(data.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = rng.integer(2 ** 32);
  const [tiny, normal, huge] = dtype === "float32"
    ? [2 ** -149, 2 ** -126, 2 ** 127 * (2 - 2 ** -23)]
    : [2 ** -1074, 2 ** -1022, Number.MAX_VALUE];
  const special = [0, 1, tiny, normal, huge, Infinity, NaN, 1 / 3, 3];
  for (let i = 0; i < data.length; i++) {
    const k = rng.integer(4 * special.length);
    if (k < 2 * special.length) data[i] = special[k >> 1]! * (k & 1 ? -1 : 1);
  }
  return { shape, data };
}

/** Room for results: NaN, which a kernel must overwrite. */
export function blank(dtype: DType, shape: Shape): Values {
  return { shape, data: newArray(dtype, sizeOf(shape)).fill(NaN) };
}

/** Runs a kernel on copies of the operands, and gives all of them as they are afterwards. */
export function runOn(
  backend: Backend,
  place: Place,
  operands: readonly Values[],
  call: Call,
): TypedArray[] {
  const made = operands.map(({ shape, data }): Operand => {
    const dtype = dtypeOf(data);
    const storage = backend.allocate(
      dtype,
      data.length,
      place === "memory" ? "scope" : "collected",
    );
    backend.write(storage, data);
    if (place === "pinned") backend.pin(storage);
    return { shape, dtype, storage };
  });
  call(backend.kernels, made);
  const values = made.map(({ storage }) => backend.readSync!(storage));
  if (place === "memory") { for (const { storage } of made) backend.release(storage); }
  return values;
}

/** Runs a kernel of the wasm backend with its operands in each place; the bits must not depend on it. */
export function runOnWasm(operands: readonly Values[], call: Call): TypedArray[] {
  const [first, ...others] = places.map((place) => runOn(wasmBackend, place, operands, call));
  others.forEach((values, p) =>
    values.forEach((v, i) => sameBits(v, first![i]!, `operand ${i}, ${places[p + 1]} and array`))
  );
  return first!;
}

/** Every operand must have the same bits afterwards as on backend js. */
export function likeJs(what: string, operands: readonly Values[], call: Call): void {
  const expected = runOn(jsBackend, "array", operands, call);
  runOnWasm(operands, call).forEach((v, i) => sameBits(v, expected[i]!, `${what}, operand ${i}`));
}

/**
 * Every operand must differ afterwards from what backend js computes in double from the same values
 * by no more than roundings explain.
 */
export function withinBounds(what: string, operands: readonly Values[], call: Call): void {
  const single = dtypeOf(operands[0]!.data) === "float32";
  const wide = operands.map(({ shape, data }) => ({ shape, data: Float64Array.from(data) }));
  const expected = runOn(jsBackend, "array", wide, call);
  const errors = [single ? singlePrecision(false) : doublePrecision, doublePrecision]
    .map((precision) => {
      const backend = errorBounds(precision);
      const made = wide.map(({ shape, data }): Operand => {
        const storage = backend.allocate("float64", data.length, "collected");
        backend.write(storage, data);
        return { shape, dtype: "float64", storage };
      });
      call(backend.kernels, made);
      return made.map(errorsOf);
    });
  runOnWasm(operands, call).forEach((values, i) =>
    values.forEach((v, j) => {
      const bound = errors[0]![i]![j]! + errors[1]![i]![j]!;
      assert.ok(Number.isFinite(bound), `${what}, operand ${i}[${j}]: bound ${bound}`);
      const difference = Math.abs(v - expected[i]![j]!);
      assert.ok(
        difference <= bound,
        `${what}, operand ${i}[${j}]: ${v}, expected ${expected[i]![j]} ± ${bound}`,
      );
    })
  );
}

/** Bit for bit, but any NaN equals any other. */
export function sameBits(actual: TypedArray, expected: TypedArray, what: string): void {
  assert.is(actual.length, expected.length, what);
  assert.is(dtypeOf(actual), dtypeOf(expected), what);
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i])) {
      assert.unreachable(
        `${what}[${i}] of ${actual.length}: ${actual[i]}, expected ${expected[i]}`,
      );
    }
  }
}
