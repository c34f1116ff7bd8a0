// Every engine gives the bits that were recorded once: this is how V8 and JavaScriptCore compare.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { magnitudes, spread } from "../../../../tools/elementary/oracle.ts";
import * as elementary from "./mod.ts";

const test = suite("same bits in every engine");

/** FNV-1a over the 32-bit words of the doubles, low word first. */
function hash(values: Float64Array): string {
  const view = new DataView(values.buffer);
  let sum = 0x811c9dc5;
  for (let i = 0; i < values.byteLength; i += 4) {
    sum = Math.imul(sum ^ view.getUint32(i, true), 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, "0");
}

/** Over all exponents, and closer where the functions are neither 0, 1 nor their argument. */
const points = [
  ...magnitudes(-1074, 1024, 4000),
  ...magnitudes(-30, 10, 6000),
  ...spread(-750, 750, 4000),
  ...spread(-45, 45, 6000),
  ...spread(-3, 3, 8000),
];

const recorded: Record<keyof typeof elementary, string> = {
  cosPi: "4dc25c81",
  erfF32: "d406307a",
  erfF64: "0333d304",
  expF32: "c306d2a8",
  expF64: "0903812a",
  geluDerivativeF64: "94fd9cd9",
  geluF64: "2aa03a5e",
  logF32: "72859f83",
  logF64: "ab86099b",
  sinPi: "d251ab52",
  tanhF32: "09ed3dcc",
  tanhF64: "8c35bf36",
};

for (const [name, f] of Object.entries(elementary)) {
  test(`${name} (recorded once)`, () => {
    const singles = name.endsWith("F32");
    const values = Float64Array.from(points, (x) => f(singles ? Math.fround(x) : x))
      .filter((y) => !Number.isNaN(y)); // the bits of NaN are not specified
    assert.is(hash(values), recorded[name as keyof typeof elementary]);
  });
}

test.run();
