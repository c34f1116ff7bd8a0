// tanhF64 against mathjs BigNumber with 50 digits.
import { all, create } from "mathjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tanhF64 } from "./tanh.ts";

const math = create(all!, { number: "BigNumber", precision: 50 });
const test = suite("tanhF64");

test("is within 3 ulp of BigNumber on [1e-12, 25], and odd", () => {
  for (let i = 0; i < 600; i++) {
    const x = 1e-12 * Math.exp(i / 600 * Math.log(25e12));
    const expected = Number(math.tanh(math.bignumber(x)).toString());
    const ulp = 2 ** (Math.floor(Math.log2(expected)) - 52);
    assert.ok(Math.abs(tanhF64(x) - expected) <= 3 * ulp, `${x}: ${tanhF64(x)}, ${expected}`);
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
