// Exact values as sums of few doubles that do not overlap in any bit, after Shewchuk (1997).

/** Splits 53 bits in two halves (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;

/**
 * Adds `value` exactly to `parts`, which are sorted by rising magnitude and share no bits
 * (Shewchuk 1997, Grow-Expansion; parts that become zero are dropped).
 */
export function addToExpansion(parts: number[], value: number): void {
  let kept = 0;
  for (const part of parts) {
    const sum = value + part;
    const rounded = sum - value;
    const error = (value - (sum - rounded)) + (part - rounded); // two-sum: exact for any magnitudes
    if (error !== 0) parts[kept++] = error;
    value = sum;
  }
  parts.length = kept;
  if (value !== 0) parts.push(value);
}

/** The sum of `parts` rounded once, to nearest, ties to even. +0 for none. */
export function roundExpansion(parts: readonly number[]): number {
  let i = parts.length - 1;
  if (i < 0) return 0;
  let sum = parts[i]!;
  let error = 0;
  while (error === 0 && i > 0) {
    const before = sum;
    const part = parts[--i]!;
    sum = before + part;
    error = part - (sum - before);
  }
  // Where `error` is half a unit of the last place, `sum` was rounded to even; but it is no tie if
  // the next part pulls the same way. (As in fsum of CPython's mathmodule.c.)
  if (i > 0 && error > 0 === parts[i - 1]! > 0) {
    const doubled = 2 * error;
    const other = sum + doubled;
    if (other - sum === doubled) sum = other;
  }
  return sum;
}

/**
 * The sum of `parts` as an unevaluated sum of two doubles, right to 2^-106 of itself: the rounded
 * value and the rounded rest.
 */
export function leadingPair(parts: readonly number[]): [high: number, low: number] {
  const high = roundExpansion(parts);
  const rest = [...parts];
  addToExpansion(rest, -high);
  return [high, roundExpansion(rest)];
}

/**
 * a·b − `product`, exactly, where `product` = a·b in float64 (Dekker 1971 with Veltkamp's
 * splitting). Needs |a|, |b| ≤ 2^990 and 2^-900 ≤ |a·b| ≤ 2^900: no term over- or underflows there.
 */
export function productError(a: number, b: number, product: number): number {
  const scaledA = SPLITTER * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = SPLITTER * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return ((highA * highB - product) + highA * lowB + lowA * highB) + lowA * lowB;
}
