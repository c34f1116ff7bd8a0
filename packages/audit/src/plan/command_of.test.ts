// Oracle: the way back: the options of the command resolve to the configuration that it is of.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Command } from "commander";
import { auditOptions, choicesOf } from "../cli/audit_options.ts";
import { commandOf } from "./command_of.ts";
import { type AuditChoices, resolveConfiguration } from "./configuration.ts";

const test = suite("the command of a configuration");

test("its options lead back to the configuration", () => {
  const cases: AuditChoices[] = [
    {},
    { preset: "tiny" },
    { preset: "tiny", methods: ["dfa"], seeds: [7, 8], epochs: 3, stopAfter: 2 },
    { data: "cifar10" },
    { data: "cifar10-holdout", lambda: 1e-2, controls: false, baselines: false },
    { preset: "paper", methods: ["bp", "ep"], rules: { ep: { symmetric: true, beta: 0.1 } } },
    { terminalLayerNorm: false, residual: false, labels: "random", trainedBlocks: 1 },
    { limit: 2000, dtype: "float64", backend: "js", policy: "strict", probes: "every-epoch" },
    { width: 32, depth: 3, batch: 64, probes: "none" },
  ];
  for (const choices of cases) {
    const configuration = resolveConfiguration(choices);
    const command = commandOf(configuration);
    const [head, ...words] = command.split(" --");
    assert.is(head, "npx -y deno task audit");
    const program = new Command().exitOverride();
    for (const option of auditOptions) program.addOption(option);
    program.parse(words.flatMap((word) => `--${word}`.split(" ")), { from: "user" });
    const back = resolveConfiguration(choicesOf(program.opts()));
    assert.equal(back, configuration, command);
  }
});

test("it says no more than differs", () => {
  assert.is(commandOf(resolveConfiguration({})), "npx -y deno task audit --preset quick");
  assert.is(
    commandOf(resolveConfiguration({ preset: "paper", lambda: 0.01 })),
    "npx -y deno task audit --preset paper --data-dir DIR --lambda 0.01",
  );
});

test.run();
