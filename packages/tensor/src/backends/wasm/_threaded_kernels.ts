// Kernels that share their work among the threads of a crew. Every value is computed by the same
// operations, whoever computes it: the bits are those of one thread.
import type { Crew, SharedKernel } from "./_crew.ts";
import type { KernelExports } from "./_exports.ts";
import type { Heap } from "./_heap.ts";

/** Rows of a tile of the product. */
const TILE_ROWS = 4;
/** Columns of a tile, in bytes. */
const TILE_BYTES = 32;
/** Operations of a product that pay for a further thread. */
const GEMM_SHARE = 500_000;
/** Values of GELU that pay for a further thread. */
const GELU_SHARE = 2048;
/** Values of AdamW that pay for a further thread. */
const ADAMW_SHARE = 8192;
/** Values that shares are multiples of, so that each starts at a cache line. */
const LINE_VALUES = 16;

/** The kernels of a heap, shared among the threads of a crew where that pays. */
export function threadedKernels(heap: Heap, crew: Crew): KernelExports {
  const kernels = heap.kernels;
  const bytes = kernels.gemmScratchBytes();
  const scratches = Array.from({ length: crew.size - 1 }, () => heap.allocateBytes(bytes));

  function gemm(name: "gemmF32" | "gemmF64", bytesPerValue: number): KernelExports["gemmF32"] {
    const kernel = kernels[name];
    const tileColumns = TILE_BYTES / bytesPerValue;
    return (m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, scratch, addTo) => {
      // The longer side is cut, so that the smaller operand is packed by every thread.
      const byRows = m > n;
      const [length, unit] = byRows ? [m, TILE_ROWS] : [n, tileColumns];
      const count = Math.floor(Math.min(crew.threads, 2 * m * n * k / GEMM_SHARE));
      const ranges = cut(length, unit, count);
      if (ranges.length < 2) {
        return kernel(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, scratch, addTo);
      }
      crew.run(
        name,
        ranges.map(([first, size], i) => {
          const room = i === 0 ? scratch : scratches[i - 1]!;
          const skip = first * bytesPerValue;
          if (byRows) {
            const from = a + (transposeA ? skip : skip * lda);
            const to = c + skip * ldc;
            return [size, n, k, from, lda, transposeA, b, ldb, transposeB, to, ldc, room, addTo];
          }
          const from = b + (transposeB ? skip * ldb : skip);
          return [
            m,
            size,
            k,
            a,
            lda,
            transposeA,
            from,
            ldb,
            transposeB,
            c + skip,
            ldc,
            room,
            addTo,
          ];
        }),
      );
    };
  }

  function adamw(name: "adamwF32" | "adamwF64", bytesPerValue: number): KernelExports["adamwF32"] {
    const kernel = kernels[name];
    return (p, g, m, v, n, ...constants) => {
      elements(name, n, ADAMW_SHARE, (first, size) => {
        const skip = first * bytesPerValue;
        return [p + skip, g + skip, m + skip, v + skip, size, ...constants];
      }) || kernel(p, g, m, v, n, ...constants);
    };
  }

  /** Shares an elementwise kernel; false if that does not pay. */
  function elements(
    name: SharedKernel,
    n: number,
    share: number,
    call: (first: number, size: number) => number[],
  ): boolean {
    const ranges = cut(n, LINE_VALUES, Math.min(crew.threads, Math.floor(n / share)));
    if (ranges.length < 2) return false;
    crew.run(name, ranges.map(([first, size]) => call(first, size)));
    return true;
  }

  return {
    ...kernels,
    gemmF32: gemm("gemmF32", 4),
    gemmF64: gemm("gemmF64", 8),
    adamwF32: adamw("adamwF32", 4),
    adamwF64: adamw("adamwF64", 8),
    geluF32(x, out, slope, n) {
      elements("geluF32", n, GELU_SHARE, (first, size) => {
        const skip = 4 * first;
        return [x + skip, out && out + skip, slope && slope + skip, size];
      }) || kernels.geluF32(x, out, slope, n);
    },
  };
}

/** Cuts `length` into at most `count` ranges [first, size] that start at multiples of `unit`. */
export function cut(length: number, unit: number, count: number): [first: number, size: number][] {
  const units = Math.ceil(length / unit);
  const ranges: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    const first = unit * Math.floor(units * i / count);
    const end = Math.min(length, unit * Math.floor(units * (i + 1) / count));
    if (end > first) ranges.push([first, end - first]);
  }
  return ranges;
}
