// One-line mistakes in kernels and what surrounds them, each with the test that must find it.

/** A mistake. */
export interface Mutation {
  /** What goes wrong. */
  readonly name: string;
  /** File that is changed, from the repository's root. */
  readonly file: string;
  /** A piece of one line that occurs once in it. */
  readonly from: string;
  /** What takes its place. */
  readonly to: string;
  /** File of the test. */
  readonly test: string;
  /** Title of the test that must fail. */
  readonly title: string;
}

const kernels = (name: string) => `packages/tensor/kernels/${name}.ts`;
const backend = (name: string) => `packages/tensor/src/backends/wasm/${name}.ts`;

/** All of them. */
export const mutations: readonly Mutation[] = [
  {
    name: "product: b is transposed where it must not be",
    file: kernels("gemm"),
    from: "if (transposeB) {",
    to: "if (!transposeB) {",
    test: backend("matmul.test"),
    title: "with primes everywhere: bits of the sum in order of k",
  },
  {
    name: "product: leading dimensions of a and b swapped",
    file: backend("_matmul"),
    from: "const [lda, ldb] = [",
    to: "const [ldb, lda] = [",
    test: backend("matmul.test"),
    title: "with primes everywhere: bits of the sum in order of k",
  },
  {
    name: "product: a block of 256 terms overwrites the one before",
    file: kernels("gemm"),
    from: "const add = addTo || pc > 0;",
    to: "const add = addTo;",
    test: backend("matmul.test"),
    title: "with terms around vectors and blocks of terms: bits of the sum in order of k",
  },
  {
    name: "product: the last term after whole vectors is left out",
    file: kernels("gemm"),
    from: "for (; p < k; p++, from += sizeof<T>(), out += line) {",
    to: "for (; p < k - 1; p++, from += sizeof<T>(), out += line) {",
    test: backend("matmul.test"),
    title: "with terms around vectors and blocks of terms: bits of the sum in order of k",
  },
  {
    name: "product: a row of a tile goes where the next belongs",
    file: kernels("gemm"),
    from: "putRow<T>(c + 2 * stride, c20",
    to: "putRow<T>(c + 3 * stride, c20",
    test: backend("matmul.test"),
    title: "with rows around tiles and blocks of rows: bits of the sum in order of k",
  },
  {
    name: "product: the last column of a partial tile is left out",
    file: kernels("gemm"),
    from: "const columns = min(nr, nc - j);",
    to: "const columns = min(nr, max(1, nc - j - 1));",
    test: backend("matmul.test"),
    title: "with columns around tiles: bits of the sum in order of k",
  },
  {
    name: "product: the second block of columns reads the first again",
    file: kernels("gemm"),
    from: "b + strideB * pc + bytes<T>(jc)",
    to: "b + strideB * pc",
    test: backend("matmul.test"),
    title: "with columns around blocks of columns: bits of the sum in order of k",
  },
  {
    name: "product: every row of the bias but the first is shifted",
    file: backend("_matmul"),
    from: "rows.set(row, i * n)",
    to: "rows.set(row, i)",
    test: backend("matmul.test"),
    title: "with a bias: bits of the sum that is added to it",
  },
  {
    name: "AdamW: no bias correction of the second moment",
    file: kernels("adamw"),
    from: "v128.add<T>(v128.mul<T>(roots, v128.sqrt<T>(vi)), epss)",
    to: "v128.add<T>(v128.sqrt<T>(vi), epss)",
    test: backend("adamw.test"),
    title: "parameter and moments are within the error bound, every length",
  },
  {
    name: "AdamW: no bias correction of the first moment",
    file: backend("_kernels"),
    from: "lr / correction1,",
    to: "lr,",
    test: backend("adamw.test"),
    title: "parameter and moments are within the error bound, every length",
  },
  {
    name: "AdamW: no weight decay after the last whole vector",
    file: kernels("adamw"),
    from: "decay * load<T>(p) - step",
    to: "load<T>(p) - step",
    test: backend("adamw.test"),
    title: "positions do not depend on each other, in vectors and after them (metamorphic)",
  },
  {
    name: "AdamW: the square of a large gradient overflows",
    file: kernels("adamw"),
    from: "v128.mul<T>(v128.mul<T>(rest2s, gi), gi)",
    to: "v128.mul<T>(rest2s, v128.mul<T>(gi, gi))",
    test: backend("adamw.test"),
    title: "a single gradient whose square overflows moves by lr in the first step (closed form)",
  },
  {
    name: "LayerNorm: ε left out",
    file: kernels("normalize"),
    from: "squares<T>(x, d, mu) / <f64> d + eps)",
    to: "squares<T>(x, d, mu) / <f64> d)",
    test: backend("normalize.test"),
    title: "layerNorm: within the error bound for every width",
  },
  {
    name: "LayerNorm's gradient: no n·mean(s n)",
    file: kernels("normalize"),
    from: "f64x2.sub(f64x2.sub(s, a), f64x2.mul(n, b))",
    to: "f64x2.sub(s, a)",
    test: backend("normalize.test"),
    title: "gradient at x: within the error bound for every width",
  },
  {
    name: "LayerNorm's gradient at the weight: of seed·weight instead of seed",
    file: kernels("normalize"),
    from: "v128.store(w, f64x2.add(v128.load(w), f64x2.mul(g, n)))",
    to: "v128.store(w, f64x2.add(v128.load(w), f64x2.mul(s, n)))",
    test: backend("normalize.test"),
    title: "all gradients: within the error bound for every width",
  },
  {
    name: "RMS: a row of zeros is divided by 0",
    file: kernels("normalize"),
    from: "const divisor = rms == 0 ? 1 : rms;",
    to: "const divisor = rms;",
    test: backend("normalize.test"),
    title: "a row of zeros stays zero, a constant row is the bias (closed form)",
  },
  {
    name: "sum: every second pair counts the first again",
    file: kernels("reduce"),
    from: "odd = f64x2.add(odd, loadDoubles<T>(x + 2 * sizeof<T>()));",
    to: "odd = f64x2.add(odd, loadDoubles<T>(x));",
    test: backend("reduce.test"),
    title: "every value counts once, whatever the length (closed form: powers of two)",
  },
  {
    name: "sum over rows: the fourth of four is the third again",
    file: kernels("reduce"),
    from: "sum = f64x2.add(sum, loadDoubles<T>(at + 3 * line));",
    to: "sum = f64x2.add(sum, loadDoubles<T>(at + 2 * line));",
    test: backend("reduce.test"),
    title: "over the first axes: bits of the sum in order",
  },
  {
    name: "GELU: both tails take the upper side",
    file: kernels("gelu"),
    from: "f64x2.lt(x, f64x2.splat(0))",
    to: "f64x2.gt(x, f64x2.splat(0))",
    test: backend("gelu.test"),
    title: "half an ulp from mathjs BigNumber, where terms cancel and in both tails too",
  },
  {
    name: "GELU's derivative: Φ − xφ",
    file: kernels("gelu"),
    from: "f64x2.add(Phi, f64x2.mul(x, phi))",
    to: "f64x2.sub(Phi, f64x2.mul(x, phi))",
    test: backend("gelu.test"),
    title: "half an ulp from mathjs BigNumber, where terms cancel and in both tails too",
  },
  {
    name: "subtraction: reversed after the last whole vector",
    file: kernels("elementwise"),
    from: "if (op == SUB) return a - b;",
    to: "if (op == SUB) return b - a;",
    test: backend("elementwise.test"),
    title: "sub of every kind of value, every length",
  },
  {
    name: "broadcasting: one value for all walks on after the last whole vector",
    file: kernels("elementwise"),
    from: "b += stepB * sizeof<T>();",
    to: "b += sizeof<T>();",
    test: backend("elementwise.test"),
    title: "add with broadcasting",
  },
  {
    name: "backend js, AdamW: no bias correction of the second moment",
    file: "packages/tensor/src/backends/js/adamw.ts",
    from: "Math.sqrt(vi) / root2",
    to: "Math.sqrt(vi)",
    test: "packages/tensor/src/optim/optim.test.ts",
    title: "with a constant gradient every step without decay has length lr (closed form)",
  },
  {
    name: "gradient of products: wrong transposition",
    file: "packages/tensor/src/ops/matmul.ts",
    from: "matmul(seed, b, { transposeB: !transposeB })",
    to: "matmul(seed, b, { transposeB })",
    test: "packages/tensor/src/ops/ops.test.ts",
    title: "matmul: matmul 5x7.7x3",
  },
  {
    name: "gradient of softmax: Σ s dx left out",
    file: "packages/tensor/src/ops/softmax.ts",
    from: "mul(s, sub(seed, sum(mul(s, seed), { axis: -1, keepDims: true }))),",
    to: "mul(s, seed),",
    test: "packages/tensor/src/autograd/autograd.test.ts",
    title: "softmax: gradient equals central differences to 1e-8",
  },
  {
    name: "heap: asks for what WebAssembly does not have",
    file: backend("_heap"),
    from: "if (pages > room || !(",
    to: "if (!(",
    test: backend("_heap.test"),
    title: "more than 4 GiB is refused, says why, and changes nothing",
  },
  {
    name: "kernels: what was borrowed for ordinary arrays is not given back",
    file: backend("_frame"),
    from: "this.heap.release(pointer);",
    to: "void pointer;",
    test: backend("memory.test"),
    title: "a scope gives everything back, also what it borrowed for ordinary arrays",
  },
  {
    name: "kernels: results in ordinary arrays stay what they were",
    file: backend("_frame"),
    from: "result: write ? storage : null",
    to: "result: null",
    test: backend("elementwise.test"),
    title: "add of every kind of value, every length",
  },
  {
    name: "parameters: their memory is never given back",
    file: backend("mod"),
    from: "pinned.register(s, s.pointer);",
    to: "void pinned;",
    test: backend("memory.test"),
    title: "memory of parameters is given back when nobody holds them any more",
  },
  {
    name: "free list: a neighbour is swallowed",
    file: backend("_free_list"),
    from: "lengths[i - 1]! += length + (touchesAfter ? lengths[i]! : 0);",
    to: "lengths[i - 1]! += length;",
    test: backend("_free_list.test"),
    title: "random requests and returns: always the first fit, never an overlap, neighbours merged",
  },
];
