// What an observer hears of ops, gradients and updates. Oracle: the documented contract.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdamW,
  add,
  grad,
  layerNorm,
  mul,
  noGrad,
  type ObservedOp,
  observeOps,
  parameter,
  square,
  sum,
  tensor,
  variable,
} from "../mod.ts";

const dtype = "float64";

/** What is heard of `f`, and what it gives. */
function listen<T>(f: () => T): { heard: ObservedOp[]; result: T } {
  const heard: ObservedOp[] = [];
  return { result: observeOps((op) => heard.push(op), f), heard };
}

const test = suite("observeOps");

test("tells op, inputs and output, which carries its node if it was recorded", () => {
  const x = variable(tensor([2, 3], { dtype }));
  const { heard, result } = listen(() => square(x));
  assert.equal(heard.map(({ op }) => op), ["square"]);
  assert.is(heard[0]!.inputs[0], x);
  assert.is(heard[0]!.output, result);
  assert.is(heard[0]!.output.node?.op, "square");
  assert.is(listen(() => noGrad(() => square(x))).heard[0]!.output.node, null);
});

test("tells the node whose gradient is passed back, also where two ways meet", () => {
  const x = variable(tensor([2], { dtype }));
  const y = square(x);
  const z = add(mul(y, 3), mul(y, 5)); // two gradients meet at y
  const { heard } = listen(() => grad(z, [x]));
  assert.is(heard.every(({ backwardOf }) => backwardOf !== undefined), true);
  const meeting = heard.find(({ op }) => op === "add")!;
  assert.is(meeting.output.item(), 8);
  assert.is(meeting.backwardOf!.op, "mul");
  assert.is(heard.at(-1)!.backwardOf!.op, "square");
  assert.is(listen(() => square(x)).heard[0]!.backwardOf, undefined);
});

test("tells the gradients that a fused kernel gives, which no op records", () => {
  const x = variable(tensor([[1, 2, 4]], { dtype }));
  const weight = variable(tensor([1, 2, 3], { dtype })),
    bias = variable(tensor([0, 0, 0], { dtype }));
  const y = sum(square(layerNorm(x, weight, bias)));
  const { heard, result } = listen(() => grad(y, [x, weight, bias]));
  const fused = heard.filter(({ op }) => op === "layerNormGradients");
  assert.equal(fused.map(({ output }) => output), result);
  assert.is(fused[0]!.backwardOf!.op, "layerNorm");
});

test("tells updates: the parameter and its moments, from the gradient", () => {
  const p = parameter(tensor([1], { dtype })), q = parameter(tensor([2], { dtype }));
  const optimizer = new AdamW([p, q]);
  const gradients = [tensor([3], { dtype }), tensor([4], { dtype })];
  const { heard } = listen(() => optimizer.step(gradients));
  const [of, from] = [heard.map(({ output }) => output), heard.map(({ inputs }) => inputs)];
  const [m, n] = optimizer.moments;
  assert.is(heard.every(({ op }) => op === "adamw"), true);
  assert.equal(of.map((t) => t.buffer === p.buffer || t === m!.first || t === m!.second), [
    ...[true, true, true],
    ...[false, false, false],
  ]);
  assert.is(of[4], n!.first);
  assert.equal(from.map(([g]) => gradients.indexOf(g!)), [0, 0, 0, 1, 1, 1]);
});

test("hears nothing afterwards, nor after an error", () => {
  const heard: string[] = [];
  const x = tensor([1], { dtype });
  assert.throws(() =>
    observeOps(({ op }) => {
      heard.push(op);
      throw new Error("enough");
    }, () => square(x)), /enough/);
  square(x);
  assert.equal(heard, ["square"]);
});

test.run();
