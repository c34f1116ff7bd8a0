// Options of a rule that are words: from a command line they may be misspelt.

/** Throws unless `value` is one of the words that the option of the rule knows. */
export function checkChoice(
  rule: string,
  option: string,
  value: string,
  known: readonly string[],
): void {
  if (known.includes(value)) return;
  throw new RangeError(
    `Cannot set option ${option} of ${rule} as it must be one of ${known.join(", ")}: ${value}`,
  );
}
