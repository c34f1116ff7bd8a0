// Hashes of trainings, the same in every runtime. Written by _pin_bits.ts: do not edit.

/** By backend, method and dtype. */
export const pinnedBits: Readonly<Record<string, string>> = {
  "wasm bp float32": "991161bb045c0f01",
  "wasm bp float64": "dc5dd7c0aef9d63c",
  "wasm dfa float32": "91ca8252cdd29a6c",
  "wasm dfa float64": "d83b14d1cc5b461d",
  "js bp float32": "ffe1103dea6fd340",
  "js bp float64": "d25eb6eeeb53463c",
  "js dfa float32": "4c6c85077bab79d1",
  "js dfa float64": "c0d1078f6be2c883",
};
