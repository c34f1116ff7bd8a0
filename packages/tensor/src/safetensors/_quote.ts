// Names of hostile files in messages.

/** A name in quotation marks, control characters escaped, cut off after 80 characters. */
export function _quote(name: string): string {
  return name.length <= 80 ? JSON.stringify(name) : `${JSON.stringify(name.slice(0, 80))}…`;
}
