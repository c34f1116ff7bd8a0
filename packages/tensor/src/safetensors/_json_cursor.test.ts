// Strings and numbers of the header's JSON. Oracle: JSON.parse.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../random/rng.ts";
import { _JsonCursor } from "./_json_cursor.ts";
import { SafetensorsError } from "./safetensors_error.ts";

const cursor = (text: string) => new _JsonCursor(new TextEncoder().encode(text), 0, "test");

const test = suite("_JsonCursor");

test("strings mean what JSON.parse makes of them, or are refused by both", () => {
  const rng = Rng.fromSeed(1, "strings");
  const pieces = [
    "a",
    "ß",
    "🧠",
    "\\n",
    "\\\\",
    '\\"',
    "\\/",
    "\\u0041",
    "\\ud83e\\udde0",
    "\\u00e9",
  ];
  pieces.push("\\", '"', "\\x", "\\u12", "\n", "\u007f", "\ufeff", "\u2028");
  let good = 0;
  for (let i = 0; i < 3000; i++) {
    const inside = Array.from(
      { length: rng.integer(5) },
      () => pieces[rng.integer(pieces.length)]!,
    );
    const text = `"${inside.join("")}"`;
    let expected: string | undefined;
    try {
      expected = JSON.parse(text) as string;
      encodeURIComponent(expected); // throws at half a surrogate pair, which UTF-8 cannot hold
    } catch {
      expected = undefined;
    }
    let actual: string | undefined;
    try {
      const c = cursor(text);
      actual = c.string("it");
      c.end("it");
    } catch (error) {
      assert.instance(error, SafetensorsError);
      actual = undefined;
    }
    assert.is(actual, expected, text);
    if (expected !== undefined) good++;
  }
  assert.ok(good > 500 && good < 2500, `${good}`);
});

test("whole numbers up to 2^53 - 1", () => {
  for (const n of [0, 1, 9, 10, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER]) {
    assert.is(cursor(` ${n}`).integer("it"), n);
  }
  for (
    const text of [
      "",
      "-0",
      "+1",
      "01",
      "00",
      "9007199254740992",
      "1".repeat(400),
      "x",
      '"1"',
      "null",
    ]
  ) {
    assert.throws(
      () => cursor(text).integer("it"),
      (e: Error) => e instanceof SafetensorsError,
      text,
    );
  }
});

test("names the place", () => {
  assert.throws(
    () => new _JsonCursor(new TextEncoder().encode('{"a" 1}'), 8, "f").object("it", () => {}),
    (e: Error) => e.message === "Cannot read f as it needs a ':' here: '1' at offset 13",
  );
});

test.run();
