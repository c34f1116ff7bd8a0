// Text in columns and paragraphs.

import { visibleLength } from "./style.ts";

/** A cell: its lines, from the top. */
export type Cell = readonly string[];

/**
 * Sets rows of cells in columns that are as wide as their widest line, two spaces apart, or one
 * where two would exceed `width`.
 */
export function columns(rows: readonly (readonly Cell[])[], width: number): string[] {
  const widths = (rows[0] ?? []).map((_, c) =>
    Math.max(...rows.flatMap((row) => row[c]!.map(visibleLength)))
  );
  const content = widths.reduce((sum, w) => sum + w, 0);
  const gap = content + 2 * (widths.length - 1) <= width ? "  " : " ";
  return rows.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, i) =>
      row.map((cell, c) => {
        const text = cell[i] ?? "";
        return text + " ".repeat(widths[c]! - visibleLength(text));
      }).join(gap).trimEnd());
  });
}

/**
 * Breaks a text between words so that no line is longer than `width`; every line but the first
 * begins with `indent`. A word that is longer stands alone.
 */
export function wrap(text: string, width: number, indent = ""): string[] {
  const words = text.trimStart();
  const lines: string[] = [];
  let line = text.slice(0, text.length - words.length);
  let empty = true; // the line has no word yet
  for (const word of words.split(" ")) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (empty || visibleLength(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
    empty = false;
  }
  return [...lines, line];
}
