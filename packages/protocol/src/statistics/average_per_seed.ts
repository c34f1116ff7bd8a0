// Measurements that share a seed are not independent: first one number for each seed.
import { mean } from "./mean.ts";
import type { SeedValue } from "./paired_differences.ts";

/** Measurements of a few seeds, as one value for each. */
export interface PerSeedAverages {
  /** Mean of each seed, in ascending order of seeds. */
  readonly perSeed: readonly SeedValue[];
  /** Independent values: seeds. */
  readonly n: number;
  /** Measurements that were averaged. */
  readonly measurements: number;
  /** Such as `24 values, n=3 seeds`. */
  readonly text: string;
}

/**
 * Averages correlated measurements (layers, epochs, batches of one run) within each seed. The number
 * of independent values is that of seeds: 3 seeds × 2 epochs × 4 layers are n=3, not n=24.
 *
 * @throws {RangeError} if there are no measurements, or one is not finite.
 *
 * @example
 * ```ts
 * import { averagePerSeed } from "@fa/protocol";
 *
 * const found = averagePerSeed([
 *   { seed: 42, value: 1 }, { seed: 42, value: 3 }, { seed: 123, value: 5 },
 * ]);
 * if (found.text !== "3 values, n=2 seeds") throw new Error(found.text);
 * if (found.perSeed[0]!.value !== 2) throw new Error("the mean of 1 and 3");
 * ```
 */
export function averagePerSeed(measurements: readonly SeedValue[]): PerSeedAverages {
  if (measurements.length === 0) {
    throw new RangeError("Cannot average per seed as at least one measurement is needed: 0");
  }
  const values = new Map<number, number[]>();
  for (const { seed, value } of measurements) {
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `Cannot average per seed as every value must be finite: ${value} with seed ${seed}`,
      );
    }
    values.set(seed, [...values.get(seed) ?? [], value]);
  }
  const n = values.size;
  const count = measurements.length;
  return {
    perSeed: [...values].sort(([a], [b]) => a - b)
      .map(([seed, own]) => ({ seed, value: mean(own) })),
    n,
    measurements: count,
    text: `${count} ${count === 1 ? "value" : "values"}, n=${n} ${n === 1 ? "seed" : "seeds"}`,
  };
}
