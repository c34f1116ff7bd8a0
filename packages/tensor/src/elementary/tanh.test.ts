// tanhF64 against mathjs BigNumber.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { big, magnitudes, math, ulps } from "../../../../tools/elementary/oracle.ts";
import { tanhF64 } from "./tanh.ts";

const test = suite("tanhF64");

test("is within 3 ulp of BigNumber for |x| from 2^-40 to 24, and odd", () => {
  for (const x of magnitudes(-40, 4.58, 200)) {
    const error = ulps(tanhF64(x), math.tanh(big(x)));
    assert.ok(error <= 3, `${x}: ${error} ulp`);
    assert.is(tanhF64(-x), -tanhF64(x));
  }
});

test("keeps zero, its sign, infinities and NaN (IEEE)", () => {
  assert.ok(Object.is(tanhF64(-0), -0));
  assert.is(tanhF64(Infinity), 1);
  assert.is(tanhF64(-Infinity), -1);
  assert.ok(Number.isNaN(tanhF64(NaN)));
});

test.run();
