// Which checkpoints of a run may go.

/** Which checkpoints stay. The newest always does. */
export interface KeepPolicy {
  /** How many of the newest stay. Default 1. */
  readonly keepLast?: number;
  /** Epochs that stay, whenever they come. Default none. */
  readonly keepEpochs?: readonly number[];
  /** Every n-th epoch stays: the multiples of n, 0 among them. Default none. */
  readonly keepEvery?: number;
}

/**
 * The epochs whose checkpoints may be deleted, in ascending order. Depends on nothing but its
 * arguments; a run that asks after every epoch keeps what one that asks once would keep.
 *
 * @param epochs epochs of the checkpoints that there are, in any order.
 * @throws {RangeError} if an epoch or `keepLast` is not a whole number ≥ 0, or `keepEvery` not ≥ 1.
 *
 * @example
 * ```ts
 * import { checkpointsToDelete } from "@fa/methods";
 *
 * const policy = { keepLast: 2, keepEpochs: [1], keepEvery: 4 };
 * const gone = checkpointsToDelete([1, 2, 3, 4, 5, 6, 7, 8, 9], policy);
 * if (gone.join() !== "2,3,5,6,7") throw new Error(`deletes ${gone}`);
 * ```
 */
export function checkpointsToDelete(
  epochs: readonly number[],
  { keepLast = 1, keepEpochs = [], keepEvery }: KeepPolicy = {},
): number[] {
  for (const epoch of epochs) checkWhole("an epoch", epoch, 0);
  for (const epoch of keepEpochs) checkWhole("an epoch of keepEpochs", epoch, 0);
  checkWhole("keepLast", keepLast, 0);
  if (keepEvery !== undefined) checkWhole("keepEvery", keepEvery, 1);
  const ascending = [...new Set(epochs)].sort((a, b) => a - b);
  return ascending
    .slice(0, Math.max(0, ascending.length - Math.max(1, keepLast)))
    .filter((epoch) => !keepEpochs.includes(epoch))
    .filter((epoch) => keepEvery === undefined || epoch % keepEvery !== 0);
}

function checkWhole(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `Cannot choose checkpoints as ${what} must be a whole number ≥ ${least}: ${value}`,
    );
  }
}
