// Tables of Taylor series: a function is its value at a centre, in two doubles, and a short series.

/** Numbers per row: f(c) as hi, lo, then the coefficients of t … t⁸. */
export const ROW_WIDTH = 10;

/** f(c + t) - hi for the row that starts at `o`; hi + this is f(c + t), rounded once. */
export function _restOfRow(rows: Float64Array, o: number, t: number): number {
  const t2 = t * t;
  const low = (rows[o + 2]! + rows[o + 3]! * t) + t2 * (rows[o + 4]! + rows[o + 5]! * t);
  const high = (rows[o + 6]! + rows[o + 7]! * t) + t2 * (rows[o + 8]! + rows[o + 9]! * t);
  return rows[o + 1]! + t * (low + t2 * t2 * high);
}
