// Tests of findExamples. Oracle: texts whose examples can be seen.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findExamples } from "./_examples.ts";

const test = suite("findExamples");

test("finds the ts blocks of doc comments, without stars, with their lines", () => {
  const text = [
    "/**",
    " * Adds.",
    " *",
    " * @example",
    " * ```ts",
    ' * import { add } from "@fa/tensor";',
    " *",
    " * if (add(1, 2) !== 3) {",
    ' *   throw new Error("3");',
    " * }",
    " * ```",
    " */",
    "export const text = `",
    "```ts",
    "no example",
    "```",
    "`;",
  ].join("\n");
  const code =
    'import { add } from "@fa/tensor";\n\nif (add(1, 2) !== 3) {\n  throw new Error("3");\n}\n';
  assert.equal(findExamples("a.ts", text), [{ path: "a.ts", line: 6, code }]);
});

test("finds the ts blocks of Markdown, but no other and no ignored block", () => {
  const text =
    "# A\n```sh\nls\n```\n```ts\none();\n```\n```ts ignore\nno\n```\n- b\n\n  ```ts\n  two();\n  ```\n";
  assert.equal(findExamples("a.md", text), [
    { path: "a.md", line: 6, code: "one();\n" },
    { path: "a.md", line: 14, code: "two();\n" },
  ]);
});

test.run();
