// Text as the format sees it: Unicode, ordered by code point, in whichever unit an engine counts.

/** Order by code points, which is the order of UTF-8 bytes; `<` would order by UTF-16 units. */
export function _compareCodePoints(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}

/** Whether a text has no half of a surrogate pair, which UTF-8 could not hold. */
export function _isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
