// deepbox: tensors and autograd in plain TypeScript.
// By its path, as the peers run without this workspace.
import { erfF64, expF64 } from "../../packages/tensor/src/mod.ts";
import { serve } from "../child.ts";
import { ADAMW, BATCH, DEPTH, LAYER_NORM_EPS } from "../workloads.ts";
import { type Any, importPeer } from "./peer.ts";

await serve(async ({ dtype }, { tensors, labels }) => {
  const { module, version } = await importPeer("deepbox");
  const { ndarray: nd, nn, optim } = module;
  const { GradTensor } = nd;

  const Values = dtype === "float64" ? Float64Array : Float32Array;
  const array = (values: ArrayLike<number>, shape: readonly number[]): Any =>
    nd.reshape(nd.tensor(Values.from(values), { dtype }), shape);
  const take = (name: string): Any => array(tensors.get(name)!.values, tensors.get(name)!.shape);
  /** Outside of its tape, functions and reductions of float32 give float64. */
  const cast = (t: Any): Any => array(t.data, t.shape);
  const scalar = (value: number): Any => GradTensor.scalar(value, { dtype });
  const constant = (t: Any): Any => GradTensor.fromTensor(t, { requiresGrad: false });
  const x = constant(take("x"));
  const y = nd.tensor(Int32Array.from(labels), { dtype: "int32" });
  const feedback = Array.from({ length: DEPTH }, (_, l) => nd.transpose(take(`feedback.${l}`)));

  type Parameters = Readonly<Record<string, Any>>;
  const linear = (h: Any, p: Parameters, name: string): Any =>
    h.matmul(p[`${name}.weight`].transpose()).add(p[`${name}.bias`]);
  const eps = scalar(LAYER_NORM_EPS);
  const layerNorm = (h: Any, p: Parameters, name: string): Any => {
    const centred = h.sub(h.mean(-1, true));
    return centred.div(centred.square().mean(-1, true).add(eps).sqrt())
      .mul(p[`${name}.weight`]).add(p[`${name}.bias`]);
  };
  /** Its own GELU is the tanh formula, so this one is made of its custom operations. */
  const gelu = (u: Any): Any => {
    const values: Any = u.tensor.data;
    const [out, slope] = [new Values(values.length), new Values(values.length)];
    for (let i = 0; i < values.length; i++) {
      const phi = 0.5 * (1 + erfF64(values[i] * Math.SQRT1_2));
      out[i] = values[i] * phi;
      slope[i] = phi + values[i] * expF64(-0.5 * values[i] ** 2) / Math.sqrt(2 * Math.PI);
    }
    const derivative = array(slope, u.shape);
    return nd.customOp(array(out, u.shape), [[u, (g: Any) => nd.mul(g, derivative)]]);
  };
  const branch = (h: Any, p: Parameters, l: number): Any => {
    const u = linear(layerNorm(h, p, `blocks.${l}.ln`), p, `blocks.${l}.w1`);
    return linear(gelu(u), p, `blocks.${l}.w2`);
  };
  const classify = (h: Any, p: Parameters): Any => linear(layerNorm(h, p, "out_ln"), p, "out_head");

  function bp(p: Parameters): Any {
    let h = linear(x, p, "embed");
    for (let l = 0; l < DEPTH; l++) h = h.add(branch(h, p, l));
    const loss = nn.crossEntropyLoss(classify(h, p), y);
    loss.backward();
    return loss;
  }

  function dfa(p: Parameters): Any {
    const embedded = linear(x, p, "embed");
    let h = embedded.detach();
    const branches: Any[] = [];
    for (let l = 0; l < DEPTH; l++) {
      const f = branch(h, p, l);
      h = h.add(f.detach());
      branches.push(f);
    }
    const logits = classify(h, p);
    const loss = nn.crossEntropyLoss(logits, y);
    loss.backward();
    const error = cast(nd.softmax(logits.tensor, 1));
    labels.forEach((label, b) => error.data[b * logits.shape[1] + label] -= 1);
    feedback.forEach((matrix, l) => {
      const a = nd.dot(error, matrix);
      const rms = cast(nd.sqrt(nd.mean(nd.square(a), 1, true)));
      const credit = nd.div(a, nd.mulScalar(rms, BATCH));
      if (l === 0) embedded.backward(credit);
      branches[l].backward(credit);
    });
    return loss;
  }

  return {
    version,
    notes: {
      "bp-step": "GELU by a custom operation with our erf",
      "dfa-step": "GELU by a custom operation with our erf",
    },
    trainer(method) {
      const names = [...tensors.keys()].filter((name) => name !== "x" && !/^feedback/.test(name));
      const p: Parameters = Object.fromEntries(names.map((key) => [key, nd.parameter(take(key))]));
      const optimizer = new optim.AdamW(Object.values(p), ADAMW);
      const forwardBackward = method === "bp" ? bp : dfa;
      return () => {
        optimizer.zeroGrad();
        const loss = forwardBackward(p);
        optimizer.step();
        return loss.tensor.data[0];
      };
    },
    product({ m, k, n, transposeA, transposeB }, a, b) {
      const left = array(a, transposeA ? [k, m] : [m, k]);
      const right = array(b, transposeB ? [n, k] : [k, n]);
      const multiply = () =>
        nd.dot(transposeA ? nd.transpose(left) : left, transposeB ? nd.transpose(right) : right);
      return { run: () => void multiply(), values: () => multiply().data };
    },
  };
});
