// Records as files.

/** JSON as the files have it: two spaces, a final line break. */
export function toJson(record: unknown): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
