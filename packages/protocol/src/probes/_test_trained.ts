// A small residual MLP that backpropagation has trained, for tests of probes.
import {
  AdamW,
  crossEntropy,
  grad,
  keep,
  matmul,
  normal,
  ones,
  parameter,
  Rng,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "@fa/tensor";
import { resmlp } from "../evidence/_test_resmlp.ts";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { forwardWithHidden } from "../evidence/forward_with_hidden.ts";

const dtype = "float64";
const [inputs, width, depth, classes] = [12, 24, 3, 5];

/** Model and fixed batches; the same in every call. */
export function trainedNet({ steps = 150, batch = 32, batches = 4 } = {}): {
  readonly model: AuditableModel;
  readonly batches: Batch[];
} {
  const rng = Rng.fromSeed(7, "trained net");
  const parameters: Record<string, Tensor> = {};
  const dense = (name: string, ins: number, outs: number, std: number) => {
    parameters[`${name}.weight`] = normal(rng.fork(name), [outs, ins], { std, dtype });
    parameters[`${name}.bias`] = zeros([outs], { dtype });
  };
  const norm = (name: string) => {
    parameters[`${name}.weight`] = ones([width], { dtype });
    parameters[`${name}.bias`] = zeros([width], { dtype });
  };
  dense("embed", inputs, width, 1 / Math.sqrt(inputs));
  for (let l = 0; l < depth; l++) {
    norm(`blocks.${l}.ln`);
    dense(`blocks.${l}.w1`, width, width, 1 / Math.sqrt(width));
    dense(`blocks.${l}.w2`, width, width, 0.1);
  }
  norm("out_ln");
  dense("out_head", width, classes, 1 / Math.sqrt(width));
  for (const [name, values] of Object.entries(parameters)) {
    parameters[name] = keep(parameter(values));
  }
  const model = resmlp(parameters);
  const teacher = normal(rng.fork("teacher"), [inputs, classes], { dtype });
  const draw = (i: number): Batch => {
    const x = normal(rng.fork("x", i), [batch, inputs], { dtype });
    return { x, y: labels(matmul(x, teacher)) };
  };
  const all = Object.values(parameters);
  const optimizer = new AdamW(all);
  for (let i = 0; i < steps; i++) {
    const { x, y } = draw(i);
    scope(() => {
      const loss = crossEntropy(forwardWithHidden(model, x).logits, y);
      optimizer.step(grad(loss, all), { lr: 3e-3 });
    });
  }
  return { model, batches: Array.from({ length: batches }, (_, i) => draw(steps + i)) };
}

/** Fixed random feedback, `[d, C]` for each block. */
export function feedback(rng: Rng): Tensor[] {
  return Array.from({ length: depth }, (_, l) => normal(rng.fork(l), [width, classes], { dtype }));
}

function labels(scores: Tensor): number[] {
  const values = scores.dataSync();
  return Array.from({ length: scores.shape[0]! }, (_, b) => {
    const row = [...values.slice(b * classes, (b + 1) * classes)];
    return row.indexOf(Math.max(...row));
  });
}

/** A model whose logits are the state: every block doubles or halves it. */
export function linearModel(factors: readonly number[]): AuditableModel {
  const constant = (factor: number) => (h: Tensor) =>
    matmul(h, tensor(identity(h.shape[1]!, factor), { dtype: h.dtype }));
  return { embed: (x) => x, blocks: factors.map(constant), outHead: (h) => h };
}

function identity(n: number, factor: number): number[][] {
  return Array.from(
    { length: n },
    (_, i) => Array.from({ length: n }, (_, j) => i === j ? factor : 0),
  );
}
