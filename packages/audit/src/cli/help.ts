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
  OUT/audit.md, OUT/audit.json                  the report and the record behind it
  OUT/configuration.json                        what all of it depends on
  OUT/runs/<run>/evidence.json                  what was measured
  OUT/runs/<run>/checkpoint-epoch-<n>.safetensors, SHA256SUMS
  OUT/run.json                                  times, machine, workers: the rest is the same bytes
                                                however often the audit was interrupted
  An audit that was stopped, or killed, goes on when it is started again:
  deno task audit --out OUT

Exit codes
  0 done, whatever the verdicts; 1 failure; 2 wrong command line; 130 stopped by Ctrl-C, 143 by
  SIGTERM (the same command goes on from there)
`;
}
