// Bridges on a small network, and their definitions in plain loops over numbers.
import {
  add,
  detach,
  expF64,
  geluF64,
  gradcheck,
  type GradcheckResult,
  logF64,
  normal,
  Rng,
  type Tensor,
  tensor,
} from "@fa/tensor";
import type { Auxiliary, CreditContext, CreditRule } from "../credit_rule.ts";
import { contextOf, type Net, smallNet, type SmallNetOptions, values } from "./_small_net.ts";

const dtype = "float64";

/** Sizes of the networks in the tests. */
export const small = { hiddenWidth: 5, timeWidth: 3 } as const;

/** A network and a batch, what a rule sees of them, and the rule's tensors moved off special values. */
export function bridgeCase(rule: CreditRule, variant: SmallNetOptions = {}): {
  readonly net: Net;
  readonly context: CreditContext & { readonly bpGradient: readonly Tensor[]; readonly rng: Rng };
  readonly auxiliary: Map<string, Tensor>;
} {
  const net = smallNet(variant);
  const rng = Rng.fromSeed(7);
  const sizes = { width: 8, depth: net.model.blocks.length, classes: 4, dtype } as const;
  const auxiliary = new Map(rule.init(sizes, rng.fork("auxiliary")));
  for (const [name, t] of auxiliary) {
    if (name === "scale") continue;
    t.assign(add(detach(t), normal(rng.fork(name), t.shape, { std: 0.3, dtype })));
  }
  return { net, context: { ...contextOf(net), rng: rng.fork("noise") }, auxiliary };
}

/** Rows of a matrix. */
export function rowsOf(t: Tensor): number[][] {
  const flat = [...values(t)];
  const d = t.shape.at(-1)!;
  return Array.from({ length: flat.length / d }, (_, i) => flat.slice(i * d, (i + 1) * d));
}

/** Average of some numbers. */
export function average(numbers: readonly number[]): number {
  return numbers.reduce((s, v) => s + v, 0) / numbers.length;
}

/** ‖v‖². */
export function squaredNorm(v: readonly number[]): number {
  return v.reduce((s, x) => s + x * x, 0);
}

/** A network of one state: h, t and s to its outputs. */
export type PlainBridge = (h: readonly number[], t: number, s: readonly number[]) => number[];

/** A bridge network from its definition, its first layer whole. */
export function plainBridge(auxiliary: Auxiliary, prefix: string): PlainBridge {
  const get = (name: string) => values(auxiliary.get(`${prefix}.${name}`)!);
  return (h, t, s) => {
    const layer = (name: string, x: readonly number[]) =>
      plainLinear(x, get(`${name}.weight`), get(`${name}.bias`));
    const time = layer("time.2", layer("time.0", [t]).map(geluF64));
    let x = [...plainLayerNorm(h, get("ln.weight"), get("ln.bias")), ...time, ...s];
    for (const name of ["net.0", "net.2", "net.4"]) x = layer(name, x).map(geluF64);
    return layer("net.6", x);
  };
}

/** Cross-entropy of one sample from its h_L. */
export function plainLoss({ model }: Net, h: readonly number[], label: number): number {
  const get = (name: string) => values(model.namedParameters().get(name)!);
  const below = model.outLn ? plainLayerNorm(h, get("out_ln.weight"), get("out_ln.bias")) : h;
  const logits = plainLinear(below, get("out_head.weight"), get("out_head.bias"));
  return logF64(logits.reduce((s, z) => s + expF64(z), 0)) - logits[label]!;
}

function plainLinear(x: readonly number[], weight: Float64Array, bias: Float64Array): number[] {
  return Array.from(bias, (b, i) => x.reduce((s, v, j) => s + weight[i * x.length + j]! * v, b));
}

function plainLayerNorm(
  x: readonly number[],
  weight: Float64Array,
  bias: Float64Array,
): number[] {
  const mean = average(x);
  const deviation = Math.sqrt(average(x.map((v) => (v - mean) ** 2)) + 1e-5);
  return x.map((v, i) => (v - mean) / deviation * weight[i]! + bias[i]!);
}

/** Central differences of f at x, with an error of the order of 1e-11. */
export function differences(f: (x: readonly number[]) => number, x: readonly number[]): number[] {
  const step = 1e-4;
  const at = (i: number, by: number) => f(x.with(i, x[i]! + by));
  // Five points: the error is of fourth order in the step.
  return x.map((_, i) =>
    (8 * (at(i, step) - at(i, -step)) - (at(i, 2 * step) - at(i, -2 * step))) / (12 * step)
  );
}

/** Checks the gradient of a rule's own loss at all tensors that it trains. */
export function checkLoss(
  rule: CreditRule,
  { context, auxiliary }: ReturnType<typeof bridgeCase>,
): GradcheckResult {
  const names = rule.learning!.trained(auxiliary);
  return gradcheck(
    (...parameters) =>
      rule.learning!.loss(
        context,
        // `scale` is updated by each evaluation, which must give the same value each time.
        new Map([...auxiliary, ["scale", tensor([1], { dtype })], ...named(names, parameters)]),
      ),
    names.map((name) => detach(auxiliary.get(name)!)),
    { rng: Rng.fromSeed(3) },
  );
}

function named(names: readonly string[], tensors: readonly Tensor[]): [string, Tensor][] {
  return names.map((name, i) => [name, tensors[i]!]);
}

/** Names of auxiliary tensors without which `use` fails by an error that says so. */
export function neededBy(
  auxiliary: Auxiliary,
  use: (auxiliary: Auxiliary) => unknown,
): string[] {
  return [...auxiliary.keys()].filter((name) => {
    const rest = new Map(auxiliary);
    rest.delete(name);
    try {
      use(rest);
      return false;
    } catch (error) {
      return error instanceof RangeError &&
        error.message.includes(`auxiliary tensor ${name} is missing`);
    }
  });
}

/** The same context with the samples in another order. */
export function permuted<C extends CreditContext>(context: C, order: readonly number[]): C {
  const move = (t: Tensor) =>
    tensor(rowsOf(t).map((_, i, rows) => rows[order[i]!]!), { dtype: t.dtype });
  return {
    ...context,
    x: move(context.x),
    y: order.map((i) => context.y[i]!),
    hidden: context.hidden.map(move),
    logits: move(context.logits),
    outputError: move(context.outputError),
  };
}
