import { detach, mul, noGrad, type Tensor, tensor, variable } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { referenceDiagnostic } from "../diagnostics/reference.ts";
import type { AuditableModel } from "./auditable_model.ts";
import { collectEvidence } from "./collect_evidence.ts";
import { isMeasured } from "./measured.ts";

const test = suite("checkTape");

// Oracle: documented contract: an absent measurement is an error, not a gradient of 0.
test("collectEvidence refuses a tape that is cut before it reaches a state", async () => {
  const x = tensor([[3, 4], [6, 8]], { dtype: "float64" });
  const batch = { x, y: [0, 1] };
  const whole: AuditableModel = {
    embed: (x) => x,
    blocks: [(h) => mul(h, 2), (h) => mul(h, 3)],
    outHead: (h) => h,
  };
  const refuse = (model: Partial<AuditableModel>, words: RegExp) =>
    collectEvidence({ ...whole, ...model }, [batch]).then(
      () => assert.unreachable("must be refused"),
      (error: Error) => assert.match(error.message, words),
    );
  await refuse(
    { outHead: (h) => noGrad(() => mul(h, 1)) },
    /does not depend on h_2 on the tape: the head must be computed from h_2 with recorded ops/,
  );
  await refuse({ outHead: () => x }, /gradient at h_2/);
  const cut = [(h: Tensor) => mul(h, 2), (h: Tensor) => detach(h)];
  await refuse(
    { blocks: cut, residual: false },
    /gradient at h_2 as .*: h_2 must be computed from/,
  );
  await refuse(
    { blocks: [(h) => mul(h, 2), () => variable(x)], residual: false },
    /gradient at h_1 as .*: h_2 must be computed from h_1/,
  );
  // With a skip the path stays, whatever the block does.
  assert.ok((await collectEvidence({ ...whole, blocks: cut }, [batch])).samples === 2);
});

// Oracle: a head that multiplies by zero has the gradient 0, which is a measurement.
test("collectEvidence measures a gradient of exactly zero as 0 and counts it", async () => {
  const model: AuditableModel = {
    embed: (x) => x,
    blocks: [(h) => h],
    outHead: (h) => mul(h, 0),
  };
  const x = tensor([[1, 0], [0, 1]], { dtype: "float64" });
  const snapshot = await collectEvidence(model, [{ x, y: [0, 1] }, { x, y: [1, 1] }]);
  assert.equal(snapshot.gradientNorms, [0, 0]);
  assert.equal(snapshot.zeroGradients, [4, 4]);
  assert.not(isMeasured(snapshot.stability.value));
  assert.is(snapshot.stability.excludedSamples, 4);
  const b = referenceDiagnostic(snapshot, 1e-7);
  assert.is(b.fired, true);
  assert.match(b.reason, "exactly zero in 4 of 4 samples");
});

test.run();
