// The command line that runs a configuration.

import type { Policy } from "@fa/protocol";
import { canonicalJson } from "./canonical_json.ts";
import { type AuditConfiguration, resolveConfiguration } from "./configuration.ts";
import { presets } from "./presets.ts";

/**
 * The command that runs an audit of this configuration: its preset, and every option in which it
 * differs from what follows from the preset. A policy of one's own stands as `--policy FILE.json`,
 * the folder of CIFAR-10 as `DIR`.
 */
export function commandOf(configuration: AuditConfiguration): string {
  const { preset, data } = configuration;
  const words = ["npx -y deno task audit", `--preset ${preset}`];
  const usual = resolveConfiguration({ preset, data: data.name, methods: configuration.methods });
  const option = (name: string, field: keyof AuditConfiguration, text: string | number) => {
    if (!same(configuration[field], usual[field])) words.push(`--${name} ${text}`);
  };
  if (data.name !== presets[preset].data) words.push(`--data ${data.name}`);
  if (data.name !== "synthetic") words.push("--data-dir DIR");
  if (!same(configuration.methods, presets[preset].methods)) {
    words.push(`--methods ${configuration.methods.join()}`);
  }
  option("seeds", "seeds", configuration.seeds.join());
  option("epochs", "epochs", configuration.epochs);
  if (configuration.stopAfter !== configuration.epochs) {
    words.push(`--stop-after ${configuration.stopAfter}`);
  }
  option("width", "width", configuration.width);
  option("depth", "depth", configuration.depth);
  option("batch", "batch", configuration.batch);
  const set = Object.entries(configuration.rules).flatMap(([method, options]) =>
    Object.entries(options)
      .filter(([name, value]) => usual.rules[method]?.[name] !== value)
      .map(([name, value]) => `${method}.${name}=${value}`)
  );
  if (set.length > 0) words.push(`--set ${set.join()}`);
  if (configuration.trainedBlocks !== configuration.depth) {
    words.push(`--train-last-blocks ${configuration.trainedBlocks}`);
  }
  if (!configuration.terminalLayerNorm) words.push("--no-terminal-ln");
  if (!configuration.residual) words.push("--no-residual");
  if (configuration.labels === "random") words.push("--random-targets");
  if (!configuration.baselines) words.push("--no-baselines");
  if (!configuration.controls) words.push("--no-controls");
  option("lambda", "lambda", configuration.lambda);
  if (data.trainSize !== usual.data.trainSize) words.push(`--limit ${data.trainSize}`);
  option("dtype", "dtype", configuration.dtype);
  option("probes", "probes", configuration.probes);
  option("backend", "backend", configuration.backend);
  const policy: string | Policy = configuration.policy;
  option("policy", "policy", typeof policy === "string" ? policy : "FILE.json");
  return words.join(" ");
}

function same(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => canonicalJson(JSON.parse(JSON.stringify(value)));
  return text(a) === text(b);
}
