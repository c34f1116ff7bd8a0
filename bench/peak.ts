// How fast the machine could multiply and add in this runtime: a loop that stays in registers.

const ACCUMULATORS = 8;
const F32 = { splat: 0x13, neg: [0xe1, 0x01], add: [0xe4, 0x01], mul: [0xe6, 0x01] };
const F64 = { splat: 0x14, neg: [0xed, 0x01], add: [0xf0, 0x01], mul: [0xf2, 0x01] };

/**
 * A function that repeats eight independent vector multiply-adds `n` times, in WebAssembly without
 * fusing, and the operations of one repetition. Nothing touches memory: no product of matrices can be
 * faster than this on the same vectors.
 */
export function peak(dtype: "float32" | "float64"): {
  readonly run: (n: number) => void;
  readonly operations: number;
} {
  const { splat, neg, add, mul } = dtype === "float32" ? F32 : F64;
  const lanes = dtype === "float32" ? 4 : 2;
  const simd = (...code: number[]) => [0xfd, ...code];
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  // Locals: 0 the counter, 1 … 8 sums, 9 … 12 left factors, 13 and 14 right factors.
  const LEFT = 1 + ACCUMULATORS, RIGHT = LEFT + 4;
  const constant = (value: number) => {
    const bytes = new Uint8Array(lanes === 4 ? 4 : 8);
    const view = new DataView(bytes.buffer);
    if (lanes === 4) view.setFloat32(0, value, true);
    else view.setFloat64(0, value, true);
    return [lanes === 4 ? 0x43 : 0x44, ...bytes, ...simd(splat)];
  };
  const start = Array.from({ length: 6 }, (_, i) => [...constant(1 + i / 8), ...set(LEFT + i)]);
  const body = [
    // The right factors change their sign, so that no product is the same as the last time.
    ...[0, 1].flatMap((i) => [...get(RIGHT + i), ...simd(...neg), ...set(RIGHT + i)]),
    ...Array.from({ length: ACCUMULATORS }, (_, i) => [
      ...get(1 + i),
      ...get(LEFT + i % 4),
      ...get(RIGHT + (i >> 2)),
      ...simd(...mul),
      ...simd(...add),
      ...set(1 + i),
    ]).flat(),
  ];
  const step = [...get(0), 0x41, 1, 0x6b, 0x22, 0]; // n = n − 1
  const loop = [0x03, 0x40, ...body, ...step, 0x0d, 0, 0x0b]; // again while it is not 0
  // The sums are used, or the loop could be left out.
  const total = [
    ...get(1),
    ...Array.from({ length: ACCUMULATORS - 1 }, (_, i) => [...get(2 + i), ...simd(...add)]).flat(),
    ...simd(0x1b, 0), // i32x4.extract_lane
  ];
  const code = [1, 14, 0x7b, ...start.flat(), ...loop, ...total, 0x0b];
  const section = (id: number, content: number[]) => [id, ...length(content), ...content];
  const bytes = new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]), // (i32) → i32
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x70, 0, 0]), // exported as "p"
    ...section(10, [1, ...length(code), ...code]),
  ]);
  const { p } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  return { run: p as (n: number) => void, operations: 2 * ACCUMULATORS * lanes };
}

/** Length of a part as an unsigned LEB128. */
function length({ length }: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let rest = length;; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push(rest & 127 | 128);
  }
}
