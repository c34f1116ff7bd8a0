// Exact values as bigints: the slow and plain way, for what doubles cannot hold.
import { POWER_ZERO, POWERS_OF_TWO } from "../elementary/_powers_of_two.ts";

const view = new DataView(new ArrayBuffer(8));

/** A finite double as an integer multiple of 2^-1074, the smallest subnormal. */
export function toUnits(value: number): bigint {
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = bits & ((1n << 52n) - 1n);
  const units = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -units : units;
}

/** Number of binary digits of n > 0. */
export function bitLength(n: bigint): number {
  const digits = n.toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits[0]!, 16)) + 28;
}

/** ⌊√n⌋ for n ≥ 0, by Newton's method from above. */
export function integerRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  let root = 1n << BigInt((bitLength(n) + 1) >> 1);
  while (true) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * n·2^exponent in float64, rounded once to nearest, ties to even: subnormal results too, and
 * ±Infinity from 2^1024 − 2^970 on. 0n gives +0; a negative value that rounds to zero gives −0.
 */
export function roundScaled(n: bigint, exponent: number): number {
  if (n === 0n) return 0;
  if (n < 0n) return -roundScaled(-n, exponent);
  // The last place of the result: 53 bits are kept, fewer where it is subnormal.
  const drop = Math.max(bitLength(n) - 53, -1074 - exponent);
  if (exponent + drop > 971) return Infinity;
  let kept = drop > 0 ? n >> BigInt(drop) : n << BigInt(-drop);
  if (drop > 0) {
    const twiceRest = (n - (kept << BigInt(drop))) << 1n;
    const place = 1n << BigInt(drop);
    if (twiceRest > place || (twiceRest === place && (kept & 1n) === 1n)) kept++;
  }
  return Number(kept) * POWERS_OF_TWO[POWER_ZERO + exponent + drop]!; // exact, or Infinity
}
