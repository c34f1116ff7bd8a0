// In what a run is not of the setting that the paper's numbers are of.

import { creditRule, methodNames } from "@fa/methods";
import type { RunEvidence } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";

/** Training images of each split: the official one, and that of the held-out part. */
const trainImages: Readonly<Record<string, number>> = {
  "cifar10": 50_000,
  "cifar10-holdout": 40_000,
};
const testImages = 10_000;

/** What all runs of the paper share, by the names that records have, with those of the text. */
const shared: readonly (readonly [field: string, name: string, paper: unknown])[] = [
  ["model", "model", "resmlp"],
  ["width", "d", 256],
  ["depth", "L", 4],
  ["batch", "batch", 128],
  ["learningRate", "learning rate", 1e-3],
  ["dtype", "dtype", "float32"],
];

/** Data, sizes and rule that are not as in the paper, such as `d=64 (paper 256)`. */
export function unlikePaper(run: RunEvidence): string[] {
  const { configuration, dataset } = run;
  const other: string[] = [];
  const name = dataset.name.replace(/\+random-labels$/, ""); // labels are a condition, as λ is
  const train = Object.hasOwn(trainImages, name) ? trainImages[name] : undefined;
  if (train === undefined) other.push(`data ${dataset.name} (paper CIFAR-10)`);
  else if (dataset.trainSize !== train || dataset.testSize !== testImages) {
    other.push(
      `${dataset.trainSize} train and ${dataset.testSize} test images ` +
        `(whole: ${train} and ${testImages})`,
    );
  }
  for (const [field, name, paper] of shared) {
    const found = configuration[field];
    if (found !== paper) other.push(`${name}=${found ?? "unknown"} (paper ${paper})`);
  }
  if (!hasDefaultRule(run)) other.push(`options of ${run.method} that are not its defaults`);
  return other;
}

/** Whether the rule has the options of the paper; early records tell only those common to all. */
export function hasDefaultRule(
  { method, configuration, creditIndex, creditNormalization }: RunEvidence,
): boolean {
  const rule = methodNames.includes(method) ? creditRule(method) : undefined;
  if (!rule) return true; // backpropagation, and methods of somebody else
  const echoed = configuration["rule"];
  return echoed === undefined
    ? creditIndex === rule.creditIndex && creditNormalization === rule.creditNormalization
    : canonicalJson(echoed) === canonicalJson({ ...rule.options });
}
