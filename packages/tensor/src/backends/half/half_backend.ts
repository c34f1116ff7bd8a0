// Tensors as float16 or bfloat16 would hold them: any backend, with every result rounded once more.
import type { Backend, Kernels, Operand, Storage, UnaryName } from "../../backend.ts";
import type { FractionBits } from "../../half/_format.ts";
import { roundSingles } from "../../half/_round_singles.ts";
import { wasmBackend } from "../wasm/mod.ts";

/** Formats of {@link halfBackend}. */
export type HalfFormat = "float16" | "bfloat16";

const fractionBits: Readonly<Record<HalfFormat, FractionBits>> = { float16: 10, bfloat16: 7 };

const made = new WeakMap<Backend, Map<HalfFormat, Backend>>();
const halves = new WeakSet<Backend>();

/**
 * A backend on which every tensor holds half precision: each value that is written, and each result
 * of a kernel, is what `base` computes in float32, rounded once more to the nearest value of the
 * format, ties to even. So sums and products accumulate as widely as `base` does, and what is stored
 * is half: the arithmetic of tensors in half precision on a GPU, without loss scaling or autocast.
 *
 * In `float16` values from 65520 on become ±Infinity and those up to 2^-25 become 0 (subnormals,
 * multiples of 2^-24, are kept); `bfloat16` has the range of float32 and 8 significant bits. A fused
 * kernel (LayerNorm, GELU, softmax, cross-entropy, AdamW with its moments) is rounded where its
 * results are stored, not in between, and its constants, such as ε, are not. An op that is made of
 * others is rounded after each of them: a mean after its sum. A number that meets a tensor in an op
 * is a value of the format, too. Float64 values are rounded to float32 first.
 *
 * Tensors say dtype `float32`, the element type in which they are kept; the backend's name, such as
 * `wasm+float16`, says what they hold. It is made once for each format and base.
 *
 * @param format `float16` or `bfloat16`.
 * @param base what computes. Default {@link wasmBackend}.
 * @throws {TypeError} if `base` reads only asynchronously, or rounds to half precision already; later,
 * if a tensor of float64 is asked for.
 *
 * @example
 * ```ts
 * import { add, halfBackend, mul, tensor } from "@fa/tensor";
 *
 * const [float16, bfloat16] = [halfBackend("float16"), halfBackend("bfloat16")];
 * const [a, b] = [float16, bfloat16].map((backend) => tensor([1e-3, 2049], { backend }));
 * if (a!.dataSync()[1] !== 2048 || b!.dataSync()[1] !== 2048) throw new Error("written in half");
 * if (mul(a!, 1e-6).dataSync()[0] !== 0) throw new Error("1e-9 is nothing in float16");
 * if (mul(b!, 1e-6).dataSync()[0] === 0) throw new Error("bfloat16 has the range of float32");
 * if (add(a!, 1).dataSync()[1] !== 2048) throw new Error("2049 is rounded to even");
 * ```
 */
export function halfBackend(format: HalfFormat, base: Backend = wasmBackend): Backend {
  const fraction = fractionBits[format];
  if (fraction === undefined) {
    throw new RangeError(
      `Cannot round to ${format} as the format must be one of ${
        Object.keys(fractionBits).join(", ")
      }`,
    );
  }
  if (halves.has(base)) {
    throw new TypeError(
      `Cannot round to ${format} on backend ${base.name} as its base must not round to half precision already`,
    );
  }
  let known = made.get(base);
  if (!known) made.set(base, known = new Map());
  let backend = known.get(format);
  if (!backend) {
    known.set(format, backend = makeHalfBackend(format, fraction, base));
    halves.add(backend);
  }
  return backend;
}

function makeHalfBackend(format: HalfFormat, fraction: FractionBits, base: Backend): Backend {
  if (!base.readSync) {
    throw new TypeError(
      `Cannot round to ${format} on backend ${base.name} as its base must read at once`,
    );
  }
  const readSync = (storage: Storage) => base.readSync!(storage);
  const round = (...results: readonly Operand[]): void => {
    for (const { storage } of results) {
      const values = readSync(storage) as Float32Array; // a copy
      roundSingles(fraction, values);
      base.write(storage, values);
    }
  };
  const name = `${base.name}+${format}`;
  return {
    name,
    deterministic: base.deterministic,
    checkDType(dtype) {
      if (dtype === "float32") return;
      throw new TypeError(
        `Cannot hold ${dtype} on backend ${name} as it keeps ${format} in float32 alone`,
      );
    },
    allocate: (dtype, size, lifetime): Storage => base.allocate(dtype, size, lifetime),
    release: (storage) => base.release(storage),
    retain: (storage) => base.retain(storage),
    pin: (storage) => base.pin(storage),
    write(storage, values) {
      const rounded = new Float32Array(values);
      roundSingles(fraction, rounded);
      base.write(storage, rounded);
    },
    read: (storage) => base.read(storage),
    readSync,
    kernels: roundingKernels(base.kernels, round),
  };
}

/**
 * The kernels of `base`, each followed by rounding what it wrote. What only moves values, or gives 0
 * and 1, gives values of the format from values of the format, and is passed through.
 */
function roundingKernels(base: Kernels, round: (...results: readonly Operand[]) => void): Kernels {
  const exactUnary: readonly UnaryName[] = ["neg"];
  return {
    broadcast: (x, out) => base.broadcast(x, out),
    transpose: (x, out) => base.transpose(x, out),
    copyBlocks: (x, out, blocks) => base.copyBlocks(x, out, blocks),
    oneHot: (labels, out) => base.oneHot(labels, out),

    fill(value, out) {
      base.fill(value, out);
      round(out);
    },
    unary(name, x, out) {
      base.unary(name, x, out);
      if (!exactUnary.includes(name)) round(out);
    },
    geluWithDerivative(x, out, derivative) {
      base.geluWithDerivative(x, out, derivative);
      round(out, derivative);
    },
    binary(name, a, b, out) {
      base.binary(name, a, b, out);
      if (name !== "equal") round(out);
    },
    cast(x, out) {
      base.cast(x, out);
      round(out);
    },
    reduce(name, x, out) {
      base.reduce(name, x, out);
      if (name !== "max") round(out);
    },
    matmul(a, b, out, options) {
      base.matmul(a, b, out, options);
      round(out);
    },
    softmax(x, out) {
      base.softmax(x, out);
      round(out);
    },
    crossEntropy(logits, labels, out) {
      base.crossEntropy(logits, labels, out);
      round(out);
    },
    outputError(logits, labels, out) {
      base.outputError(logits, labels, out);
      round(out);
    },
    layerNorm(x, weight, bias, eps, out) {
      base.layerNorm(x, weight, bias, eps, out);
      round(out);
    },
    layerNormGradients(x, weight, seed, eps, out, parameters) {
      base.layerNormGradients(x, weight, seed, eps, out, parameters);
      round(out);
      if (parameters) round(parameters.weight, parameters.bias);
    },
    normalize(x, eps, out) {
      base.normalize(x, eps, out);
      round(out);
    },
    rmsNormalize(x, out) {
      base.rmsNormalize(x, out);
      round(out);
    },
    adamw(parameter, gradient, first, second, constants) {
      base.adamw(parameter, gradient, first, second, constants);
      round(parameter, first, second);
    },
  };
}
