import { suite } from "uvu";
import * as assert from "uvu/assert";
import { canonicalJson } from "./canonical_json.ts";

const test = suite("canonicalJson");

// Oracle: the example of RFC 8785 §3.2.2/§3.2.3, less its escapes beyond JSON.stringify's.
test("orders keys by UTF-16 code units and numbers as ECMAScript prints them", () => {
  const value = {
    numbers: [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    literals: [null, true, false],
  };
  assert.is(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
  );
  const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6 };
  assert.equal(
    [...canonicalJson(keys).matchAll(/:(\d)/g)].map((match) => match[1]).join(""),
    "246153",
  );
});

// Oracle: metamorphic, the order of writing must not matter.
test("does not depend on the order of writing", () => {
  assert.is(canonicalJson({ a: { x: 1, y: 2 }, b: 3 }), canonicalJson({ b: 3, a: { y: 2, x: 1 } }));
});

test("refuses what JSON cannot write", () => {
  assert.throws(() => canonicalJson([NaN]), /must be finite: NaN/);
});

test.run();
