// Matrix product: packed panels and a register tile of 4 rows by 2 vectors.
//
// The blocking is that of Goto & van de Geijn, "Anatomy of high-performance matrix multiplication",
// ACM TOMS 34 (2008): B is packed in blocks of KC × NC, A in blocks of MC × KC, so that the tile
// streams both from near caches. Eight sums, two vectors of B and four rows of A are what 16 registers
// hold in every engine: larger tiles spill, and unrolling makes V8 load too early.
//
// Each element of the result is, per block of KC, one sum in order of k that starts at 0, added to
// what earlier blocks gave: how the product is cut into tiles, blocks of rows or columns, or given to
// threads, never changes its bits.
import { bytes, lanes } from "./simd";

/** Rows of a tile. */
const MR: i32 = 4;
/** Terms of a sum that are taken together. */
const KC: i32 = 256;
/** Rows of A that are packed together; a multiple of MR. */
const MC: i32 = 128;
/** Columns of B that are packed together; a multiple of 8. */
const NC: i32 = 1536;
/** Bytes of one row of a tile: two vectors. */
const ROW: usize = 32;

/** Columns of a tile: two vectors. */
function tileColumns<T>(): i32 {
  return 2 * lanes<T>();
}

/** Bytes of scratch that a product needs, for values of 8 bytes or less. */
export function gemmScratchBytes(): usize {
  return MR * ROW + bytes<f64>(MC * KC) + bytes<f64>(NC * KC);
}

/** a·b + c; rounded twice, or once where the fast build's machine fuses it. */
function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/**
 * Packs a matrix whose rows run along k [k, n] into panels of `width` columns, each panel[p][j] in
 * order; missing columns are 0.
 */
function packColumns<T>(from: usize, stride: usize, n: i32, k: i32, width: i32, to: usize): void {
  const vectors = width / lanes<T>();
  for (let j = 0; j < n; j += width) {
    let at = from + bytes<T>(j);
    if (n - j >= width) {
      if (vectors == 2) {
        for (let p = 0; p < k; p++, at += stride, to += 32) {
          v128.store(to, v128.load(at));
          v128.store(to, v128.load(at, 16), 16);
        }
      } else {
        for (let p = 0; p < k; p++, at += stride) {
          for (let v = 0; v < vectors; v++, to += 16) v128.store(to, v128.load(at + (v << 4)));
        }
      }
    } else {
      const rest = n - j;
      for (let p = 0; p < k; p++, at += stride) {
        for (let r = 0; r < width; r++, to += sizeof<T>()) {
          store<T>(to, r < rest ? load<T>(at + bytes<T>(r)) : <T> 0);
        }
      }
    }
  }
}

/** The same for a matrix whose rows run along n [n, k]: transposes on the way, vector by vector. */
function packRows<T>(from: usize, stride: usize, n: i32, k: i32, width: i32, to: usize): void {
  const line = bytes<T>(width);
  for (let i = 0; i < n; i += width, to += line * k) {
    let r = 0;
    for (; r < width && i + r + lanes<T>() <= n; r += lanes<T>()) {
      transposeRows<T>(from + stride * (i + r), stride, k, to + bytes<T>(r), line);
    }
    for (; r < width; r++) {
      let at = from + stride * (i + r);
      let out = to + bytes<T>(r);
      if (i + r < n) {
        for (let p = 0; p < k; p++, at += sizeof<T>(), out += line) store<T>(out, load<T>(at));
      } else {
        for (let p = 0; p < k; p++, out += line) store<T>(out, 0);
      }
    }
  }
}

/** out[p][r] = from[r][p] for as many rows r as a vector has lanes. */
function transposeRows<T>(from: usize, stride: usize, k: i32, out: usize, line: usize): void {
  let p = 0;
  if (sizeof<T>() == 4) {
    for (; p + 4 <= k; p += 4, from += 16, out += 4 * line) {
      const a = v128.load(from);
      const b = v128.load(from + stride);
      const c = v128.load(from + 2 * stride);
      const d = v128.load(from + 3 * stride);
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f64>(ab0, cd0, 0, 2));
      v128.store(out + line, v128.shuffle<f64>(ab0, cd0, 1, 3));
      v128.store(out + 2 * line, v128.shuffle<f64>(ab1, cd1, 0, 2));
      v128.store(out + 3 * line, v128.shuffle<f64>(ab1, cd1, 1, 3));
    }
  } else {
    for (; p + 2 <= k; p += 2, from += 16, out += 2 * line) {
      const a = v128.load(from);
      const b = v128.load(from + stride);
      v128.store(out, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(out + line, v128.shuffle<f64>(a, b, 1, 3));
    }
  }
  for (; p < k; p++, from += sizeof<T>(), out += line) {
    for (let r = 0; r < lanes<T>(); r++) {
      store<T>(out + bytes<T>(r), load<T>(from + stride * r));
    }
  }
}

/** One value of four (or two) in all lanes. */
function splat<T>(x: v128, lane: i32): v128 {
  if (sizeof<T>() == 8) {
    return lane % 2 == 0 ? v128.shuffle<f64>(x, x, 0, 0) : v128.shuffle<f64>(x, x, 1, 1);
  }
  if (lane == 0) return v128.shuffle<f32>(x, x, 0, 0, 0, 0);
  if (lane == 1) return v128.shuffle<f32>(x, x, 1, 1, 1, 1);
  if (lane == 2) return v128.shuffle<f32>(x, x, 2, 2, 2, 2);
  return v128.shuffle<f32>(x, x, 3, 3, 3, 3);
}

/** One row of a tile: stored, or added to what is there. */
function putRow<T>(c: usize, x0: v128, x1: v128, add: bool): void {
  if (add) {
    x0 = v128.add<T>(v128.load(c), x0);
    x1 = v128.add<T>(v128.load(c, 16), x1);
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
}

/** c[4, 2 vectors] = (or +=) Σ_p a[p][4] ⊗ b[p][2 vectors]. */
function tile<T>(a: usize, b: usize, k: i32, c: usize, stride: usize, add: bool): void {
  const zero = i64x2.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  for (const end = b + <usize> k * ROW; b != end; a += MR * sizeof<T>(), b += ROW) {
    const a01 = v128.load(a); // all four rows in single precision
    const a23 = sizeof<T>() == 8 ? v128.load(a, 16) : a01;
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = splat<T>(a01, 0);
    c00 = madd<T>(x, b0, c00);
    c01 = madd<T>(x, b1, c01);
    x = splat<T>(a01, 1);
    c10 = madd<T>(x, b0, c10);
    c11 = madd<T>(x, b1, c11);
    x = splat<T>(a23, 2);
    c20 = madd<T>(x, b0, c20);
    c21 = madd<T>(x, b1, c21);
    x = splat<T>(a23, 3);
    c30 = madd<T>(x, b0, c30);
    c31 = madd<T>(x, b1, c31);
  }
  putRow<T>(c, c00, c01, add);
  putRow<T>(c + stride, c10, c11, add);
  putRow<T>(c + 2 * stride, c20, c21, add);
  putRow<T>(c + 3 * stride, c30, c31, add);
}

/** The part of a tile [rows, columns] that lies inside the result, stored or added. */
function putPart<T>(
  tile: usize,
  rows: i32,
  columns: i32,
  c: usize,
  stride: usize,
  add: bool,
): void {
  for (let r = 0; r < rows; r++, tile += ROW, c += stride) {
    for (let s = 0; s < columns; s++) {
      const v = load<T>(tile + bytes<T>(s));
      const at = c + bytes<T>(s);
      store<T>(at, add ? load<T>(at) + v : v);
    }
  }
}

/**
 * c[m, n] = op(a)·op(b), or += where `addTo`. `lda`, `ldb`, `ldc`: values from row to row, as the
 * matrices are stored.
 */
function gemm<T>(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  transposeA: bool,
  b: usize,
  ldb: i32,
  transposeB: bool,
  c: usize,
  ldc: i32,
  scratch: usize,
  addTo: bool,
): void {
  const nr = tileColumns<T>();
  const strideA = bytes<T>(lda), strideB = bytes<T>(ldb), strideC = bytes<T>(ldc);
  const edge = scratch;
  const packedA = edge + MR * ROW;
  const packedB = packedA + bytes<T>(MC * KC);
  if (k == 0 && !addTo) {
    for (let i = 0; i < m; i++) memory.fill(c + strideC * i, 0, bytes<T>(n));
  }
  for (let jc = 0; jc < n; jc += NC) {
    const nc = min(NC, n - jc);
    for (let pc = 0; pc < k; pc += KC) {
      const kc = min(KC, k - pc);
      const add = addTo || pc > 0;
      if (transposeB) {
        packRows<T>(b + strideB * jc + bytes<T>(pc), strideB, nc, kc, nr, packedB);
      } else {
        packColumns<T>(b + strideB * pc + bytes<T>(jc), strideB, nc, kc, nr, packedB);
      }
      for (let ic = 0; ic < m; ic += MC) {
        const mc = min(MC, m - ic);
        if (transposeA) {
          packColumns<T>(a + strideA * pc + bytes<T>(ic), strideA, mc, kc, MR, packedA);
        } else {
          packRows<T>(a + strideA * ic + bytes<T>(pc), strideA, mc, kc, MR, packedA);
        }
        for (let j = 0; j < nc; j += nr) {
          const panelB = packedB + bytes<T>(j * kc);
          const columns = min(nr, nc - j);
          let to = c + strideC * ic + bytes<T>(jc + j);
          for (let i = 0; i < mc; i += MR, to += MR * strideC) {
            const panelA = packedA + bytes<T>(i * kc);
            const rows = min(MR, mc - i);
            if (rows == MR && columns == nr) tile<T>(panelA, panelB, kc, to, strideC, add);
            else {
              tile<T>(panelA, panelB, kc, edge, ROW, false);
              putPart<T>(edge, rows, columns, to, strideC, add);
            }
          }
        }
      }
    }
  }
}

/** See gemm. */
export function gemmF32(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  transposeA: bool,
  b: usize,
  ldb: i32,
  transposeB: bool,
  c: usize,
  ldc: i32,
  scratch: usize,
  addTo: bool,
): void {
  gemm<f32>(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, scratch, addTo);
}

/** See gemm. */
export function gemmF64(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  transposeA: bool,
  b: usize,
  ldb: i32,
  transposeB: bool,
  c: usize,
  ldc: i32,
  scratch: usize,
  addTo: bool,
): void {
  gemm<f64>(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, scratch, addTo);
}
