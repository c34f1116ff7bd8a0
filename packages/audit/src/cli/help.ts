// What --help says beyond the list of options.

import { presets } from "../plan/presets.ts";

/** The first sentences of the help. */
export const description: string =
  "Audits methods of credit assignment: trains each of them and its " +
  "frozen-blocks baseline over several seeds, measures four diagnostics, and says whether the " +
  "reported alignment and accuracy can be trusted.";

/** Presets, examples, files and exit codes. */
export function helpTail(): string {
  const names = Object.entries(presets).map(([name, { summary, ...preset }]) => {
    const { data, width, depth, batch, epochs, seeds, methods } = preset;
    return `  ${
      name.padEnd(6)
    } ${summary}\n         --data ${data} --width ${width} --depth ${depth} ` +
      `--batch ${batch} --epochs ${epochs}\n         --seeds ${seeds.join()} --methods ${methods.join()}`;
  });
  return `
Presets (default: quick; paper where --data names CIFAR-10)
${names.join("\n")}

Examples
  deno task audit                                  the quick preset
  deno task audit --preset tiny --json             a smoke test, the record on stdout
  deno task audit --data cifar10 --data-dir ~/cifar-10-batches-bin --epochs 5 --seeds 42
  deno task audit --methods dfa --lambda 1e-4 --policy strict --out results/dfa-1e-4
  (or: npm run audit -- --preset tiny)

Files
  OUT/audit.md, OUT/audit.json, OUT/runs/<run>/evidence.json

Exit codes
  0 done, whatever the verdicts; 1 failure; 2 wrong command line; 130 stopped by Ctrl-C (finished
  runs are kept)
`;
}
