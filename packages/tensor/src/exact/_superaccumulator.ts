// A sum of doubles or of products of doubles, held exactly.
import { toUnits } from "./_big.ts";
import { addToExpansion, productError } from "./_expansion.ts";

/** Values of a vector as the accumulator reads them. */
export type Values = Float32Array | Float64Array;

/** Exponent of the unit of {@link Superaccumulator.toInteger}: smallest subnormal, squared. */
export const UNIT = -2148;

/** Doubles at or above 2^993 are kept out of the bins: sums of them could overflow. */
const BINS = 126;

/**
 * So many values may go into the bins before they are emptied. A bin holds values of 16
 * neighbouring exponents: multiples of u below 2^68·u. After n = 2^18 of them the high part is
 * below 2^87·u, so every rounding error is at most 2^33·u, and their sum at most 2^51·u: an exact
 * low part.
 */
const CAPACITY = 1 << 18;

/** Values on their way into the bins, and the words of their bits. */
const block = new Float64Array(512);
const words = new Uint32Array(block.buffer);
const HIGH_WORD = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1; // by byte order

/** Products of this size, of factors below 2^990, have an exact error term. */
const SMALLEST_PRODUCT = 2 ** -900;
const LARGEST_PRODUCT = 2 ** 900;
const LARGEST_FACTOR = 2 ** 990;

/**
 * The sum so far is that of all bins, plus `rest`·2^-2148, plus `special`. Adding to a bin loses
 * nothing: its high part takes the rounded sum, its low part the rounding error (the online exact
 * summation of Zhu and Hayes, ACM TOMS 37(3), 2010, Algorithm 908, with 16 exponents to a bin).
 * What would over- or underflow there goes to the bigint.
 */
export class Superaccumulator {
  /** High and low part of each bin, in turn; bin k has the exponents 16k … 16k + 15. */
  readonly #bins = new Float64Array(2 * BINS);
  /** Values in the bins since they were last empty. */
  #count = 0;
  /** Range of what was written in `#bins` since then: empty bins cost no time. */
  #lowest = 2 * BINS;
  #highest = -1;
  #rest = 0n;
  #special = 0;

  /** The sum of all that is not finite, as IEEE adds it: ±Infinity or NaN; 0 if all is finite. */
  get special(): number {
    return this.#special;
  }

  /** Whether the finite sum is exactly zero. */
  isZero(): boolean {
    const parts = this.toExpansion();
    return parts === undefined ? this.toInteger() === 0n : parts.length === 0;
  }

  /** Back to an empty sum. */
  clear(): this {
    this.#clearBins();
    this.#rest = 0n;
    this.#special = 0;
    return this;
  }

  addValues(values: Values): this {
    for (let start = 0; start < values.length; start += block.length) {
      const part = values.subarray(start, start + block.length);
      block.set(part);
      this.#addBlock(part.length);
    }
    return this;
  }

  /** Adds Σ xᵢyᵢ; `x` and `y` have the same length. */
  addProducts(x: Values, y: Values): this {
    if (x instanceof Float32Array && y instanceof Float32Array) return this.#addProducts32(x, y);
    return this.#addProducts64(
      x instanceof Float32Array ? new Float64Array(x) : x,
      y instanceof Float32Array ? new Float64Array(y) : y,
    );
  }

  /** Adds the sum of another; its parts are values like all others. */
  merge(other: Superaccumulator): this {
    const rest = other.#rest;
    const special = other.#special;
    block.set(other.#bins);
    this.#addBlock(other.#bins.length);
    this.#rest += rest;
    this.#special += special;
    return this;
  }

  /** The finite sum as doubles without common bits; undefined where it needs the bigint. */
  toExpansion(): number[] | undefined {
    if (this.#rest !== 0n) return undefined;
    const bins = this.#bins;
    const parts: number[] = [];
    for (let j = this.#lowest; j <= this.#highest; j++) {
      const value = bins[j]!;
      if (value !== 0) addToExpansion(parts, value);
    }
    return parts;
  }

  /** The finite sum in units of 2^{@link UNIT}. */
  toInteger(): bigint {
    this.#emptyBins();
    return this.#rest;
  }

  /** The product of two float32 is exact in float64: 24 + 24 ≤ 53 bits, exponents −298 … 255. */
  #addProducts32(x: Float32Array, y: Float32Array): this {
    for (let start = 0; start < x.length; start += block.length) {
      const length = Math.min(block.length, x.length - start);
      for (let i = 0; i < length; i++) block[i] = x[start + i]! * y[start + i]!;
      this.#addBlock(length);
    }
    return this;
  }

  #addProducts64(x: Float64Array, y: Float64Array): this {
    const half = block.length / 2;
    for (let start = 0; start < x.length; start += half) {
      const length = this.#multiply(x, y, start, Math.min(start + half, x.length));
      this.#addBlock(length);
    }
    return this;
  }

  /** Fills the block with products and their error terms; gives how many values that are. */
  #multiply(x: Float64Array, y: Float64Array, start: number, end: number): number {
    let length = 0;
    for (let i = start; i < end; i++) {
      const a = x[i]!;
      const b = y[i]!;
      const product = a * b;
      const size = Math.abs(product);
      if (
        size >= SMALLEST_PRODUCT && size <= LARGEST_PRODUCT &&
        Math.abs(a) <= LARGEST_FACTOR && Math.abs(b) <= LARGEST_FACTOR
      ) {
        block[length++] = product;
        block[length++] = productError(a, b, product);
      } else this.#addExtremeProduct(a, b);
    }
    return length;
  }

  #addExtremeProduct(a: number, b: number): void {
    if (!Number.isFinite(a) || !Number.isFinite(b)) this.#special += a * b;
    else if (a !== 0 && b !== 0) this.#rest += toUnits(a) * toUnits(b);
  }

  /** Adds the first `length` values of the block. */
  #addBlock(length: number): void {
    if (this.#count + length > CAPACITY) this.#emptyBins();
    this.#count += length;
    const bins = this.#bins;
    let lowest = this.#lowest;
    let highest = this.#highest;
    for (let i = 0; i < length; i++) {
      const value = block[i]!;
      const j = (words[2 * i + HIGH_WORD]! >>> 23) & 0xfe; // twice the exponent's upper seven bits
      if (j < 2 * BINS) {
        if (j < lowest) lowest = j;
        if (j >= highest) highest = j + 1;
        const high = bins[j]!;
        const sum = high + value;
        const rounded = sum - high;
        bins[j] = sum;
        bins[j + 1] = bins[j + 1]! + ((high - (sum - rounded)) + (value - rounded));
      } else if (Number.isFinite(value)) this.#rest += toUnits(value) << 1074n;
      else this.#special += value;
    }
    this.#lowest = lowest;
    this.#highest = highest;
  }

  /** Moves what the bins hold to the bigint. */
  #emptyBins(): void {
    for (let j = this.#lowest; j <= this.#highest; j++) {
      this.#rest += toUnits(this.#bins[j]!) << 1074n;
    }
    this.#clearBins();
  }

  #clearBins(): void {
    this.#bins.fill(0);
    this.#count = 0;
    this.#lowest = 2 * BINS;
    this.#highest = -1;
  }
}
