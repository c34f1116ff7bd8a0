// GELU and its derivative for single values. Oracles: mathjs BigNumber at single points, the double
// functions over the whole range, limits.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as oracle from "../../../../../tools/elementary/normal_oracle.ts";
import { big } from "../../../../../tools/elementary/oracle.ts";
import { geluDerivativeF64 } from "../../elementary/gelu_derivative.ts";
import { geluF64 } from "../../elementary/gelu.ts";
import { Rng } from "../../random/mod.ts";
import { anyBits, blank, normals, runOnWasm, sameBits } from "./_test_kernels.ts";

const test = suite("wasm: GELU float32");
const names = ["gelu", "geluDerivative"] as const;

/** What the kernel loses before it rounds, relative to the terms that it adds up. */
const LOSS = 2 ** -32;
/** Half the distance of the smallest values. */
const TINY = 2 ** -150;

function compute(name: typeof names[number], data: Float32Array): Float32Array {
  const n = data.length;
  const [, y] = runOnWasm(
    [{ shape: [n], data }, blank("float32", [n])],
    (k, [x, out]) => k.unary(name, x!, out!),
  );
  return y as Float32Array;
}

/** Half an ulp, and what the kernel loses before: of xΦ relative to it, of Φ + xφ to both terms. */
function bound(name: typeof names[number], x: number, y: number): number {
  const terms = name === "gelu" ? Math.abs(y) : Math.abs(y) + 2 * Math.abs(x * density(x));
  return halfUlp(y) + LOSS * terms + TINY;
}

/** Half the distance of single values around y. */
function halfUlp(y: number): number {
  let power = 2 ** -126;
  while (2 * power <= Math.abs(y)) power *= 2;
  return power * 2 ** -24;
}

function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

test("half an ulp from mathjs BigNumber, where terms cancel and in both tails too", () => {
  const points = Float32Array.from([
    ...Array.from({ length: 61 }, (_, i) => (i - 30) / 2).filter((x) => x !== 0),
    ...Array.from({ length: 60 }, (_, i) => 2 ** -i * (i & 1 ? -1 : 1)),
    -0.7517915, // the derivative is 0 nearby
    -0.7517916,
    ...[-1.4142135, 1.4142135, -14.999999, -14.12, -13.5, 2 ** -149, -(2 ** -149), 2 ** -126],
  ]);
  for (const name of names) {
    const values = compute(name, points);
    points.forEach((x, i) => {
      const exact = oracle[name](big(x)).toNumber();
      const limit = bound(name, x, exact);
      const error = Math.abs(values[i]! - exact);
      assert.ok(error <= limit, `${name}(${x}) = ${values[i]}, exactly ${exact} ± ${limit}`);
    });
  }
});

test("half an ulp from the double functions at every 60000th single value", () => {
  const bits = Uint32Array.from({ length: Math.floor(2 ** 32 / 60000) }, (_, i) => i * 60000 + 7);
  const points = new Float32Array(bits.buffer).filter(Number.isFinite);
  const doubles = { gelu: geluF64, geluDerivative: geluDerivativeF64 };
  for (const name of names) {
    const values = compute(name, points);
    points.forEach((x, i) => {
      const expected = doubles[name](x);
      const limit = bound(name, x, expected);
      const error = Math.abs(values[i]! - expected);
      if (!(error <= limit)) assert.unreachable(`${name}(${x}) = ${values[i]}, not ${expected}`);
    });
  }
});

test("limits at infinities, NaN stays NaN, zeros keep their sign: as the double functions", () => {
  const points = Float32Array.of(Infinity, -Infinity, NaN, 0, -0, 3e38, -3e38, -15, -100);
  sameBits(compute("gelu", points), points.map(geluF64), "gelu");
  sameBits(compute("geluDerivative", points), points.map(geluDerivativeF64), "geluDerivative");
});

test("both at once are both alone, for every length", () => {
  const rng = Rng.fromSeed(1);
  for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 13, 127]) {
    for (const draw of [normals, anyBits]) {
      const x = draw(rng, "float32", [n]);
      const [, y, slope] = runOnWasm(
        [x, blank("float32", [n]), blank("float32", [n])],
        (k, [x, y, slope]) => k.geluWithDerivative(x!, y!, slope!),
      );
      sameBits(y!, compute("gelu", x.data as Float32Array), `gelu ${n}`);
      sameBits(slope!, compute("geluDerivative", x.data as Float32Array), `derivative ${n}`);
    }
  }
});

test("positions do not depend on each other (metamorphic)", () => {
  const { data } = normals(Rng.fromSeed(2), "float32", [13]);
  for (const name of names) {
    const whole = compute(name, data as Float32Array);
    data.forEach((x, i) => assert.is(compute(name, Float32Array.of(x))[0], whole[i]));
  }
});

test.run();
