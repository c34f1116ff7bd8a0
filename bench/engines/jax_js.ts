// jax-js on WebAssembly, one thread: a whole step is one compiled program.
import { serve } from "../child.ts";
import { ADAMW, BATCH, CLASSES, DEPTH, LAYER_NORM_EPS } from "../workloads.ts";
import { type Any, importPeer } from "./peer.ts";

const scope = globalThis as Record<string, unknown>;
scope["Worker"] = undefined; // it would compute with several threads
// Its 0.1.25 asks whether an array is a Float16Array even where there is no such thing.
scope["Float16Array"] ??= class Float16Array {};

await serve(async ({ dtype }, { tensors, labels }) => {
  const { module: jax, version } = await importPeer("@jax-js/jax");
  const { numpy: np, nn, lax } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");

  const array = (values: Float32Array, shape: readonly number[]): Any =>
    np.array(dtype === "float64" ? Float64Array.from(values) : values, { shape, dtype });
  const take = (name: string): Any => array(tensors.get(name)!.values, tensors.get(name)!.shape);
  const names = [...tensors.keys()].filter((name) => name !== "x" && !/^feedback/.test(name));
  const oneHot = new Float32Array(BATCH * CLASSES);
  labels.forEach((label, b) => oneHot[b * CLASSES + label] = 1);

  // Every use of an array but the last takes a reference: `.ref`.
  const linear = (x: Any, p: Any, name: string): Any =>
    np.matmul(x, np.transpose(p[`${name}.weight`].ref)).add(p[`${name}.bias`].ref);
  // By hand, as the gradient of its nn.standardize takes longer.
  const layerNorm = (h: Any, p: Any, name: string): Any => {
    const centred = h.ref.sub(np.mean(h, -1, { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
    return centred.div(np.sqrt(variance.add(LAYER_NORM_EPS)))
      .mul(p[`${name}.weight`].ref).add(p[`${name}.bias`].ref);
  };
  const branch = (h: Any, p: Any, l: number): Any => {
    const u = linear(layerNorm(h, p, `blocks.${l}.ln`), p, `blocks.${l}.w1`);
    return linear(nn.gelu(u, { approximate: false }), p, `blocks.${l}.w2`);
  };
  const head = (h: Any, p: Any): Any => linear(layerNorm(h, p, "out_ln"), p, "out_head");
  const crossEntropy = (logits: Any, y: Any): Any =>
    np.sum(nn.logSoftmax(logits, -1).mul(y)).mul(-1 / BATCH);

  /** [objective, loss] */
  function bp(p: Any, x: Any, y: Any): [Any, Any] {
    let h = linear(x, p, "embed");
    for (let l = 0; l < DEPTH; l++) h = h.ref.add(branch(h, p, l));
    const loss = crossEntropy(head(h, p), y);
    return [loss.ref, lax.stopGradient(loss)];
  }

  /** Local objectives, whose sum has the gradients of all parts: none crosses the stream. */
  function dfa(p: Any, x: Any, y: Any, feedback: Any[]): [Any, Any] {
    const embedded = linear(x, p, "embed");
    let h = lax.stopGradient(embedded.ref);
    const branches: Any[] = [];
    for (let l = 0; l < DEPTH; l++) {
      const f = branch(h.ref, p, l);
      h = h.add(lax.stopGradient(f.ref));
      branches.push(f);
    }
    const logits = head(h, p);
    const error = lax.stopGradient(nn.softmax(logits.ref, -1)).sub(y.ref);
    const loss = crossEntropy(logits, y);
    const taught = [[embedded, feedback[0].ref], ...branches.map((f, l) => [f, feedback[l]])];
    let objective = loss.ref;
    for (const [output, matrix] of taught) {
      const a = np.matmul(error.ref, np.transpose(matrix));
      const rms = np.sqrt(np.mean(np.square(a.ref), -1, { keepdims: true }));
      objective = objective.add(np.sum(output.mul(a.div(rms))).mul(1 / BATCH));
    }
    error.dispose();
    return [objective, lax.stopGradient(loss)];
  }

  const update = (p: Any, g: Any, m: Any, v: Any, corrections: Any[]) => {
    const { lr, beta1, beta2, eps, weightDecay } = ADAMW;
    const m1 = m.mul(beta1).add(g.ref.mul(1 - beta1));
    const v1 = v.mul(beta2).add(np.square(g).mul(1 - beta2));
    const root = np.sqrt(v1.ref.div(corrections[1].ref)).add(eps);
    const p1 = p.mul(1 - lr * weightDecay)
      .sub(m1.ref.div(corrections[0].ref).div(root).mul(lr));
    return [p1, m1, v1];
  };

  return {
    version,
    ...(dtype === "float64"
      ? { notes: { "": "its exp, log and erf are computed in single: losses agree to 1e-6 alone" } }
      : {}),
    trainer(method) {
      let p: Any = Object.fromEntries(names.map((name) => [name, take(name)]));
      let first: Any = Object.fromEntries(names.map((name) => [name, np.zerosLike(p[name].ref)]));
      let second: Any = Object.fromEntries(names.map((name) => [name, np.zerosLike(p[name].ref)]));
      const [x, y] = [take("x"), array(oneHot, [BATCH, CLASSES])];
      const feedback = Array.from({ length: DEPTH }, (_, l) => take(`feedback.${l}`));
      const objective = method === "bp" ? bp : dfa;
      const step = jax.jit((p: Any, m: Any, v: Any, x: Any, y: Any, b: Any, corrections: Any[]) => {
        const f = jax.valueAndGrad(
          (p: Any) => objective(p, x, y, b),
          { hasAux: true },
        );
        const [[, loss], g] = f(p);
        const next: Any[] = [{}, {}, {}];
        for (const name of names) {
          update(p[name], g[name], m[name], v[name], corrections)
            .forEach((value, i) => next[i][name] = value);
        }
        return [loss, ...next];
      });
      let [power1, power2] = [1, 1];
      return async () => {
        power1 *= ADAMW.beta1;
        power2 *= ADAMW.beta2;
        const corrections = [1 - power1, 1 - power2].map((c) => np.array(c, { dtype }));
        const b = feedback.map((matrix) => matrix.ref);
        const result = step(p, first, second, x.ref, y.ref, b, corrections);
        await jax.blockUntilReady(result);
        let loss: Any;
        [loss, p, first, second] = result;
        return (await loss.data())[0];
      };
    },
    product({ m, k, n, transposeA, transposeB }, a, b) {
      const left = array(a, transposeA ? [k, m] : [m, k]);
      const right = array(b, transposeB ? [n, k] : [k, n]);
      const multiply = jax.jit((a: Any, b: Any) =>
        np.matmul(transposeA ? np.transpose(a) : a, transposeB ? np.transpose(b) : b)
      );
      return {
        async run() {
          const result = multiply(left.ref, right.ref);
          await result.blockUntilReady();
          result.dispose();
        },
        values: () => multiply(left.ref, right.ref).data(),
      };
    },
  };
});
