// Bold and colour for terminals that want them. Nothing is said by colour alone.

/** Functions that dress a text, or leave it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const sgr = (code: number) => (text: string): string => `\x1b[${code}m${text}\x1b[0m`;

/** Select Graphic Rendition of ECMA-48. */
const coloured: Style = { bold: sgr(1), dim: sgr(2), good: sgr(32), bad: sgr(31) };

const same = (text: string): string => text;

/** A style that changes nothing. */
export const plain: Style = { bold: same, dim: same, good: same, bad: same };

/** Colour on a terminal, unless NO_COLOR is set to anything (no-color.org) or TERM is dumb. */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined },
): Style {
  return stream.isTTY && !env.NO_COLOR && env.TERM !== "dumb" ? coloured : plain;
}

/** Number of characters on the screen. */
export function visibleLength(text: string): number {
  // deno-lint-ignore no-control-regex
  return [...text.replace(/\x1b\[\d+m/g, "")].length;
}
