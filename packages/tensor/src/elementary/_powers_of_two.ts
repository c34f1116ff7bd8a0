// Powers of two as a table: scaling by a load and one multiplication, without writing exponent bits.

/** Index of 2^0 in {@link POWERS_OF_TWO}. */
export const POWER_ZERO = 1074;

/** `POWERS_OF_TWO[POWER_ZERO + e]` = 2^e for e = -1074 … 1023. */
export const POWERS_OF_TWO: Float64Array = /* @__PURE__ */ powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(POWER_ZERO + 1024);
  let power = Number.MIN_VALUE;
  for (let i = 0; i < powers.length; i++) {
    powers[i] = power;
    power *= 2; // exact
  }
  return powers;
}
