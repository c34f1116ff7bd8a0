// An exact sum that is collected piece by piece.
import { roundedRoot, roundedSum } from "./_rounded.ts";
import { Superaccumulator } from "./_superaccumulator.ts";
import { checkLengths, toValues } from "./_values.ts";

/**
 * Collects values and products without any rounding, and rounds once when asked. The result depends
 * on what was added, not on the order, nor on how it was split into batches or accumulators.
 *
 * {@link exactSum}, {@link exactDot} and {@link exactNorm} are accumulators of one batch; what they
 * say of zeros, ±Infinity, NaN and overflow holds here too.
 *
 * @example
 * ```ts
 * import { exactDot, ExactAccumulator } from "@fa/tensor";
 *
 * const x = [1e20, 0.1, 3];
 * const y = [1, 7, -1e20];
 * const first = new ExactAccumulator().addProducts(x.slice(0, 1), y.slice(0, 1));
 * const second = new ExactAccumulator().addProducts(x.slice(1), y.slice(1));
 * if (second.merge(first).sum() !== exactDot(x, y)) throw new Error("splits must not matter");
 * ```
 */
export class ExactAccumulator {
  readonly #state: Superaccumulator = new Superaccumulator();

  /** Adds every value of `x`. */
  add(x: ArrayLike<number>): this {
    this.#state.addValues(toValues(x));
    return this;
  }

  /**
   * Adds Σ xᵢyᵢ.
   *
   * @throws {RangeError} if the lengths differ.
   */
  addProducts(x: ArrayLike<number>, y: ArrayLike<number>): this {
    checkLengths("add products", x, y);
    this.#state.addProducts(toValues(x), toValues(y));
    return this;
  }

  /** Adds all that `other` holds, which keeps it. */
  merge(other: ExactAccumulator): this {
    this.#state.merge(other.#state);
    return this;
  }

  /** The sum so far, correctly rounded. */
  sum(): number {
    return roundedSum(this.#state);
  }

  /**
   * The square root of the exact sum so far, correctly rounded: a norm, if squares were added.
   *
   * @throws {RangeError} if the sum is negative.
   */
  squareRoot(): number {
    const sum = this.sum();
    if (sum < 0 || Object.is(sum, -0)) {
      throw new RangeError(
        `Cannot take a square root as the sum must not be negative: ${sum || "-0"}`,
      );
    }
    return roundedRoot(this.#state);
  }
}
