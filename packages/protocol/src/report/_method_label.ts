// How a method is named in text for people.

/** `BP`, `DFA`: names on the command line and in records are lower case, in text upper case. */
export function methodLabel(method: string): string {
  return method.toUpperCase();
}
