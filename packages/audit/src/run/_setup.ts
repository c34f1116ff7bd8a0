// Model, trainer and data of a run, all from its seed.
import { type Dataset, withPermutedLabels, withRandomLabels } from "@fa/data";
import {
  createTrainer,
  type CreditNormalization,
  type CreditRule,
  creditRule,
  type Trainer,
} from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type CollectOptions, hashTensors, type Passport, unmeasured } from "@fa/protocol";
import { type Backend, Rng } from "@fa/tensor";
import type { RunSpec } from "./run_spec.ts";

/** What a run works with. */
export interface Setup {
  readonly model: ResidualMLP;
  readonly backend: Backend;
  readonly trainer: Trainer;
  readonly dataset: Dataset;
  readonly dataRng: Rng;
  /** How the method's credits are measured. */
  readonly measuring: Required<Pick<CollectOptions, "credits" | "creditIndex">>;
  /** The model as it is now in float64; undefined where it computes in float64 itself. */
  readonly exactModel: () => ResidualMLP | undefined;
  /** Hash of the feedback and other auxiliary tensors as they are now, or why there is none. */
  readonly feedbackHash: () => Promise<Passport["feedbackHash"]>;
  readonly creditNormalization: CreditNormalization;
  /** The method's credit rule; undefined for backpropagation. */
  readonly rule: CreditRule | undefined;
}

/**
 * Every stream is a fork of the seed by name: runs of one seed share initial weights, data order and
 * (where they have it) feedback, whatever the method, so that their differences are paired.
 */
export function setUp(spec: RunSpec, dataset: Dataset, backend: Backend): Setup {
  const rng = Rng.fromSeed(spec.seed);
  const { width, depth, dtype, trainedBlocks, lambda, method, terminalLayerNorm, residual } = spec;
  const model = new ResidualMLP({
    inputSize: dataset.inputSize,
    classes: dataset.classes,
    width,
    depth,
    dtype,
    backend,
    terminalLayerNorm,
    residual,
    rng: rng.fork("model"),
  });
  const trainer = createTrainer(method, model, {
    trainedBlocks,
    lambda,
    rule: spec.rule,
    rng: rng.fork("auxiliary"),
  });
  const rule = creditRule(method, spec.rule);
  return {
    model,
    backend,
    trainer,
    rule,
    dataset: relabelled(dataset, spec),
    dataRng: rng.fork("data"),
    measuring: rule
      ? {
        creditIndex: rule.creditIndex,
        credits: (context) => trainer.credits!(context),
      }
      // Backpropagation's credit is the gradient itself.
      : {
        creditIndex: "input",
        credits: ({ bpGradient }) => ({
          blocks: bpGradient.slice(0, -1),
          terminal: bpGradient.at(-1)!,
        }),
      },
    exactModel: followedInFloat64(model),
    feedbackHash: async () => {
      const { auxiliary } = trainer;
      if (!rule) return unmeasured("backpropagation has no feedback");
      return auxiliary.size > 0
        ? await hashTensors(auxiliary)
        : unmeasured(`${method} has no auxiliary tensors`);
    },
    creditNormalization: rule?.creditNormalization ?? "none",
  };
}

/** A copy in float64, made when it is first asked for, that has the model's values when asked. */
function followedInFloat64(model: ResidualMLP): () => ResidualMLP | undefined {
  let copy: ResidualMLP | undefined;
  return () => {
    if (model.dtype === "float64") return undefined;
    if (copy) copy.load(model.namedParameters());
    else copy = model.copy({ dtype: "float64" });
    return copy;
  };
}

/** The dataset with the labels that a run is trained on. */
export function relabelled(dataset: Dataset, { labels, seed }: RunSpec): Dataset {
  const rng = Rng.fromSeed(seed);
  if (labels === "permuted") return withPermutedLabels(dataset, rng.fork("permuted labels"));
  if (labels === "random") return withRandomLabels(dataset, rng.fork("random labels"));
  return dataset;
}
