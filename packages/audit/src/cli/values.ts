// Values of options, read strictly: all of the text must be the value.

/** An integer in decimal digits. */
export function integer(option: string, text: string): number {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) refuse(option, "an integer", text);
  return value;
}

/** Integers between commas. */
export function integers(option: string, text: string): number[] {
  return text.split(",").map((part) => integer(option, part));
}

/** A finite number, such as 0.01 or 1e-2. */
export function number(option: string, text: string): number {
  const written = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim());
  const value = written ? Number(text) : NaN;
  if (!Number.isFinite(value)) refuse(option, "a finite number", text);
  return value;
}

/** Names between commas. */
export function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

function refuse(option: string, rule: string, text: string): never {
  const found = text.trim() === "" ? "it is empty" : `'${text}'`;
  throw new RangeError(`Cannot use ${option} as it must be ${rule}: ${found}`);
}
