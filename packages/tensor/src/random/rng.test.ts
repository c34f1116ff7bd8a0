import { suite } from "uvu";
import * as assert from "uvu/assert";
import { big, type BigNumber } from "../../../../tools/elementary/oracle.ts";
import { logF64 } from "../elementary/log.ts";
import { Rng, type RngState } from "./rng.ts";

const test = suite("Rng");

const path = [0, 0, 0, 0] as const;
const draw = (rng: Rng, n: number): number[] => Array.from({ length: n }, () => rng.uint32());

/** xoshiro128** 1.1 as published (prng.di.unimi.it/xoshiro128starstar.c), in unbounded integers. */
function* xoshiro(s: bigint[]): Generator<number> {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  let [s0, s1, s2, s3] = s as [bigint, bigint, bigint, bigint];
  for (;;) {
    const result = (rotl((s1 * 5n) & mask, 7n) * 9n) & mask;
    const t = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
    yield Number(result);
  }
}

test("first word from state 1, 2, 3, 4 is 11520: rotl(2·5, 7)·9 (closed form)", () => {
  assert.is(Rng.fromState({ words: [1, 2, 3, 4], path }).uint32(), 11520);
});

test("words are those of the published recurrence in BigInt", () => {
  const seeded = Rng.fromSeed(42, "words").state().words;
  for (const words of [[1, 2, 3, 4], [0xffffffff, 0, 0x80000000, 7], seeded]) {
    const rng = Rng.fromState({ words: words as unknown as RngState["words"], path });
    const reference = xoshiro(words.map(BigInt));
    for (let i = 0; i < 1000; i++) assert.is(rng.uint32(), reference.next().value);
  }
});

test("uniform() is 27 bits of one word and 26 of the next, in [0, 1) (BigInt recurrence)", () => {
  const rng = Rng.fromState({ words: [1, 2, 3, 4], path });
  const reference = xoshiro([1n, 2n, 3n, 4n]);
  for (let i = 0; i < 1000; i++) {
    const high = BigInt(reference.next().value!) >> 5n;
    const low = BigInt(reference.next().value!) >> 6n;
    const u = rng.uniform();
    assert.is(u, Number((high << 26n) | low) / 2 ** 53);
    assert.ok(u >= 0 && u < 1);
  }
});

/** Asserts that the mean of f(x) is within 5 standard errors of what it should be. */
function assertMoment(xs: ArrayLike<number>, f: (x: number) => number, mean: number, sd: number) {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += f(xs[i]!);
  const error = Math.abs(sum / xs.length - mean) / (sd / Math.sqrt(xs.length));
  assert.ok(error < 5, `${error} standard errors`);
}

/** E x^k of a standard normal is 0, 1, 0, 3; E x^2k is 1, 3, 15, 105: variances 1, 2, 15, 96. */
function assertNormal(xs: ArrayLike<number>): void {
  assertMoment(xs, (x) => x, 0, 1);
  assertMoment(xs, (x) => x ** 2, 1, Math.sqrt(2));
  assertMoment(xs, (x) => x ** 3, 0, Math.sqrt(15));
  assertMoment(xs, (x) => x ** 4, 3, Math.sqrt(96));
  assertMoment(xs, (x) => (Math.abs(x) < 1 ? 1 : 0), 0.6826894921370859, 0.4654);
}

test("normal() has the moments of a standard normal (closed form)", () => {
  const rng = Rng.fromSeed(5, "normal");
  assertNormal(Float64Array.from({ length: 100000 }, () => rng.normal()));
});

/** A pair (u, v) of the polar method, as `normal` and `fillNormal` draw it, and s in double. */
function drawPair(rng: Rng): { u: number; v: number; s: number } {
  for (;;) {
    const u = 2 * rng.uniform() - 1;
    const v = 2 * rng.uniform() - 1;
    const s = u * u + v * v;
    if (s < 1 && s > 0) return { u, v, s };
  }
}

/** Asserts that `got` is u √(-2 ln s / s) to (4.1 + 1/|ln s|) 2^-53 of it, with u² + v² exact. */
function assertPolar(got: number, u: number, v: number): void {
  const s = big(u).times(big(u)).plus(big(v).times(big(v)));
  const log = s.ln();
  const want = big(u).times(log.times(-2).div(s).sqrt());
  const limit = (log.pow(-1).abs().plus("4.1") as BigNumber).times(2 ** -53);
  assert.ok(want.minus(big(got)).div(want).abs().lte(limit), `u ${u}, v ${v}: ${got}`);
}

test("normal() is as near as promised to the exact polar method (mathjs BigNumber)", () => {
  const [rng, pairs] = [Rng.fromSeed(3, "polar"), Rng.fromSeed(3, "polar")];
  let small = 0;
  for (let i = 0; i < 100000; i++) {
    const { u, v, s } = drawPair(pairs);
    const got = rng.normal();
    const nearOne = s > 1 - 2 ** -11; // where the rounding of s counts
    if (nearOne) small++;
    if (i < 150 || nearOne) assertPolar(got, u, v);
  }
  assert.ok(small > 20);
});

test("fillNormal is as near as promised to the exact polar method (mathjs BigNumber)", () => {
  const pairs = Rng.fromSeed(4, "polar");
  const xs = new Float64Array(200);
  Rng.fromSeed(4, "polar").fillNormal(xs);
  for (let i = 0; i < xs.length; i += 2) {
    const { u, v } = drawPair(pairs);
    assertPolar(xs[i]!, u, v);
    assertPolar(xs[i + 1]!, v, u);
  }
});

test("fillNormal draws pair by pair, and not one word more (definition)", () => {
  for (const length of [0, 1, 2, 3, 511, 512, 513, 4001]) {
    const [rng, pairs] = [Rng.fromSeed(8, length), Rng.fromSeed(8, length)];
    const xs = new Float64Array(length);
    rng.fillNormal(xs, -1, 3);
    for (let i = 0; i < length; i += 2) {
      const { u, v, s } = drawPair(pairs);
      const scale = 3 * Math.sqrt(-2 * logF64(s) / s);
      assert.is(xs[i], -1 + scale * u);
      if (i + 1 < length) assert.is(xs[i + 1], -1 + scale * v);
    }
    assert.equal(rng.state(), pairs.state());
  }
});

test("fillNormal has the moments of a normal, and its pairs are uncorrelated (closed form)", () => {
  const xs = new Float64Array(200001); // odd: half of the last pair is discarded
  Rng.fromSeed(6).fillNormal(xs, 3, 0.5);
  const standard = xs.map((x) => (x - 3) / 0.5);
  assertNormal(standard);
  const products = standard.subarray(0, 100000).map((_, i) =>
    standard[2 * i]! * standard[2 * i + 1]!
  );
  assertMoment(products, (x) => x, 0, 1);
});

test("fillNormal rounds to float32 what it gives in float64, for any length (metamorphic)", () => {
  const f64 = new Float64Array(7);
  const f32 = new Float32Array(8);
  Rng.fromSeed(1).fillNormal(f64);
  Rng.fromSeed(1).fillNormal(f32);
  assert.equal(f32.subarray(0, 7), Float32Array.from(f64));
});

test("fillUniform is low + (high - low) uniform() and has its moments (closed form)", () => {
  const xs = new Float64Array(100000);
  Rng.fromSeed(2).fillUniform(xs, -1, 3);
  const rng = Rng.fromSeed(2);
  for (let i = 0; i < 10; i++) assert.is(xs[i], -1 + 4 * rng.uniform());
  assertMoment(xs, (x) => x, 1, 4 / Math.sqrt(12));
  assertMoment(xs, (x) => (x - 1) ** 2, 16 / 12, 16 * Math.sqrt(1 / 80 - 1 / 144));
});

test("integer(n) is uniform on 0 … n - 1, also where 2^32 is no multiple of n (closed form)", () => {
  const rng = Rng.fromSeed(8);
  for (const n of [1, 6, 3 * 2 ** 30, 2 ** 32, 3 * 2 ** 51]) {
    const xs = Float64Array.from({ length: 20000 }, () => rng.integer(n));
    assert.ok(xs.every((x) => Number.isInteger(x) && x >= 0 && x < n));
    // without rejection the lower third of 3·2^30 would have probability 1/2
    const third = Math.ceil(n / 3) / n;
    if (n > 1) assertMoment(xs, (x) => (x / n < 1 / 3 ? 1 : 0), third, Math.sqrt(2 / 9));
  }
});

test("a path is a stream: labels at once, one by one or by fork give the same", () => {
  const want = draw(Rng.fromSeed(42, "a", "b", 3), 4);
  assert.equal(draw(Rng.fromSeed(42, "a").fork("b", 3), 4), want);
  assert.equal(draw(Rng.fromSeed(42).fork("a").fork("b").fork(3), 4), want);
});

test("fork does not advance the parent and does not depend on what it has drawn", () => {
  const parent = Rng.fromSeed(9);
  const early = draw(parent.fork("child"), 4);
  const first = draw(parent, 100);
  assert.equal(draw(parent.fork("child"), 4), early);
  assert.equal(draw(Rng.fromSeed(9), 100), first);
});

test("different paths are different streams (no collision among near ones)", () => {
  const streams: Rng[] = [];
  for (let seed = -50; seed < 50; seed++) streams.push(Rng.fromSeed(seed));
  for (let i = -50; i < 50; i++) streams.push(Rng.fromSeed(1, i), Rng.fromSeed(1, String(i)));
  for (
    const labels of [["ab", ""], ["a", "b"], ["", "ab"], ["ab"], ["ba"], ["a\u0002b"], ["\u0100"], [
      "\0",
    ]]
  ) {
    streams.push(Rng.fromSeed(1, ...labels));
  }
  streams.push(Rng.fromSeed(2 ** 32), Rng.fromSeed(Number.MAX_SAFE_INTEGER));
  for (const key of ["words", "path"] as const) {
    assert.is(new Set(streams.map((rng) => rng.state()[key].join())).size, streams.length);
  }
});

test("streams of neighbouring seeds and labels are uncorrelated (5 standard errors)", () => {
  const n = 20000;
  const streams = [Rng.fromSeed(0), Rng.fromSeed(1), Rng.fromSeed(0, 0), Rng.fromSeed(0, "a")]
    .map((rng) => Float64Array.from({ length: n }, () => rng.uniform() - 0.5));
  for (let i = 0; i < streams.length; i++) {
    for (let j = 0; j < i; j++) {
      assertMoment(streams[i]!.map((x, k) => x * streams[j]![k]!), (x) => x, 0, 1 / 12);
    }
  }
});

test("one bit of the seed or of a label flips half the bits of the first state", () => {
  const bits = (a: Rng, b: Rng): number => {
    const other = b.state().words;
    return a.state().words.reduce((sum, word, i) => {
      let count = 0;
      for (let x = (word ^ other[i]!) >>> 0; x !== 0; x >>>= 1) count += x & 1;
      return sum + count;
    }, 0);
  };
  const flips: number[] = [];
  for (let bit = 0; bit < 50; bit++) {
    flips.push(bits(Rng.fromSeed(12345), Rng.fromSeed(12345 + 2 ** bit)));
  }
  for (let i = 0; i < 50; i++) flips.push(bits(Rng.fromSeed(1, i), Rng.fromSeed(1, i + 1)));
  assertMoment(flips, (x) => x, 64, Math.sqrt(32)); // binomial(128, 1/2)
});

test("state() goes through JSON and restores the stream and its forks", () => {
  const rng = Rng.fromSeed(10, "x");
  draw(rng, 17);
  const copy = Rng.fromState(JSON.parse(JSON.stringify(rng.state())));
  assert.equal(copy.state(), rng.state());
  assert.equal(draw(copy.fork("y", 2), 8), draw(rng.fork("y", 2), 8));
  assert.equal(draw(copy, 8), draw(rng, 8));
});

test("the streams of this version stay what they are (recorded once, so that results can be repeated)", () => {
  assert.equal(Rng.fromSeed(1).state().words, [16107859, 1018325885, 2739817307, 1860551892]);
});

test("-0 is 0 as a seed and as a label", () => {
  assert.equal(Rng.fromSeed(-0, -0).state(), Rng.fromSeed(0, 0).state());
});

test("refuses what is no seed, label, state, range or spread", () => {
  const rng = Rng.fromSeed(1);
  const xs = new Float32Array(1);
  const refused = (f: () => unknown, type: ErrorConstructor, message: RegExp): void => {
    try {
      f();
    } catch (error) {
      assert.instance(error, type);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`accepted: ${f}`);
  };
  for (const bad of [0.5, NaN, Infinity, 2 ** 53]) {
    refused(() => Rng.fromSeed(bad), RangeError, /^Cannot seed a random stream/);
    refused(() => rng.fork(bad), RangeError, /^Cannot label a random stream/);
  }
  refused(() => rng.fork(), RangeError, /without a label/);
  for (const n of [0, -1, 1.5, 2 ** 53, NaN]) {
    refused(() => rng.integer(n), RangeError, /^Cannot draw an integer below n/);
  }
  refused(() => rng.fillNormal(xs, 0, -1), RangeError, /mean 0, std -1$/);
  refused(() => rng.fillNormal(xs, NaN, 1), RangeError, /mean NaN, std 1$/);
  refused(() => rng.fillUniform(xs, 1, 0), RangeError, /low 1, high 0$/);
  refused(() => rng.fillUniform(xs, 0, Infinity), RangeError, /high Infinity$/);
  refused(() => Rng.fromState({ words: [0, 0, 0, 0], path }), RangeError, /all be zero$/);
  const state = (value: unknown): RngState => value as RngState;
  refused(() => Rng.fromState(state(undefined)), TypeError, /its words must be four/);
  refused(() => Rng.fromState(state({ words: [1, 2, 3], path })), TypeError, /\[1,2,3\]$/);
  refused(() => Rng.fromState(state({ words: [1, 2, 3, -4], path })), TypeError, /words/);
  refused(() => Rng.fromState(state({ words: [1, 2, 3, 4] })), TypeError, /its path must be/);
});

test.run();
