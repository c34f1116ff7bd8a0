import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfiguration } from "./configuration.ts";
import { configurationHash } from "./configuration_hash.ts";

const test = suite("configurationHash");

// Oracle: node:crypto's SHA-256 of the canonical text, written out by hand.
test("is the start of SHA-256 over the canonical JSON without the preset", async () => {
  const text = '{"backend":"wasm","baselines":true,"batch":128,"controlLambda":0.01,' +
    '"controls":true,"data":{"name":"synthetic","testSize":5000,"trainSize":12800},"depth":4,' +
    '"dtype":"float32","epochs":2,"evaluation":{"batch":128,"batches":10},"labels":"true",' +
    '"lambda":0,"learningRate":0.001,"methods":["bp","dfa"],"policy":"default",' +
    '"probes":"final","residual":true,' +
    '"rules":{"dfa":{"creditIndex":"input","creditNormalization":"sample","feedbackScale":1}},' +
    '"seeds":[42],"stopAfter":2,"terminalLayerNorm":true,"trainedBlocks":4,"width":32}';
  const expected = createHash("sha256").update(text).digest("hex").slice(0, 8);
  assert.is(await configurationHash(resolveConfiguration({ preset: "tiny" })), expected);
});

// Oracle: metamorphic, every field that determines results changes the hash, the preset does not.
test("changes with everything that determines results", async () => {
  const base = resolveConfiguration({ preset: "quick" });
  const hashes = new Set([await configurationHash(base)]);
  const variants = [
    { data: "cifar10" },
    { methods: ["bp"] },
    { methods: ["dfa", "bp"] },
    { seeds: [42] },
    { seeds: [123, 42] },
    { epochs: 19 },
    { width: 65 },
    { depth: 3 },
    { batch: 64 },
    { lambda: 1e-4 },
    { limit: 12_799 },
    { dtype: "float64" },
    { backend: "js" },
    { policy: "strict" },
    { rules: { ep: { beta: 0.1 } } },
    { trainedBlocks: 2 },
    { terminalLayerNorm: false },
    { residual: false },
    { labels: "random" as const },
    { baselines: false },
    { controls: false },
    { probes: "none" },
    { probes: "every-epoch" },
    { stopAfter: 19 },
  ];
  for (const choices of variants) {
    hashes.add(await configurationHash(resolveConfiguration({ preset: "quick", ...choices })));
  }
  assert.is(hashes.size, 1 + variants.length);
  assert.ok(hashes.has(await configurationHash({ ...base, preset: "paper" })));
});

test.run();
