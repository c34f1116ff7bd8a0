// Pitfall 8: ‖g‖ of a mean loss depends on the batch size.
import {
  jsBackend,
  layerNorm,
  linear,
  mul,
  normal,
  ones,
  Rng,
  slice,
  type Tensor,
  zeros,
} from "@fa/tensor";
import { policies } from "../diagnostics/policies.ts";
import { referenceDiagnostic } from "../diagnostics/reference.ts";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { collectEvidence } from "../evidence/collect_evidence.ts";
import { numberOf } from "./_alignment.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

const options = { dtype: "float64", backend: jsBackend } as const;
const width = 16;
const classes = 4;
const samples = 1024;

/** Its h_L is 2¹⁴ times its input, so that ‖g_L‖ behind the terminal LayerNorm is near the floor. */
function tallModel(rng: Rng): AuditableModel {
  const weight = normal(rng, [classes, width], { std: 0.25, ...options });
  const [bias, shift] = [zeros([classes], options), zeros([width], options)];
  const scale = ones([width], options);
  return {
    embed: (x) => mul(x, 2 ** 13),
    blocks: [(h) => h],
    outLn: (h) => layerNorm(h, scale, shift),
    outHead: (h) => linear(h, weight, bias),
  };
}

/** The same samples in batches of B. */
function inBatches(x: Tensor, size: number): Batch[] {
  return Array.from({ length: samples / size }, (_, i) => ({
    x: slice(x, { axis: 0, start: i * size, end: (i + 1) * size }),
    y: Array.from({ length: size }, (_, b) => (i * size + b) % classes),
  }));
}

/**
 * Pitfall 8: a floor for ‖g‖ without the batch size that it is meant for.
 *
 * @example
 * ```ts
 * import { batchSize } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await batchSize.run();
 * if (Math.abs(Number(right.value) / Number(wrong.value) - 8) > 1e-12) throw new Error("1024/128");
 * ```
 */
export const batchSize: Pitfall = {
  number: 8,
  name: "batch-size",
  title: "‖g‖ of a mean loss scales as 1/B: a floor means nothing without B",
  problem: "The loss is averaged over the batch, so each sample's gradient carries 1/B. The same " +
    "model, measured with another batch size, falls below a floor or rises above it. Published " +
    "norms at B = 128 and B ≈ 1000 stand side by side.",
  source: "ours; measured on the paper's numbers (its 5e-10 and 4e-9 are one state)",
  check: {
    pytorch: `loss = torch.nn.functional.cross_entropy(model(x), y)   # averaged over B
norm = torch.autograd.grad(loss, h)[0].norm(dim=-1).median()
at_128 = norm * len(y) / 128
print(f"{at_128:.2e} at B = 128, {norm * len(y):.2e} for the loss of a sample")`,
    typescript: `import { referenceBatchSize } from "@fa/protocol";

const [norm, batch] = [5e-10, 1024]; // never keep one without the other
const comparable = norm * (batch / referenceBatchSize);
if (comparable !== 4e-9) throw new Error("the same state, at B = 128");`,
  },
  async run(): Promise<PitfallDemonstration> {
    const rng = Rng.fromSeed(1, "pitfalls", "batch size");
    const model = tallModel(rng.fork("model"));
    const x = normal(rng.fork("x"), [samples, width], options);
    const large = await collectEvidence(model, inBatches(x, samples));
    const small = await collectEvidence(model, inBatches(x, 128));
    const threshold = policies.default.thresholds.reference;
    return {
      wrong: {
        how: `‖g_L‖ at B = 1024, judged against ${threshold} as it is`,
        value: large.gradientNorms[1]!,
      },
      right: {
        how: "the same ‖g_L‖ × B/128, which diagnostic (b) judges",
        value: referenceDiagnostic(large, threshold).value,
      },
      also: [
        { how: "‖g_L‖ of the same samples at B = 128", value: small.gradientNorms[1]! },
        { how: "for the loss of each sample alone", value: large.sampleLossGradientNorms[1]! },
        {
          how: "ratio of the norms at B = 128 and B = 1024",
          value: numberOf(small.gradientNorms[1]!) / numberOf(large.gradientNorms[1]!),
        },
      ],
      why:
        "∂/∂h of (1/B) Σ CE_b is (1/B) ∂CE_b/∂h. The norm of one sample's gradient scales as 1/B, " +
        "the Frobenius norm over the batch as about 1/√B: say which, and B.",
    };
  },
};
