// Differences between two conditions that share a seed.

/** A number that belongs to a seed. */
export interface SeedValue {
  /** The seed of the run. */
  readonly seed: number;
  /** What was measured in it. */
  readonly value: number;
}

/**
 * first − second for every seed, in ascending order of seeds. Runs that share a seed share their
 * initial weights and batch order, so the difference is sharper than that of two means.
 *
 * @throws {RangeError} if a seed appears twice on one side or lacks its partner.
 *
 * @example
 * ```ts
 * import { pairedDifferences } from "@fa/protocol";
 *
 * const found = pairedDifferences(
 *   [{ seed: 123, value: 5 }, { seed: 42, value: 3 }],
 *   [{ seed: 42, value: 1 }, { seed: 123, value: 1 }],
 * );
 * if (found.map((d) => `${d.seed}:${d.value}`).join() !== "42:2,123:4") throw new Error("wrong");
 * ```
 */
export function pairedDifferences(
  first: readonly SeedValue[],
  second: readonly SeedValue[],
): SeedValue[] {
  const a = bySeed(first, "first");
  const b = bySeed(second, "second");
  for (const seed of b.keys()) if (!a.has(seed)) throw unpaired(seed, "second", "first");
  return [...a].sort(([s], [t]) => s - t).map(([seed, value]) => {
    const partner = b.get(seed);
    if (partner === undefined) throw unpaired(seed, "first", "second");
    return { seed, value: value - partner };
  });
}

function bySeed(values: readonly SeedValue[], side: string): Map<number, number> {
  const map = new Map<number, number>();
  for (const { seed, value } of values) {
    if (map.has(seed)) {
      throw new RangeError(
        `Cannot pair by seed as seed ${seed} appears twice in the ${side} values`,
      );
    }
    map.set(seed, value);
  }
  return map;
}

function unpaired(seed: number, here: string, there: string): RangeError {
  return new RangeError(
    `Cannot pair by seed as seed ${seed} of the ${here} values is missing from the ${there}`,
  );
}
