// The error of every look-up by name: says what is known, and suggests the nearest.

/**
 * The error for a name that a registry does not know; the caller throws it.
 *
 * Suggests the known name of least Levenshtein distance, letter case ignored, if the distance is at
 * most max(2, name.length / 3) and less than replacing the whole name. Of equals, the first.
 *
 * @param kind What the name stands for, in the singular: "method".
 *
 * @example
 * ```ts
 * import { unknownName } from "@fa/tensor";
 *
 * const { message } = unknownName("method", "dfaa", ["bp", "dfa"]);
 * if (message !== "Cannot find method 'dfaa': did you mean 'dfa'? Known methods: bp, dfa") {
 *   throw new Error(message);
 * }
 * ```
 */
export function unknownName(kind: string, name: string, known: readonly string[]): RangeError {
  const rest = `Known ${_plural(kind)}: ${known.length > 0 ? known.join(", ") : "none"}`;
  const near = _nearest(name, known);
  return new RangeError(
    near === undefined
      ? `Cannot find ${kind} '${name}'. ${rest}`
      : `Cannot find ${kind} '${name}': did you mean '${near}'? ${rest}`,
  );
}

function _nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, name.length / 3);
  for (const candidate of known) {
    const distance = _levenshtein(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= Math.max(name.length, candidate.length)) continue; // nothing in common
    if (best === undefined ? distance <= least : distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Least number of insertions, deletions and replacements of UTF-16 code units from a to b. */
function _levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function _plural(kind: string): string {
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
