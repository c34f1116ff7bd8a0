// Test of SHA-256. Oracle: the examples published with FIPS 180-2 ("abc", empty message).

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "./_sha256.ts";

const test = suite("sha256");

test("sha256 gives the published digests, also of a part of a larger or shared buffer", async () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.is(await sha256(Uint8Array.of(97, 98, 99)), abc);
  assert.is(await sha256(Uint8Array.of(0, 97, 98, 99, 0).subarray(1, 4)), abc);
  assert.is(await sha256(new Uint8Array()), empty);
  if (typeof SharedArrayBuffer === "undefined") return;
  const shared = new Uint8Array(new SharedArrayBuffer(5));
  shared.set([0, 97, 98, 99, 0]);
  assert.is(await sha256(shared.subarray(1, 4)), abc);
});

test.run();
