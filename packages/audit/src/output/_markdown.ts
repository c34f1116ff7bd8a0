// The pieces of a Markdown file.

/** A cell or sentence with the characters escaped that would end a cell or begin markup. */
export function escape(text: string): string {
  return text.replace(/[\\|<>*_`[\]]/g, (character) => `\\${character}`).replace(/\s*\n\s*/g, " ");
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A bulleted list. */
export function bullets(items: readonly string[]): string {
  return items.map((text) => `- ${text}`).join("\n");
}
