// Pitfall 1: norm(-1) is a norm of order −1.
import { exactSum, jsBackend, normal, Rng } from "@fa/tensor";
import { l2Norm } from "../evidence/norm.ts";
import { median } from "../statistics/median.ts";
import { row } from "./_alignment.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/** What `tensor.norm(-1)` of PyTorch computes: (Σ|x|⁻¹)⁻¹ over all entries. */
function normOfOrderMinusOne(values: ArrayLike<number>): number {
  return 1 / exactSum(Array.from(values, (x) => 1 / Math.abs(x)));
}

/**
 * Pitfall 1: `h.norm(-1)` in place of `h.norm(dim=-1)`.
 *
 * @example
 * ```ts
 * import { normOrder } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await normOrder.run();
 * if (wrong.value !== 8 / 7 || right.value !== 7.5) throw new Error("1/(1/3 + 1/4 + 1/6 + 1/8)");
 * ```
 */
export const normOrder: Pitfall = {
  number: 1,
  name: "norm-order",
  title: "h.norm(-1) is a norm of order −1, not the norms along the last axis",
  problem: "The first argument of PyTorch's norm is the order p, not the axis. h.norm(-1) runs " +
    "without a warning, gives one number in place of one for each sample, and every diagnostic " +
    "that is built on norms is wrong.",
  source: "paper, appendix A, pitfall 1; torch.Tensor.norm(p, dim)",
  check: {
    pytorch: `norms = h.norm(dim=-1)
assert norms.shape == h.shape[:-1], "one norm for each sample"`,
    typescript: `import { l2Norm, median } from "@fa/protocol";

const hidden = [[3, 4], [6, 8]]; // samples
const norms = hidden.map((sample) => l2Norm(sample)); // takes no order and no axis
if (median(norms) !== 7.5) throw new Error("the median of 5 and 10");`,
  },
  // deno-lint-ignore require-await -- every pitfall answers with a promise
  async run(): Promise<PitfallDemonstration> {
    const samples = [[3, 4], [6, 8]];
    const batch = 128;
    const width = 256;
    const draws = normal(Rng.fromSeed(1, "pitfalls", "norms"), [batch, width], {
      dtype: "float64",
      backend: jsBackend,
    }).dataSync();
    const norms = Array.from({ length: batch }, (_, b) => l2Norm(row(draws, b, batch)));
    return {
      wrong: {
        how: "h.norm(-1) of the samples (3, 4) and (6, 8)",
        value: normOfOrderMinusOne(samples.flat()),
      },
      right: {
        how: "the median of h.norm(dim=-1), which is (5, 10)",
        value: median(samples.map((sample) => l2Norm(sample))),
      },
      also: [
        {
          how: "h.norm(-1) of 128 × 256 standard normal values",
          value: normOfOrderMinusOne(draws),
        },
        { how: "the median of h.norm(dim=-1) of the same values", value: median(norms) },
        {
          how: "h.norm(-1) of the same samples when one entry of (3, 4) is 0",
          value: normOfOrderMinusOne([0, 4, 6, 8]),
        },
      ],
      why:
        "(Σ|x|⁻¹)⁻¹ is ruled by the entries nearest to zero: it falls as a state gets wider, and " +
        "a single 0 makes it 0. The larger the batch, the smaller the “norm”.",
    };
  },
};
