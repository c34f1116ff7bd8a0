// A seeded random stream: xoshiro128**, with independent child streams by name.
import { logF64 } from "../elementary/log.ts";
import { _extendPath, _firstWords, _seedPath, type Words } from "./_path_hash.ts";

/** All there is to know about an {@link Rng}; plain data, so it goes through JSON. */
export interface RngState {
  /** The four 32-bit words of xoshiro128**: where the stream stands. */
  readonly words: readonly [number, number, number, number];
  /** The 128-bit hash of seed and labels: which stream it is, and what `fork` derives from. */
  readonly path: readonly [number, number, number, number];
}

/** Tries of the polar method, four words each, that `fillNormal` draws at once. */
const TRIES = 256;
/** What was drawn at once; nothing is kept in it from call to call. */
const drawn = new Int32Array(4 * TRIES);

/** 2x − 1, exactly, for the uniform x that the words make; with fewer operations than that takes. */
function centred(first: number, second: number): number {
  return (((first ^ 0x80000000) >> 5) + (second >>> 6) * 2 ** -26) * 2 ** -26;
}

/**
 * A stream of pseudo-random numbers: xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47 (2021)); period 2^128 - 1.
 *
 * Every stream has an identity, its path of a seed and labels, hashed to 128 bits. Streams of
 * different paths are independent, and a stream can be asked for by name at any time: how many
 * numbers others have drawn does not matter. The same path gives the same bits in every engine.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 *
 * const rng = Rng.fromSeed(42, "dfa", "feedback");
 * const first = rng.uint32();
 * const again = Rng.fromSeed(42).fork("dfa", "feedback");
 * if (again.uint32() !== first) throw new Error("a path is a stream");
 *
 * const copy = Rng.fromState(rng.state());
 * if (copy.normal() !== rng.normal()) throw new Error("a state is all there is");
 * ```
 */
export class Rng {
  readonly #words: Int32Array;
  readonly #path: Words;

  private constructor(path: Words, words: Words) {
    this.#path = path;
    this.#words = Int32Array.from(words);
  }

  /**
   * The stream of `seed`, or of a label path below it.
   *
   * @throws {RangeError} if `seed`, or a label that is a number, is not a safe integer.
   */
  static fromSeed(seed: number, ...labels: (string | number)[]): Rng {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `Cannot seed a random stream as the seed must be a safe integer: ${seed}`,
      );
    }
    return Rng.#derive(_seedPath(seed), labels);
  }

  /**
   * The stream that a {@link Rng.state} describes: it goes on as the original would have done, and
   * forks into the same children.
   *
   * @throws {TypeError} if `state` is not two times four unsigned 32-bit integers.
   * @throws {RangeError} if the words are all zero, the one state that xoshiro128** cannot leave.
   */
  static fromState(state: RngState): Rng {
    const words = _fourWords(state, "words");
    const path = _fourWords(state, "path");
    if (words.every((word) => word === 0)) {
      throw new RangeError("Cannot restore a random stream as its words must not all be zero");
    }
    return new Rng(path, words);
  }

  /** The stream of the path that extends `path` by `labels`. */
  static #derive(path: Words, labels: readonly (string | number)[]): Rng {
    for (const label of labels) {
      if (typeof label === "number" && !Number.isSafeInteger(label)) {
        throw new RangeError(
          `Cannot label a random stream as a number must be a safe integer: ${label}`,
        );
      }
      path = _extendPath(path, label);
    }
    return new Rng(path, _firstWords(path));
  }

  /**
   * The child stream with these labels. Depends on the path of this stream only: the parent does
   * not advance, and it does not matter what it has drawn. `a.fork("x", 1)` is
   * `a.fork("x").fork(1)`; the number 1 and the text "1" are different labels.
   *
   * @throws {RangeError} without a label (the child would repeat its parent), or if a number is not
   * a safe integer.
   */
  fork(...labels: (string | number)[]): Rng {
    if (labels.length === 0) {
      throw new RangeError("Cannot fork a random stream without a label: it would be the same one");
    }
    return Rng.#derive(this.#path, labels);
  }

  /** A copy of the state, for {@link Rng.fromState}. */
  state(): RngState {
    const [a, b, c, d] = this.#words as unknown as Words;
    return { words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0], path: [...this.#path] };
  }

  /** The next word of the generator: an integer from 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.#words;
    const s1 = s[1]!;
    const s2 = s[2]! ^ s[0]!;
    const s3 = s[3]! ^ s1;
    const x = Math.imul(s1, 5);
    s[1] = s1 ^ s2;
    s[0] = s[0]! ^ s3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
  }

  /** Puts the next `count` words into `drawn`: what as many calls of `uint32` give, but faster. */
  #draw(count: number): void {
    const state = this.#words;
    let s0 = state[0]!, s1 = state[1]!, s2 = state[2]!, s3 = state[3]!;
    for (let i = 0; i < count; i++) {
      const x = Math.imul(s1, 5);
      drawn[i] = Math.imul((x << 7) | (x >>> 25), 9);
      const t = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= t;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }

  /** Uniform on [0, 1): 53 bits, 27 of one word and then 26 of the next, divided by 2^53. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    return (high * 2 ** 26 + (this.uint32() >>> 6)) * 2 ** -53;
  }

  /**
   * Uniform on the integers 0 … n - 1, unbiased: a draw from the incomplete last run of n is
   * rejected and repeated. One word per draw for n ≤ 2^32, two above.
   *
   * @throws {RangeError} if `n` is not an integer from 1 to 2^53 - 1.
   */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(
        `Cannot draw an integer below n as n must be an integer from 1 to 2^53 - 1: ${n}`,
      );
    }
    const small = n <= 2 ** 32;
    const end = small ? 2 ** 32 : 2 ** 53;
    const limit = end - end % n;
    let draw: number;
    do draw = small ? this.uint32() : this.uniform() * 2 ** 53; while (draw >= limit);
    return draw % n;
  }

  /**
   * Standard normal, by the polar method (Marsaglia & Bray, SIAM Review 6 (1964)): for (u, v)
   * uniform in the unit disc and s = u² + v², u √(-2 ln s / s) is normal. The second value,
   * with v, is discarded, so that the state stays four words.
   *
   * u and v are exact. The relative error of the result is at most (4.1 + 1/|ln s|) 2^-53: a few ulp
   * but for the rounding of s, which counts where s is near 1 and the result near 0. Same bits in
   * every engine.
   */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s < 1 && s > 0) return u * Math.sqrt(-2 * logF64(s) / s);
    }
  }

  /**
   * Fills `array` with normal numbers, rounded to its type. Both values of each pair of the polar
   * method are used (of an odd last pair the first), so the numbers are not those of `normal()`. With
   * mean 0 and std 1 their relative error, before that rounding, is that of `normal()`.
   *
   * @throws {RangeError} if `mean` is not finite or `std` is not finite and ≥ 0.
   */
  fillNormal(array: Float32Array | Float64Array, mean = 0, std = 1): void {
    if (!Number.isFinite(mean) || !(std >= 0 && std < Infinity)) {
      throw new RangeError(
        `Cannot fill with normal numbers as mean must be finite and std finite and ≥ 0: ` +
          `mean ${mean}, std ${std}`,
      );
    }
    const pairs = Math.ceil(array.length / 2);
    for (let pair = 0; pair < pairs;) {
      // Each pair that is missing takes one try or more: what is drawn for these is not too much.
      const tries = Math.min(pairs - pair, TRIES);
      this.#draw(4 * tries);
      for (let t = 0; t < 4 * tries; t += 4) {
        const u = centred(drawn[t]!, drawn[t + 1]!);
        const v = centred(drawn[t + 2]!, drawn[t + 3]!);
        const s = u * u + v * v;
        if (!(s < 1 && s > 0)) continue;
        const scale = std * Math.sqrt(-2 * logF64(s) / s);
        const i = 2 * pair++;
        array[i] = mean + scale * u;
        if (i + 1 < array.length) array[i + 1] = mean + scale * v;
      }
    }
  }

  /**
   * Fills `array` with numbers uniform on [low, high), rounded to its type: `low + (high - low)
   * uniform()`. Rounding may give `high` itself, in a Float32Array with a chance of about 2^-25.
   *
   * @throws {RangeError} unless low ≤ high and high - low is finite.
   */
  fillUniform(array: Float32Array | Float64Array, low = 0, high = 1): void {
    const width = high - low;
    if (!(width >= 0 && width < Infinity)) {
      throw new RangeError(
        `Cannot fill with uniform numbers as low ≤ high must be finite: low ${low}, high ${high}`,
      );
    }
    for (let i = 0; i < array.length; i++) array[i] = low + width * this.uniform();
  }
}

function _fourWords(state: RngState, key: "words" | "path"): Words {
  const words: unknown = state?.[key];
  const valid = Array.isArray(words) && words.length === 4 &&
    words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32);
  if (!valid) {
    throw new TypeError(
      `Cannot restore a random stream as its ${key} must be four integers from 0 to 2^32 - 1: ` +
        `${JSON.stringify(words)}`,
    );
  }
  return [...words] as Words;
}
