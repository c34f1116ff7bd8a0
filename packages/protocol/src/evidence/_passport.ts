// What must be known about an alignment before it can be compared with another.
import { unmeasured } from "./measured.ts";
import type { CreditIndex, Passport } from "./snapshot.ts";

/** What this library measures, in words; only what depends on the run varies. */
export function passportOf(
  { creditIndex, dtype, batchSize, feedbackHash = unmeasured("no hash of the feedback was given") }:
    & { readonly creditIndex: CreditIndex }
    & Pick<Passport, "dtype" | "batchSize">
    & Partial<Pick<Passport, "feedbackHash">>,
): Passport {
  const atInput = creditIndex === "input";
  return {
    quantity: atInput
      ? "cosine of a_l with g_l = ∂CE/∂h_l, block l = 0..L−1"
      : "cosine of a_l with g_{l+1} = ∂CE/∂h_{l+1}, block l = 0..L−1",
    reduction: "cosine over all features of a sample; mean over the samples where both vectors " +
      "are finite and not zero; no value where fewer than half are",
    aggregation: {
      headline: "mean of the blocks 0..L−1",
      deepOurs: "mean of the blocks 1..L−1",
      deepPaper: atInput
        ? "mean of the blocks 1..L−1 and of the credit offered at h_L"
        : "mean of the blocks 0..L−1, whose credits live at h_1..h_L",
    },
    clamp: "none",
    dtype,
    batchSize,
    feedbackHash,
  };
}
