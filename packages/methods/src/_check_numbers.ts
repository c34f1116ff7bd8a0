// Options of a rule that are numbers.

/** Ranges by the words that an error says them in. */
type Range =
  | "a whole number ≥ 1"
  | "a finite number above 0"
  | "a finite number ≥ 0"
  | "a number from 0 to 1";

const ranges: Readonly<Record<Range, (v: number) => boolean>> = {
  "a whole number ≥ 1": (v) => Number.isSafeInteger(v) && v >= 1,
  "a finite number above 0": (v) => v > 0 && v < Infinity,
  "a finite number ≥ 0": (v) => v >= 0 && v < Infinity,
  "a number from 0 to 1": (v) => v >= 0 && v <= 1,
};

/** Throws unless all these options of the rule lie in the range. */
export function checkNumbers(
  rule: string,
  range: Range,
  options: Readonly<Record<string, number>>,
): void {
  for (const [option, value] of Object.entries(options)) {
    if (ranges[range](value)) continue;
    throw new RangeError(
      `Cannot set option ${option} of ${rule} as it must be ${range}: ${value}`,
    );
  }
}
