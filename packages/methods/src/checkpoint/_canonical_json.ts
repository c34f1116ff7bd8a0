// One text for one value, whatever order its keys were written in.

/**
 * JSON without spaces, the keys of every object in ascending order of UTF-16 code units, as RFC 8785
 * has it. A property that is undefined is left out.
 *
 * @param path what the value is called in errors.
 * @throws {TypeError} if there is anything in it that JSON cannot hold, which `JSON.stringify` would
 * drop or replace.
 */
export function canonicalJson(value: unknown, path: string): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${Array.from(value, (each, i) => canonicalJson(each, `${path}[${i}]`)).join()}]`;
  }
  if (isPlain(value)) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const pairs = entries.map(([key, each]) =>
      `${JSON.stringify(key)}:${canonicalJson(each, `${path}.${key}`)}`
    );
    return `{${pairs.join()}}`;
  }
  throw new TypeError(
    `Cannot write ${path} as JSON holds null, booleans, finite numbers, strings, arrays and plain ` +
      `objects only: ${String(value)}`,
  );
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
