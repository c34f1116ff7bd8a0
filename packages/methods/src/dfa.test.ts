// Direct feedback alignment where it must be exact. Oracle: the chain rule of a linear network.
import {
  exactCosine,
  linear,
  matmul,
  normal,
  parameter,
  Rng,
  type Tensor,
  tensor,
  zeros,
} from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dfa } from "./dfa.ts";
import { contextOf, relativeError, values } from "./testing/_small_net.ts";

const test = suite("dfa");
const dtype = "float64";
const WIDTH = 8, DEPTH = 3, CLASSES = 4, BATCH = 6;

/** h_{l+1} = h_l + W_l h_l, logits = W_o h_L: no LayerNorm, no activation. */
function linearNet(rng: Rng) {
  const weights = Array.from(
    { length: DEPTH },
    (_, l) => parameter(normal(rng.fork("W", l), [WIDTH, WIDTH], { std: 0.4, dtype })),
  );
  const head = parameter(normal(rng.fork("W_o"), [CLASSES, WIDTH], { dtype }));
  const bias = zeros([WIDTH], { dtype });
  const model = {
    embed: (x: Tensor) => x,
    blocks: weights.map((W) => (h: Tensor) => linear(h, W, bias)),
    residual: true,
    outHead: (h: Tensor) => matmul(h, head, { transposeB: true }),
  };
  return { model, weights: weights.map(values), head: values(head) };
}

test("in a linear network, with B_l the transposed product above it, a_l is the gradient", () => {
  const rng = Rng.fromSeed(4);
  const { model, weights, head } = linearNet(rng);
  const x = normal(rng.fork("x"), [BATCH, WIDTH], { dtype });
  const context = contextOf({ model, x, y: Array.from({ length: BATCH }, (_, b) => b % CLASSES) });
  // B_l = (I + W_l)ᵀ … (I + W_{L−1})ᵀ W_oᵀ, in plain loops, `[d, C]`
  const feedback = new Map<string, Tensor>();
  let above = new Float64Array(WIDTH * CLASSES);
  for (let i = 0; i < WIDTH; i++) {
    for (let c = 0; c < CLASSES; c++) above[i * CLASSES + c] = head[c * WIDTH + i]!;
  }
  for (let l = DEPTH - 1; l >= 0; l--) {
    const B = above.slice();
    for (let i = 0; i < WIDTH; i++) {
      for (let j = 0; j < WIDTH; j++) {
        for (let c = 0; c < CLASSES; c++) {
          B[i * CLASSES + c]! += weights[l]![j * WIDTH + i]! * above[j * CLASSES + c]!;
        }
      }
    }
    feedback.set(`feedback.${l}`, tensor(B, { shape: [WIDTH, CLASSES], dtype }));
    above = B;
  }
  dfa().credits(context, feedback).blocks.forEach((a, l) => {
    const [found, g] = [values(a), values(context.bpGradient[l]!)];
    assert.ok(relativeError([found], [g]) < 1e-13, `a_${l}`);
    for (let b = 0; b < BATCH; b++) {
      const row = (v: Float64Array) => v.subarray(b * WIDTH, (b + 1) * WIDTH);
      assert.ok(1 - exactCosine(row(found), row(g)) <= 1e-14, `cos(a_${l}, g_${l}) of sample ${b}`);
    }
  });
  // The comparison can fail: the matrix of the block above gives another vector.
  const swapped = new Map([...feedback, ["feedback.0", feedback.get("feedback.1")!]]);
  const [a0] = dfa().credits(context, swapped).blocks;
  assert.ok(exactCosine(values(a0!), values(context.bpGradient[0]!)) < 0.99);
});

test("a missing matrix is an error, not a fresh one", () => {
  const { model } = linearNet(Rng.fromSeed(4));
  const context = contextOf({ model, x: zeros([1, WIDTH], { dtype }), y: [0] });
  assert.throws(
    () => dfa().credits(context, new Map()),
    /dfa as auxiliary tensor feedback.0 is missing/,
  );
});

// Oracle: documented contract.
test("refuses options that are misspelt or out of range", () => {
  const misspelt = { creditNormalization: "sampel" as "sample" };
  assert.throws(() => dfa(misspelt), /must be one of sample, batch, none: sampel/);
  assert.throws(() => dfa({ creditIndex: "in" as "input" }), /one of input, output: in/);
  assert.throws(() => dfa({ feedbackScale: -1 }), /feedbackScale.*≥ 0: -1/);
});

// Oracle: definition: B_{L−1} is reused at h_L, so the credit there is a_{L−1}; nothing is drawn for it.
test("the credit at h_L is that of the last block", () => {
  const rng = Rng.fromSeed(5);
  const { model } = linearNet(rng);
  const x = normal(rng.fork("x"), [BATCH, WIDTH], { dtype });
  const context = contextOf({ model, x, y: Array.from({ length: BATCH }, (_, b) => b % CLASSES) });
  const rule = dfa();
  const feedback = rule.init({ width: WIDTH, depth: DEPTH, classes: CLASSES, dtype }, rng);
  assert.is(feedback.size, DEPTH);
  const { blocks, terminal } = rule.credits(context, feedback);
  assert.equal(values(terminal!), values(blocks[DEPTH - 1]!));
});

test.run();
