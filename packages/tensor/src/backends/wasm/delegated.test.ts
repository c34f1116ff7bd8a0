// Kernels that the wasm backend takes from backend js. Oracle: backend js, bit for bit, wherever the
// operands are.
import { suite } from "uvu";
import type { UnaryName } from "../../backend.ts";
import { Rng } from "../../random/mod.ts";
import { anyBits, blank, dtypes, likeJs, normals } from "./_test_kernels.ts";

const test = suite("wasm: what it takes from js");
const lengths = [0, 1, 2, 3, 5, 8, 13, 127];

for (const name of ["exp", "log", "erf", "tanh", "gelu", "geluDerivative"] as UnaryName[]) {
  // For float32, GELU has a kernel of its own.
  for (const dtype of name.startsWith("gelu") ? ["float64"] as const : dtypes) {
    test(`${name} ${dtype}`, () => {
      const rng = Rng.fromSeed(1).fork(name, dtype);
      for (const n of lengths) {
        for (const draw of [anyBits, normals]) {
          const operands = [draw(rng, dtype, [n]), blank(dtype, [n])];
          likeJs(`${n}`, operands, (k, [x, out]) => k.unary(name, x!, out!));
        }
      }
    });
  }
}

test("GELU with its derivative, float64", () => {
  const rng = Rng.fromSeed(2);
  for (const n of lengths) {
    const operands = [anyBits(rng, "float64", [n]), blank("float64", [n]), blank("float64", [n])];
    likeJs(`${n}`, operands, (k, [x, y, slope]) => k.geluWithDerivative(x!, y!, slope!));
  }
});

test("fill, cast, broadcast, transpose, copyBlocks, maximum", () => {
  const rng = Rng.fromSeed(3);
  for (const dtype of dtypes) {
    likeJs("fill", [blank(dtype, [7])], (k, [out]) => k.fill(0.1, out!));
    for (const to of dtypes) {
      const operands = [anyBits(rng, dtype, [127]), blank(to, [127])];
      likeJs(`cast ${dtype} to ${to}`, operands, (k, [x, out]) => k.cast(x!, out!));
    }
    for (const [from, to] of [[[3, 1], [3, 5]], [[], [2, 3]], [[2, 1, 3], [2, 7, 3]], [[1], [0]]]) {
      const operands = [anyBits(rng, dtype, from!), blank(dtype, to!)];
      likeJs(`broadcast ${dtype} [${from}]`, operands, (k, [x, out]) => k.broadcast(x!, out!));
    }
    for (const [m, n] of [[1, 1], [3, 7], [8, 8], [1, 5], [0, 3], [17, 2]] as const) {
      const operands = [anyBits(rng, dtype, [m, n]), blank(dtype, [n, m])];
      likeJs(`transpose ${dtype} [${m},${n}]`, operands, (k, [x, out]) => k.transpose(x!, out!));
    }
    const cut = {
      count: 3,
      length: 5,
      from: { offset: 2, stride: 9 },
      to: { offset: 0, stride: 5 },
    };
    const operands = [anyBits(rng, dtype, [3, 9]), blank(dtype, [3, 5])];
    likeJs(`copyBlocks ${dtype}`, operands, (k, [x, out]) => k.copyBlocks(x!, out!, cut));
    for (
      const [from, to] of [[[5, 7], [5, 1]], [[5, 7], [1, 7]], [[13], [1]], [[2, 3, 4], [1, 3, 1]]]
    ) {
      const operands = [anyBits(rng, dtype, from!), blank(dtype, to!)];
      likeJs(`max ${dtype} [${to}]`, operands, (k, [x, out]) => k.reduce("max", x!, out!));
    }
  }
});

test("softmax, cross-entropy, output error, one-hot rows", () => {
  const rng = Rng.fromSeed(4);
  for (const dtype of dtypes) {
    for (const [batch, classes] of [[1, 1], [5, 3], [7, 13], [0, 4]] as const) {
      const labels = Array.from({ length: batch }, () => rng.integer(classes));
      const what = `${dtype} [${batch},${classes}]`;
      for (const draw of [anyBits, normals]) {
        const z = draw(rng, dtype, [batch, classes]);
        const same = blank(dtype, [batch, classes]);
        likeJs(`softmax ${what}`, [z, same], (k, [x, out]) => k.softmax(x!, out!));
        likeJs(`outputError ${what}`, [z, same], (k, [x, out]) => k.outputError(x!, labels, out!));
        const losses = blank(dtype, [batch]);
        likeJs(`CE ${what}`, [z, losses], (k, [x, out]) => k.crossEntropy(x!, labels, out!));
        likeJs(`oneHot ${what}`, [same], (k, [out]) => k.oneHot(labels, out!));
      }
    }
  }
});

test.run();
