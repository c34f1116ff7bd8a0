// TensorFlow.js on WebAssembly, one thread.
import { fileURLToPath } from "node:url";
import { serve, Unavailable } from "../child.ts";
import { ADAMW, BATCH, CLASSES, DEPTH, LAYER_NORM_EPS } from "../workloads.ts";
import { type Any, importPeer } from "./peer.ts";

await serve(async ({ dtype }, { tensors, labels }) => {
  if (dtype === "float64") throw new Unavailable("TensorFlow.js has no float64");
  const { module: tf, version } = await importPeer("@tensorflow/tfjs");
  const { module: wasm, at } = await importPeer("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(fileURLToPath(new URL("dist/", at)));
  if (!await tf.setBackend("wasm")) throw new Unavailable("TensorFlow.js found no WebAssembly");
  await tf.ready();

  const take = (name: string): Any =>
    tf.tensor(tensors.get(name)!.values, tensors.get(name)!.shape);
  const [x, y] = [take("x"), tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES).toFloat()];
  const feedback = Array.from({ length: DEPTH }, (_, l) => take(`feedback.${l}`));

  type Parameters = Readonly<Record<string, Any>>;
  const linear = (h: Any, p: Parameters, name: string): Any =>
    tf.matMul(h, p[`${name}.weight`], false, true).add(p[`${name}.bias`]);
  const normalize = (h: Any): Any => {
    const { mean, variance } = tf.moments(h, -1, true);
    return h.sub(mean).div(variance.add(LAYER_NORM_EPS).sqrt());
  };
  const scaleShift = (n: Any, p: Parameters, name: string): Any =>
    n.mul(p[`${name}.weight`]).add(p[`${name}.bias`]);
  const layerNorm = (h: Any, p: Parameters, name: string): Any => scaleShift(normalize(h), p, name);
  /** Φ(u), with which gelu(u) = u Φ(u). */
  const phi = (u: Any): Any => u.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
  const gelu = (u: Any): Any => u.mul(phi(u));

  function loss(p: Parameters): Any {
    let h = linear(x, p, "embed");
    for (let l = 0; l < DEPTH; l++) {
      const u = linear(layerNorm(h, p, `blocks.${l}.ln`), p, `blocks.${l}.w1`);
      h = h.add(linear(gelu(u), p, `blocks.${l}.w2`));
    }
    return tf.losses.softmaxCrossEntropy(y, linear(layerNorm(h, p, "out_ln"), p, "out_head"));
  }

  /** Its tape cannot stop a gradient, so the local gradients are written out. */
  function dfa(p: Parameters): { value: Any; grads: Record<string, Any> } {
    const grads: Record<string, Any> = {};
    // A transposed operand takes it much longer than the transpose and a plain product.
    const backLinear = (name: string, input: Any, dy: Any): Any => {
      grads[`${name}.weight`] = tf.matMul(dy.transpose(), input);
      grads[`${name}.bias`] = dy.sum(0);
      return tf.matMul(dy, p[`${name}.weight`]);
    };
    const backScaleShift = (name: string, n: Any, dz: Any): void => {
      grads[`${name}.weight`] = dz.mul(n).sum(0);
      grads[`${name}.bias`] = dz.sum(0);
    };
    const forward = (input: Any, name: string): Any =>
      tf.matMul(input, p[`${name}.weight`].transpose()).add(p[`${name}.bias`]);

    let h = forward(x, "embed");
    const saved: { n: Any; z: Any; u: Any; g: Any }[] = [];
    for (let l = 0; l < DEPTH; l++) {
      const n = normalize(h);
      const z = scaleShift(n, p, `blocks.${l}.ln`);
      const u = forward(z, `blocks.${l}.w1`);
      const g = gelu(u);
      h = h.add(forward(g, `blocks.${l}.w2`));
      saved.push({ n, z, u, g });
    }
    const n = normalize(h);
    const z = scaleShift(n, p, "out_ln");
    const logits = forward(z, "out_head");
    const error = logits.softmax().sub(y);
    backScaleShift("out_ln", n, backLinear("out_head", z, error.div(BATCH)));
    feedback.forEach((matrix, l) => {
      const a = tf.matMul(error, matrix.transpose());
      const credit = a.div(a.square().mean(-1, true).sqrt().mul(BATCH));
      if (l === 0) {
        grads["embed.weight"] = tf.matMul(credit.transpose(), x);
        grads["embed.bias"] = credit.sum(0);
      }
      const { n, z, u, g } = saved[l]!;
      const dg = backLinear(`blocks.${l}.w2`, g, credit);
      // gelu'(u) = Φ(u) + u φ(u)
      const density = u.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
      const du = dg.mul(phi(u).add(u.mul(density)));
      backScaleShift(`blocks.${l}.ln`, n, backLinear(`blocks.${l}.w1`, z, du));
    });
    return { value: tf.losses.softmaxCrossEntropy(y, logits), grads };
  }

  return {
    version,
    notes: { "dfa-step": "gradients by hand, with its fast untransposed products" },
    trainer(method) {
      const names = [...tensors.keys()].filter((name) => name !== "x" && !/^feedback/.test(name));
      const p: Parameters = Object.fromEntries(
        names.map((name) => [name, tf.variable(take(name), true, `${method}.${name}`)]),
      );
      const { lr, beta1, beta2, eps, weightDecay } = ADAMW;
      const optimizer = tf.train.adam(lr, beta1, beta2, eps);
      const variables = Object.values(p);
      return () =>
        tf.tidy(() => {
          const { value, grads } = method === "bp"
            ? tf.variableGrads(() => loss(p), variables)
            : renamed(dfa(p), method);
          // It has Adam alone; the decay that makes it AdamW is decoupled from its moments.
          for (const variable of variables) variable.assign(variable.mul(1 - lr * weightDecay));
          optimizer.applyGradients(grads);
          return value.dataSync()[0];
        });
    },
    product({ m, k, n, transposeA, transposeB }, a, b) {
      const left = tf.tensor(a, transposeA ? [k, m] : [m, k]);
      const right = tf.tensor(b, transposeB ? [n, k] : [k, n]);
      const multiply = () => tf.matMul(left, right, transposeA, transposeB);
      return {
        run: () => multiply().dispose(),
        values: () => multiply().dataSync(),
      };
    },
  };
});

/** Gradients under the names of the variables. */
function renamed<T>({ value, grads }: { value: T; grads: Record<string, T> }, prefix: string) {
  return {
    value,
    grads: Object.fromEntries(Object.entries(grads).map(([k, v]) => [`${prefix}.${k}`, v])),
  };
}
