import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unknownName } from "./unknown_name.ts";

// Oracle of this file: the wording and the rule of the docstring, distances counted by hand.
const test = suite("unknownName");

const methods = ["bp", "dfa", "state-bridge", "credit-bridge"];
const suggestion = (name: string, known: readonly string[] = methods): string | undefined =>
  /did you mean '(.*?)'/.exec(unknownName("method", name, known).message)?.[1];

test("suggests the nearest known name", () => {
  assert.is(
    unknownName("method", "dfaa", ["bp", "dfa"]).message,
    "Cannot find method 'dfaa': did you mean 'dfa'? Known methods: bp, dfa",
  );
  assert.is(suggestion("statebridge"), "state-bridge"); // distance 1
  assert.is(suggestion("kretit-brigde"), "credit-bridge"); // 4 replacements ≤ 13 / 3
  assert.is(suggestion("DFA"), "dfa"); // letter case is ignored
});

test("suggests nothing that is too far, or that shares nothing with the name", () => {
  assert.is(
    unknownName("policy", "lenient", ["default", "paper"]).message,
    "Cannot find policy 'lenient'. Known policies: default, paper",
  );
  assert.is(suggestion("xy"), undefined); // distance 2 to bp: every letter differs
  assert.is(suggestion("x", []), undefined);
  assert.match(unknownName("method", "x", []).message, /Known methods: none$/);
});

test("suggests the first of equally near names", () => {
  assert.is(suggestion("dfb", ["dfc", "dfa"]), "dfc");
});

test("is a RangeError, returned and not thrown", () => {
  assert.instance(unknownName("method", "x", methods), RangeError);
});

test.run();
