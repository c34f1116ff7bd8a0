// An iterable that starts afresh at every walk.

/** Wraps a generator function so that each `for…of` runs it from the beginning. */
export function iterate<T>(walk: () => Iterator<T>): Iterable<T> {
  return { [Symbol.iterator]: walk };
}
