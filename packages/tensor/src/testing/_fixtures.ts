// Reading PyTorch fixtures, for tests.
import { readFileSync } from "node:fs";
import type { Backend } from "../backend.ts";
import { defaultBackend } from "../create/default_backend.ts";
import { tensor } from "../create/tensor.ts";
import type { DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";

/** A tensor as fixtures write it. */
export interface FixtureTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A parsed JSON fixture. */
export function readFixture<T>(url: URL): T {
  return JSON.parse(readFileSync(url, "utf8")) as T;
}

/** A fixture's tensor on our side. */
export function fromFixture(
  { shape, data }: FixtureTensor,
  dtype: DType = "float64",
  backend: Backend = defaultBackend(),
): Tensor {
  return tensor(Float64Array.from(data), { shape, dtype, backend });
}

/** max|a − b| / max|b|: the error of a tensor relative to its largest value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let error = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    error = difference <= error ? error : difference; // a NaN stays
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return error === 0 ? 0 : error / scale;
}
