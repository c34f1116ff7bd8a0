// The Taylor series of the normal density φ(x) = e^(-x²/2) / √(2π).
import { expF64 } from "./exp.ts";
import { DENSITY_HI, DENSITY_LO } from "./_normal_table.gen.ts";

/** Writes the coefficients of 1, t … t⁷ in φ(c + t) to row[2] … row[9]. */
export function _densityCoefficients(row: Float64Array, c: number): void {
  row[2] = (DENSITY_HI + DENSITY_LO) * expF64(-0.5 * c * c); // c² is exact
  row[3] = -c * row[2];
  // φ′ = -xφ, coefficient by coefficient
  for (let n = 1; n < 7; n++) row[n + 3] = -(c * row[n + 2]! + row[n + 1]!) / (n + 1);
}
