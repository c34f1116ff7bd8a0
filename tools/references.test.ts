// Oracle: every source that a comment or a page cites, found by its form, stands in references.md.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isTest, listFiles } from "./_files.ts";

const test = suite("references");
const root = fileURLToPath(new URL("..", import.meta.url));

/** A cited source: all of these words must stand in one entry. */
type Citation = readonly string[];

const name = "[A-ZÄÖÜŁØ][a-zäöüßéèøłčšž]+(?:[-'’][A-Z]?[a-z]+)*";
/** `Nøkland 2016`, `Scellier & Bengio (2017)`, `Launay et al., 2020`. */
const authors = new RegExp(
  `\\b(${name})(?:(?:, ${name})*(?:,? (?:&|and) ${name})?| et al\\.?),? \\(?((?:19|20)\\d\\d)\\b`,
  "gu",
);
const works = /arXiv:? ?\d{4}\.\d{4,5}|\b[\w.-]+\/[\w.-]+#\d+|\bRFC \d+|\bECMA-\d+|\bIEEE 754/g;
/** Words before a year that are no author. */
const noAuthor = new Set(["Version", "Node", "Baseline", "In", "Since", "Chrome"]);
const months = /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** The sources that a text cites. */
function citations(text: string): Citation[] {
  const found: Citation[] = [];
  for (const [, first, year] of text.matchAll(authors)) {
    if (!noAuthor.has(first!) && !months.test(first!)) found.push([first!, year!]);
  }
  for (const [work] of text.matchAll(works)) found.push([work.replace(/arXiv:? ?/, "arXiv:")]);
  return found;
}

/** The comments of a source, or the whole of a page, without the breaks of lines. */
function prose(path: string, text: string): string {
  const parts = path.endsWith(".md")
    ? [text]
    : [...text.matchAll(/\/\*\*[\s\S]*?\*\/|(?:^|\s)\/\/.*/gm)].map(([comment]) => comment);
  return parts.join("\n").replace(/\n\s*(\*|\/\/)? ?/g, " ");
}

test("citations are found by their form", () => {
  const text =
    `after Lillicrap, Cownden, Tweed & Akerman 2016; (Nøkland 2016, eq. 7); Shewchuk (1997);
    Launay et al. 2020; arXiv:1608.03983; pytorch/pytorch#115786; Version 2026; November 2026;
    DFA 2043; RFC 8785; Bernstein, 2008`;
  assert.equal(citations(text.replace(/\n\s*/g, " ")), [
    ["Lillicrap", "2016"],
    ["Nøkland", "2016"],
    ["Shewchuk", "1997"],
    ["Launay", "2020"],
    ["Bernstein", "2008"],
    ["arXiv:1608.03983"],
    ["pytorch/pytorch#115786"],
    ["RFC 8785"],
  ]);
  assert.equal(
    citations(prose("x.ts", "/** of Dekker\n * 1971 */\nconst Foo = 1986; // Sattolo 1986")),
    [
      ["Dekker", "1971"],
      ["Sattolo", "1986"],
    ],
  );
});

test("every source that is cited stands in docs/references.md", async () => {
  const page = await readFile(join(root, "docs/references.md"), "utf8");
  const entries = page.split(/\n(?=- |\n)/).map((entry) => entry.replace(/\s+/g, " "));
  const missing: string[] = [];
  let cited = 0;
  for (const path of await listFiles(root, "")) {
    const source = /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !isTest(path);
    const guide = /^(docs\/(?!api\/|references\.md).*|README|CONTRIBUTING|bench\/README)\.?\w*$/
      .test(path) && path.endsWith(".md");
    if (!source && !guide) continue;
    for (const words of citations(prose(path, await readFile(join(root, path), "utf8")))) {
      cited++;
      if (!entries.some((entry) => words.every((word) => entry.includes(word)))) {
        missing.push(`${path}: ${words.join(" ")}`);
      }
    }
  }
  assert.equal(missing, []);
  assert.ok(cited > 25, `only ${cited} citations were found`);
});

test.run();
