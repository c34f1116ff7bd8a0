// The page of pitfalls, docs/footguns.md, from the programs that compute them.

import { formatNumber, isMeasured, type Measured } from "@fa/protocol";
import {
  type Pitfall,
  type PitfallDemonstration,
  pitfalls,
  type PitfallValue,
} from "@fa/protocol/pitfalls";

/** The page as Markdown, which the formatter may still wrap. */
export async function footgunsPage(): Promise<string> {
  const sections: string[] = [];
  for (const pitfall of pitfalls) sections.push(section(pitfall, await pitfall.run()));
  return `# Footguns: eleven ways to measure something else

Each of them is a mistake of real code, and a program of this project: the values below are computed
by \`audit pitfalls\`, and a test compares this page with them.

\`\`\`sh
npx -y deno task audit pitfalls          # all, wrong and right
npx -y deno task audit pitfalls 2        # one in full; --json for the record
\`\`\`

In code: \`import { findPitfall } from "@fa/protocol/pitfalls"\`. Pitfalls 1–7 are the paper's, 8–11
ours. Pitfalls 4–7 and 10 share one checkpoint, a small pre-LN residual MLP (d = 24, L = 4) that DFA
trains in a second; 11 is the same network before training.

| # | name | |
| - | ---- | - |
${
    pitfalls.map((p) => `| ${p.number} | [${p.name}](#${anchor(p)}) | ${cell(p.title)} |`)
      .join("\n")
  }

${sections.join("\n")}`;
}

function section(pitfall: Pitfall, { wrong, right, also, why }: PitfallDemonstration): string {
  const { check } = pitfall;
  const more = also.map(({ how, value }) => `| ${cell(how)} | ${shown(value)} |`);
  return `## ${heading(pitfall)}

**Problem.** ${pitfall.title}. ${pitfall.problem}

**Wrong.** ${sentence(wrong)}

**Right.** ${sentence(right)}

| also | value |
| ---- | ----- |
${more.join("\n")}

**Why.** ${why}

**Check.** In PyTorch:

\`\`\`python
${check.pytorch}
\`\`\`
${
    check.typescript === undefined
      ? ""
      : `\nIn TypeScript:\n\n\`\`\`ts\n${check.typescript}\n\`\`\`\n`
  }
Source: ${pitfall.source}.
`;
}

const heading = ({ number, name }: Pitfall): string => `${number}. ${name}`;

/** As web pages make it from the heading. */
const anchor = (pitfall: Pitfall): string => heading(pitfall).replace(".", "").replaceAll(" ", "-");

/** Text in a table, where a bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

const sentence = ({ how, value }: PitfallValue): string =>
  `${how.replace(/^[a-z](?=[a-z])/, (c) => c.toUpperCase())}: ${shown(value)}.`;

function shown(value: Measured): string {
  return isMeasured(value) ? `**${formatNumber(value)}**` : `**not measured** (${value.reason})`;
}
