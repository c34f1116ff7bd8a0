// Finds the examples of the documentation: the ts blocks in doc comments and in Markdown.

/** A block of code that a reader is told works. */
export interface Example {
  /** File that contains it. */
  readonly path: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
}

/**
 * The examples of a file. In a `.ts` file they are the ts blocks of doc comments, in a `.md` file all
 * ts blocks; a block that opens with `ts ignore` is none.
 */
export function findExamples(path: string, text: string): Example[] {
  const inMarkdown = path.endsWith(".md");
  const examples: Example[] = [];
  let commented = inMarkdown;
  let block: { line: number; code: string[]; indent: number } | undefined;
  let otherBlock = false;
  text.split(/\r?\n/).forEach((whole, index) => {
    let line = whole;
    if (!inMarkdown) {
      if (/^\s*\/\*\*/.test(line)) commented = true;
      if (!commented) return;
      if (line.includes("*/")) {
        commented = false;
        block = undefined;
        otherBlock = false;
        return;
      }
      line = line.replace(/^\s*\* ?/, "");
    }
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence === null) block?.code.push(line.slice(block.indent));
    else if (block !== undefined) {
      examples.push({ path, line: block.line, code: block.code.join("\n") + "\n" });
      block = undefined;
    } else if (otherBlock) otherBlock = false;
    else if (fence[2]!.trim() === "ts") {
      block = { line: index + 2, code: [], indent: fence[1]!.length };
    } else otherBlock = true;
  });
  return examples;
}
