// JSON of checkpoints. Oracles: the example of RFC 8785 §3.2.2 and §3.2.3, less its escapes beyond
// JSON.stringify's; JSON.parse.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { canonicalJson } from "./_canonical_json.ts";
import { CheckpointError } from "./checkpoint_error.ts";

const test = suite("canonical JSON of checkpoints");

test("orders keys by UTF-16 code units and prints numbers as RFC 8785 has it", () => {
  const value = {
    numbers: [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    literals: [null, true, false],
  };
  assert.is(
    canonicalJson(value, "record"),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
  );
  const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6 };
  const order = [...canonicalJson(keys, "record").matchAll(/:(\d)/g)].map((match) => match[1]);
  assert.is(order.join(""), "246153");
});

test("JSON.parse gives the value back, with awkward keys and halves of characters too", () => {
  const value = JSON.parse(
    '{"__proto__":{"a":[]},"":" \\u2028","\\ud800":[{},"\\udfff",-1.5e-300]}',
  );
  const again = JSON.parse(canonicalJson(value, "record"));
  assert.equal(again, value);
  assert.equal(Object.keys(again).sort(), ["", "__proto__", "\ud800"]);
});

test("a property that is undefined is one that is not there (as in JSON.stringify)", () => {
  const value = { b: undefined, a: { c: undefined, d: 1 } };
  assert.is(canonicalJson(value, "record"), JSON.stringify(value));
});

test("refuses what JSON would drop or replace, and says where it is", () => {
  const cases: [unknown, RegExp][] = [
    [{ a: [1, NaN] }, /Cannot write record\.a\[1\] as JSON holds .*: NaN$/],
    [{ a: -Infinity }, /record\.a as .*: -Infinity$/],
    [undefined, /Cannot write record as .*: undefined$/],
    [new Array(1), /record\[0\] as .*: undefined$/],
    [{ a: 1n }, /record\.a as .*: 1$/],
    [{ a: () => 1 }, /record\.a as /],
    [{ a: new Map() }, /record\.a as .*: \[object Map\]$/],
    [{ a: new CheckpointError("x") }, /record\.a as .*: CheckpointError: x$/],
    [{ a: new Float32Array(1) }, /record\.a as .*: 0$/],
  ];
  for (const [value, message] of cases) {
    assert.throws(() => canonicalJson(value, "record"), (error: unknown) => {
      return error instanceof TypeError && message.test(error.message);
    });
  }
});

test.run();
