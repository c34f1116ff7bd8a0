// Pitfall 9: a step that float32 cannot take.
import {
  add,
  cast,
  crossEntropy,
  type DType,
  exactDot,
  grad,
  jsBackend,
  layerNorm,
  linear,
  noGrad,
  normal,
  ones,
  Rng,
  type Tensor,
  tensor,
  variable,
  zeros,
} from "@fa/tensor";
import { l2Norm } from "../evidence/norm.ts";
import type { Measured } from "../evidence/measured.ts";
import { pearson } from "../probes/_pearson.ts";
import { row } from "./_alignment.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

const width = 256;
const batch = 16;
const classes = 10;
const draws = 8;

/** Terminal LayerNorm and head, and the loss of each sample. */
function sampleLosses(h: Tensor, weight: Tensor, y: readonly number[]): Tensor {
  const normalized = layerNorm(h, ones([width], h), zeros([width], h));
  return crossEntropy(linear(normalized, weight, zeros([classes], h)), y, { reduction: "none" });
}

interface Found {
  /** ρ of the true gradient: the positive control, near 1 where the steps are taken. */
  readonly rho: Measured;
  /** Fraction of all coordinates that the step left where they were. */
  readonly unmoved: number;
}

/** ρ of the gradient in one precision, with steps of an absolute or a relative length. */
function positiveControl(
  dtype: DType,
  step: { absolute: number } | { relative: number },
  norm = 4e4, // as a penalised DFA network has it
): Found {
  const rng = Rng.fromSeed(1, "pitfalls", "absolute step");
  const options = { dtype: "float64", backend: jsBackend } as const;
  const std = norm / Math.sqrt(width);
  const states = normal(rng.fork("h"), [batch, width], { std, ...options });
  const weight = cast(normal(rng.fork("head"), [classes, width], { std: 0.1, ...options }), dtype);
  const y = Array.from({ length: batch }, (_, b) => b % classes);
  const h = variable(cast(states, dtype));
  const before = sampleLosses(h, weight, y);
  const [gradient] = grad(before, [h], { seed: ones([batch], h) });
  const g = gradient!.dataSync();
  const predicted: number[] = [];
  const found: number[] = [];
  let unmoved = 0;
  for (let draw = 0; draw < draws; draw++) {
    const direction = normal(rng.fork("v", draw), [batch, width], options).dataSync();
    const move = direction.slice();
    for (let b = 0; b < batch; b++) {
      const v = row(direction, b, batch);
      const length = "absolute" in step
        ? step.absolute
        : step.relative * l2Norm(row(h.dataSync(), b, batch));
      const size = length / l2Norm(v);
      v.forEach((value, i) => move[b * width + i] = value * size);
      predicted.push(exactDot(row(g, b, batch), row(move, b, batch)));
    }
    const moved = noGrad(() =>
      add(h, tensor(move, { shape: [batch, width], dtype, backend: jsBackend }))
    );
    const [from, to] = [h.dataSync(), moved.dataSync()];
    unmoved += from.filter((value, i) => value === to[i]).length;
    const after = noGrad(() => sampleLosses(moved, weight, y)).dataSync();
    before.dataSync().forEach((loss, b) => found.push(after[b]! - loss));
  }
  const sides = ["predicted changes", "changes of the loss"] as const;
  return {
    rho: pearson(Float64Array.from(predicted), Float64Array.from(found), sides),
    unmoved: unmoved / (draws * batch * width),
  };
}

/**
 * Pitfall 9: perturbation correlation with an absolute ε in float32.
 *
 * @example
 * ```ts
 * import { absoluteStep } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await absoluteStep.run();
 * if (!(Number(right.value) > 0.99)) throw new Error("the gradient predicts the loss");
 * if (!(Number(wrong.value) < 0.5)) throw new Error("unless its steps are not taken");
 * ```
 */
export const absoluteStep: Pitfall = {
  number: 9,
  name: "absolute-step",
  title: "ρ with an absolute ε = 1e-3 in float32 is mostly rounding where ‖h‖ ≈ 4e4",
  problem:
    "ρ compares a predicted with a true change of the loss under h + εv. Where the stream has " +
    "grown, ε = 1e-3 lies below the resolution of float32: most coordinates do not move, the change " +
    "of the loss is mostly rounding, and ρ of even the true gradient is far from 1.",
  source: "ours; IEEE 754 binary32",
  check: {
    pytorch: `moved = (h + step) != h
assert moved.float().mean() > 0.99, "the step is below the resolution of h: make it relative"
# and the positive control: rho of the true gradient must be near 1`,
    typescript: `const h = Float32Array.of(2500, -1800, 3100);
const step = 1e-3 * Math.hypot(...h); // relative to ‖h‖; 1e-3 itself would move nothing
const moved = h.filter((value) => Math.fround(value + step) !== value).length;
if (moved < h.length) throw new Error("the step is below the resolution of h");`,
  },
  // deno-lint-ignore require-await -- every pitfall answers with a promise
  async run(): Promise<PitfallDemonstration> {
    const wrong = positiveControl("float32", { absolute: 1e-3 });
    const right = positiveControl("float64", { relative: 1e-3 });
    const vanilla = positiveControl("float32", { absolute: 1e-3 }, 4e8);
    return {
      wrong: { how: "ρ of the true gradient, ε = 1e-3 in float32, ‖h‖ ≈ 4e4", value: wrong.rho },
      right: { how: "ρ of the true gradient, ε = 1e-3·‖h‖ in float64", value: right.rho },
      also: [
        { how: "fraction of coordinates that do not move in it", value: wrong.unmoved },
        {
          how: "the same fraction at ‖h‖ ≈ 4e8, where vanilla DFA ends",
          value: vanilla.unmoved,
        },
        {
          how: "ρ of the true gradient, ε = 1e-3 in float64",
          value: positiveControl("float64", { absolute: 1e-3 }).rho,
        },
      ],
      why:
        "A coordinate of 2500 has float32 neighbours 2.4e-4 apart; a step of 1e-3 in 256 dimensions " +
        "moves each by about 6e-5, less than half of that. What moves at all moves by the wrong " +
        "amount. Run the positive control before believing a ρ.",
    };
  },
};
