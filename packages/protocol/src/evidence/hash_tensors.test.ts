import { tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashTensors } from "./hash_tensors.ts";

const test = suite("hashTensors");

const feedback = () =>
  new Map([
    ["feedback.1", tensor([0.1], { dtype: "float64" })],
    ["feedback.0", tensor([[1, -2.5], [0.1, 3e38]], { dtype: "float32" })],
  ]);

// Oracle: Python's hashlib and struct over the same lines and little-endian bytes.
test("is the SHA-256 that Python gives", async () => {
  assert.is(
    await hashTensors(feedback()),
    "dc7e701a6a75bd925297a62ae31d907e6f9351ab53a737fddcc301b35f92a657",
  );
  // Of no bytes (FIPS 180-4 test vectors).
  assert.is(
    await hashTensors(new Map()),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

// Oracle: definition. One bit of a value, the shape, the dtype and the name all count.
test("is another for any other tensor", async () => {
  const hashes = new Set([await hashTensors(feedback())]);
  const others: [string, ReturnType<typeof tensor>][] = [
    ["feedback.1", tensor([0.1 + 2 ** -56], { dtype: "float64" })],
    ["feedback.1", tensor([0.1], { dtype: "float32" })],
    ["feedback.0", tensor([1, -2.5, 0.1, 3e38], { dtype: "float32" })],
    ["feedback.0", tensor([[1, -2.5], [-0.1, 3e38]], { dtype: "float32" })],
    ["feedback.2", tensor([0.1], { dtype: "float64" })],
  ];
  for (const [name, value] of others) {
    hashes.add(await hashTensors(feedback().set(name, value)));
  }
  assert.is(hashes.size, 6);
});

// Oracle: the Web Crypto standard: `subtle` exists in secure contexts only.
test("is unmeasured, with the reason, where the runtime has no crypto.subtle", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    assert.equal(await hashTensors(feedback()), {
      valid: false,
      reason: "crypto.subtle is missing, which a page has over https or from localhost only",
    });
  } finally {
    if (own) Object.defineProperty(globalThis, "crypto", own);
    else delete (globalThis as { crypto?: unknown }).crypto;
  }
  assert.type(await hashTensors(feedback()), "string");
});

test.run();
