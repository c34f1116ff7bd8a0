// Closed intervals: what a printed number leaves open, carried through arithmetic.

/** A closed interval; an open side is infinite. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** [a, b] − [c, d] = [a − d, b − c]. */
export function minus(x: Interval, y: Interval): Interval {
  return { low: x.low - y.high, high: x.high - y.low };
}

/** [a, b] · [c, d] of positive intervals. */
export function times(x: Interval, y: Interval): Interval {
  return { low: x.low * y.low, high: x.high * y.high };
}

/** [a, b] / [c, d] of positive intervals. */
export function over(x: Interval, y: Interval): Interval {
  return { low: x.low / y.high, high: x.high / y.low };
}

/** Whether two intervals share a point; ends that differ by rounding of doubles alone are shared. */
export function overlap(x: Interval, y: Interval): boolean {
  const slack = 1e-12 *
    Math.max(...[x.low, x.high, y.low, y.high].filter(Number.isFinite).map(Math.abs), 0);
  return x.low <= y.high + slack && y.low <= x.high + slack;
}

/** `[22353, 25301]`. */
export function intervalText({ low, high }: Interval): string {
  const text = (x: number) => String(Number(x.toPrecision(4)));
  return `[${text(low)}, ${text(high)}]`;
}
