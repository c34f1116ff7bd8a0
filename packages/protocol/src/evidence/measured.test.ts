import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured, measured, unmeasured } from "./measured.ts";

const test = suite("measured");

// Oracle: documented contract.
test("measured keeps every finite number, also −0, subnormals and the largest", () => {
  for (const v of [0, -0, 1, -1e-320, 5e-324, Number.MAX_VALUE]) {
    assert.ok(Object.is(measured(v, "v"), v));
  }
});

test("measured names the number that JSON cannot write", () => {
  assert.equal(measured(NaN, "q"), { valid: false, reason: "q is NaN", nonFinite: "NaN" });
  assert.equal(measured(Infinity, "q"), {
    valid: false,
    reason: "q is +Infinity",
    nonFinite: "+Infinity",
  });
  assert.equal(measured(-Infinity, "q"), {
    valid: false,
    reason: "q is -Infinity",
    nonFinite: "-Infinity",
  });
});

test("measured survives JSON unchanged", () => {
  for (const v of [NaN, Infinity, -Infinity, 0.1]) {
    assert.equal(JSON.parse(JSON.stringify(measured(v, "q"))), measured(v, "q"));
  }
});

test("isMeasured tells a number from a reason", () => {
  assert.is(isMeasured(0), true);
  assert.is(isMeasured(unmeasured("because")), false);
});

test.run();
