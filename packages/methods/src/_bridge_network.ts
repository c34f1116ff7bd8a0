// The network of State Bridge and Credit Bridge: what a hidden state, its time and the error tell.
import { linearParameters } from "@fa/models";
import {
  add,
  type CreateOptions,
  gelu,
  layerNorm,
  linear,
  matmul,
  ones,
  parameter,
  reshape,
  type Rng,
  slice,
  type Tensor,
  tensor,
  zeros,
} from "@fa/tensor";
import { type Auxiliary, type CreditSizes, requireAuxiliary } from "./credit_rule.ts";

const LAYER_NORM_EPS = 1e-5; // PyTorch's

/** Sizes of a bridge network. */
export interface BridgeSizes extends CreditSizes {
  /** Width of each of the three hidden layers. */
  readonly hiddenWidth: number;
  /** Width of the embedding of time. */
  readonly timeWidth: number;
  /** Width of the output. */
  readonly outputs: number;
}

/** Tensors of a fresh network, with `<prefix>.` before PyTorch's names. */
export function bridgeParameters(
  prefix: string,
  { width, classes, hiddenWidth, timeWidth, outputs, dtype, backend }: BridgeSizes,
  rng: Rng,
): Map<string, Tensor> {
  const create: CreateOptions = { dtype, ...(backend && { backend }) };
  const named = new Map([
    [`${prefix}.ln.weight`, parameter(ones([width], create))],
    [`${prefix}.ln.bias`, parameter(zeros([width], create))],
  ]);
  const layers: readonly (readonly [name: string, inputs: number, outputs: number])[] = [
    ["time.0", 1, timeWidth],
    ["time.2", timeWidth, timeWidth],
    ["net.0", width + timeWidth + classes, hiddenWidth],
    ["net.2", hiddenWidth, hiddenWidth],
    ["net.4", hiddenWidth, hiddenWidth],
    ["net.6", hiddenWidth, outputs],
  ];
  for (const [name, inputs, outputs] of layers) {
    const size = { inputs, outputs, ...create };
    const { weight, bias } = linearParameters(rng.fork(prefix, name), size);
    named.set(`${prefix}.${name}.weight`, weight).set(`${prefix}.${name}.bias`, bias);
  }
  return named;
}

/** Names of the tensors whose name begins with `<prefix>.`. */
export function namesOf(prefix: string, auxiliary: Auxiliary): string[] {
  return [...auxiliary.keys()].filter((name) => name.startsWith(`${prefix}.`));
}

/** Where a bridge network is asked. */
export interface BridgeInput {
  /** Hidden states `[T·K·B, d]`: for each of T times K copies of the batch. */
  readonly states: Tensor;
  /** The T times, from 0 at h_0 to 1 at h_L. */
  readonly times: readonly number[];
  /** s = e_T of the batch, `[B, C]`. */
  readonly s: Tensor;
}

/**
 * What the network says of every state, `[T·K·B, outputs]`:
 *
 *     net(LN(h), time(t), s),   time = Linear, GELU, Linear,   net = three times (Linear, GELU), Linear.
 *
 * The first layer of `net` is taken in three parts, W·(n, e, s) = W_n·n + W_e·e + W_s·s: the second is
 * the same for all rows of one time, the third for all rows of one sample.
 */
export function bridge(
  { auxiliary, prefix, rule }: {
    readonly auxiliary: Auxiliary;
    readonly prefix: string;
    readonly rule: string;
  },
  { states, times, s }: BridgeInput,
): Tensor {
  const get = (name: string) => requireAuxiliary(auxiliary, `${prefix}.${name}`, rule);
  const layer = (name: string, x: Tensor) => linear(x, get(`${name}.weight`), get(`${name}.bias`));
  const t = tensor(times, { shape: [times.length, 1], dtype: s.dtype, backend: s.backend });
  const embedded = layer("time.2", gelu(layer("time.0", t))); // [T, timeWidth]
  const normalized = layerNorm(states, get("ln.weight"), get("ln.bias"), { eps: LAYER_NORM_EPS });

  const weight = get("net.0.weight");
  const [rows, d] = states.shape as [number, number];
  const [batch] = s.shape as [number, number];
  const [width] = weight.shape as [number, number];
  const [start, end] = [d, d + embedded.shape[1]!];
  const ofState = matmul(normalized, slice(weight, { axis: 1, end: start }), { transposeB: true });
  const ofTime = matmul(embedded, slice(weight, { axis: 1, start, end }), { transposeB: true });
  const ofError = linear(s, slice(weight, { axis: 1, start: end }), get("net.0.bias"));
  const shared = add(reshape(ofTime, [times.length, 1, 1, width]), ofError); // [T, 1, B, width]
  const copies = rows / (times.length * batch);
  const first = add(reshape(ofState, [times.length, copies, batch, width]), shared);

  let x = gelu(reshape(first, [rows, width]));
  for (const name of ["net.2", "net.4"]) x = gelu(layer(name, x));
  return layer("net.6", x);
}

/** [l/L] for l from `first` to `last`. */
export function timesOf(depth: number, first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) / depth);
}

/** `[n·B, …]` as n tensors `[B, …]`. */
export function splitRows(x: Tensor, n: number): Tensor[] {
  const batch = x.shape[0]! / n;
  return Array.from(
    { length: n },
    (_, l) => slice(x, { start: l * batch, end: (l + 1) * batch }),
  );
}
