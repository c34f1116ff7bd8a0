// ρ: does a credit predict how the loss changes when a hidden state moves?
import {
  add,
  mul,
  normal,
  reshape,
  rmsNormalize,
  type Rng,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { l2Norm } from "../evidence/norm.ts";
import { pearson } from "./_pearson.ts";
import { perLayerOf } from "./_per_layer.ts";
import { asRows, lossesFrom, probedBatches, type ProbeOptions } from "./_probed_batches.ts";
import type { PerLayer, PerturbationProbe } from "./probes.ts";

/** Options of {@link perturbationProbe}. */
export interface PerturbationOptions extends ProbeOptions {
  /** M: perturbations of every sample. Default 32. */
  readonly draws?: number;
  /** Length of a perturbation. Default: ε = 1e-3·‖h_{l,b}‖. */
  readonly step?: PerturbationProbe["step"];
  /** Draws directions and the negative control; only forks of it are used. */
  readonly rng: Rng;
}

const signals = ["rho", "positive", "negative"] as const;

/**
 * ρ_l (§5): every sample of every batch is moved M times from h_l to h_l + εv, each time along a unit
 * vector v of its own. The credit predicts a change of ⟨a_l, εv⟩; the true change is that of the
 * sample's own CE when the rest of the network goes on from there (one-sided). ρ_l is Pearson's
 * correlation over all M × samples pairs. It does not depend on the length of a credit, but on how
 * that length differs from sample to sample.
 *
 * The same perturbations measure a positive control, the true gradient ∂CE/∂h_l, whose ρ is near 1
 * where ε is small enough for the loss to be straight; and a negative control, one random vector for
 * each sample. The negative one spreads around 0 with a standard error of about
 * √(1/(M·samples) + 1/(d·samples)): the M perturbations of a sample share its random vector.
 *
 * With `exactModel` states are displaced and losses computed in float64, while the credits are what
 * the working model gives. `step: { kind: "absolute", value: 1e-3 }` without `exactModel` is the
 * paper's choice (pitfall 9): in float32 it is below the resolution of h_l once ‖h_l‖ is about 1e4.
 *
 * @param model the model that gives the credits.
 * @param batches batches of equal size, as credits and gradients carry its 1/B, which a sample's own
 * loss does not; samples must not influence one another within a batch.
 * @param options credits, where they live, and how far and how often states are moved.
 * @returns ρ_l for every block, and means. ρ_l is unmeasured where one of the changes is not finite,
 * or all of them are the same.
 * @throws {RangeError} if there are no batches, their sizes differ, credits have the wrong number or
 * shapes, `draws` is no integer ≥ 1, or the step is not above 0.
 *
 * @example
 * ```ts
 * import { isMeasured } from "@fa/protocol";
 * import { perturbationProbe } from "@fa/protocol/probes";
 * import { mul, normal, Rng, type Tensor } from "@fa/tensor";
 *
 * const rng = Rng.fromSeed(42);
 * const model = {
 *   embed: (x: Tensor) => x,
 *   blocks: [(h: Tensor) => mul(h, 0.5), (h: Tensor) => mul(h, 0.25)],
 *   outHead: (h: Tensor) => h,
 * };
 * const x = normal(rng.fork("x"), [16, 10], { dtype: "float64" });
 * const y = Array.from({ length: 16 }, (_, b) => b % 10);
 * const { rho } = await perturbationProbe(model, [{ x, y }], {
 *   credits: ({ bpGradient }) => bpGradient.slice(0, -1), // backpropagation predicts best
 *   creditIndex: "input",
 *   rng: rng.fork("probe"),
 * });
 * if (!isMeasured(rho.mean) || rho.mean < 0.999) throw new Error("the gradient must predict");
 * ```
 */
export async function perturbationProbe(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  options: PerturbationOptions,
): Promise<PerturbationProbe> {
  const { draws = 32, step = { kind: "relative", value: 1e-3 }, rng } = options;
  if (!(Number.isSafeInteger(draws) && draws >= 1)) {
    throw new RangeError(`Cannot perturb states as draws must be an integer ≥ 1: ${draws}`);
  }
  if (!(step.value > 0 && step.value < Infinity)) {
    throw new RangeError(`Cannot perturb states as the step must be above 0: ${step.value}`);
  }
  const at = options.exactModel ?? model;
  const pairs: Pairs[] = model.blocks.map(() => ({
    true: [],
    rho: [],
    positive: [],
    negative: [],
  }));
  let samples = 0;
  let dtype = "";
  for await (const { index, y, blocks } of probedBatches(model, batches, options)) {
    samples += y.length;
    for (const [l, block] of blocks.entries()) {
      dtype = block.state.dtype;
      const lengths = await stepLengths(block.state, step);
      const fixed = scope(() => ({
        before: lossesFrom(at, block.state, block.level, y),
        random: normalLike(block.state, rng.fork("negative", index, l)),
      }));
      for (let draw = 0; draw < draws; draw++) {
        const found = scope(() => {
          const direction = normalLike(block.state, rng.fork("direction", index, l, draw));
          const displacement = mul(rmsNormalize(direction), lengths);
          const moved = add(block.state, reshape(displacement, block.state.shape));
          const after = lossesFrom(at, moved, block.level, y);
          const predicted = (a: Tensor) => sum(mul(asRows(a), displacement), { axis: 1 });
          return {
            true: sub(after, fixed.before),
            rho: predicted(block.credit),
            positive: predicted(block.gradient),
            negative: predicted(fixed.random),
          };
        });
        for (const name of ["true", ...signals] as const) {
          pairs[l]![name].push(await found[name].data());
        }
      }
    }
  }
  return { draws, samples, step, dtype, ...correlations(pairs) };
}

type Changes = "true" | typeof signals[number];

/** Changes of the loss at one block, a list for every draw. */
type Pairs = { readonly [name in Changes]: (Float32Array | Float64Array)[] };

function correlations(pairs: readonly Pairs[]): Pick<PerturbationProbe, typeof signals[number]> {
  const real = pairs.map((block) => joined(block.true));
  const of = (name: typeof signals[number], what: string): PerLayer =>
    perLayerOf(
      pairs.map((block, l) =>
        pearson(joined(block[name]), real[l]!, ["predicted changes", "true changes of the loss"])
      ),
      what,
    );
  return {
    rho: of("rho", "ρ"),
    positive: of("positive", "ρ of the gradient"),
    negative: of("negative", "ρ of a random vector"),
  };
}

function joined(lists: readonly (Float32Array | Float64Array)[]): Float64Array {
  const all = new Float64Array(lists.reduce((length, list) => length + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** What the unit root mean square of each sample is multiplied by, `[B, 1]`, to have the length ε. */
async function stepLengths(
  state: Tensor,
  { kind, value }: PerturbationProbe["step"],
): Promise<Tensor> {
  const samples = state.shape[0]!;
  const features = state.size / samples;
  const values = await state.data();
  const lengths = Array.from({ length: samples }, (_, b) => {
    const norm = kind === "relative"
      ? l2Norm(values.subarray(b * features, (b + 1) * features))
      : 1;
    return [value * norm / Math.sqrt(features)];
  });
  return tensor(lengths, { dtype: state.dtype, backend: state.backend });
}

/** Normal numbers, a row for each sample. */
function normalLike(state: Tensor, rng: Rng): Tensor {
  const samples = state.shape[0]!;
  const { dtype, backend } = state;
  return normal(rng, [samples, state.size / samples], { dtype, backend });
}
