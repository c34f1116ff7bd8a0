// What is found by intervening on a run's model.
import type { NullProbe, PrecisionProbe, Probes } from "@fa/protocol";
import { nudgingProbe, nullProbe, perturbationProbe, precisionProbe } from "@fa/protocol/probes";
import { halfBackend, Rng } from "@fa/tensor";
import type { Setup } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

/** Batches whose samples are perturbed: M = 32 times at every layer, which costs most. */
const PERTURBED_BATCHES = 2;

/**
 * Probes the model as it is, on the first of the fixed evaluation batches (perturbation) or all of
 * them. Every random number is from a stream of the seed that nothing else draws from, the same one
 * after each epoch, so that epochs and methods are compared under the same perturbations; nothing is
 * changed.
 */
export async function probesOf(spec: RunSpec, setup: Setup): Promise<Probes> {
  const { model, measuring } = setup;
  const rng = Rng.fromSeed(spec.seed, "probes");
  const exactModel = setup.exactModel();
  const options = { ...measuring, ...(exactModel && { exactModel }) };
  const nullFound = await nullOf(spec, setup, rng.fork("null"));
  return {
    perturbation: await perturbationProbe(model, images(spec, setup, PERTURBED_BATCHES), {
      ...options,
      rng: rng.fork("perturbation"),
    }),
    nudging: await nudgingProbe(model, images(spec, setup), options),
    ...(nullFound && { null: nullFound }),
    precision: await precisionOf(spec, setup),
  };
}

/**
 * Γ under fresh feedback, for rules whose auxiliary tensors are fixed random matrices and nothing else
 * (DFA, FA). Rules that train networks of their own (SB, CB) have none: what they would give with
 * fresh networks says how a network starts, not what feedback is worth. EP and backpropagation have
 * no feedback at all.
 */
async function nullOf(spec: RunSpec, setup: Setup, rng: Rng): Promise<NullProbe | undefined> {
  const { model, backend, trainer, rule, measuring } = setup;
  const { auxiliary } = trainer;
  if (!rule || rule.learning || auxiliary.size === 0) return undefined;
  const { width, depth, dtype } = spec;
  const sizes = { width, depth, classes: model.classes, dtype, backend };
  const { time } = trainer.state();
  const exactModel = setup.exactModel();
  const names = [...auxiliary.keys()];
  return await nullProbe(model, images(spec, setup), {
    creditIndex: measuring.creditIndex,
    trained: (context) => trainer.credits!(context).blocks,
    fresh: (draw) => {
      const drawn = rule.init(sizes, rng.fork(draw));
      return (context) => rule.credits({ ...context, model, time }, drawn).blocks;
    },
    what: names.length > 1 ? `${names[0]} … ${names.at(-1)}` : names[0]!,
    ...(exactModel && { exactModel }),
  });
}

async function precisionOf(spec: RunSpec, setup: Setup): Promise<PrecisionProbe> {
  const { model, backend } = setup;
  const single = spec.dtype === "float32" ? model : model.copy({ dtype: "float32" });
  const half = (format: "float16" | "bfloat16") =>
    single.copy({ backend: halfBackend(format, backend) });
  return await precisionProbe({
    exact: setup.exactModel() ?? model,
    working: { float32: single, float16: half("float16"), bfloat16: half("bfloat16") },
    batches: images(spec, setup),
  });
}

/** The first of the fixed evaluation batches. */
function images({ evaluation, dtype }: RunSpec, { dataset, backend }: Setup, batches?: number) {
  const { batch } = evaluation;
  const limit = Math.min(batches ?? evaluation.batches, evaluation.batches) * batch;
  return dataset.testBatches({ batch, dtype, backend, limit });
}
