// What check_package.ts runs in every runtime, from the packed packages alone: evidence of a toy model,
// its diagnostics and its verdict. Writes one line of JSON, into the page where there is one.

import {
  accuracyOf,
  collectEvidence,
  depthUtilityDiagnostic,
  growthDiagnostic,
  policies,
  referenceDiagnostic,
  stabilityDiagnostic,
  verdict,
} from "@fa/protocol";
import { pitfalls } from "@fa/protocol/pitfalls";
import { gelu, layerNorm, linear, normal, ones, Rng, zeros } from "@fa/tensor";

const [batch, inputs, width, classes] = [32, 12, 16, 4];
const rng = Rng.fromSeed(42, "toy");
const weight = (name, rows, columns) =>
  normal(rng.fork(name), [rows, columns], { std: 1 / Math.sqrt(columns) });
const embed = weight("embed", width, inputs);
const head = weight("head", classes, width);
const affine = [ones([width]), zeros([width])];
const model = {
  embed: (x) => linear(x, embed, zeros([width])),
  blocks: [0, 1, 2].map((l) => {
    const [first, second] = [
      weight(`first ${l}`, width, width),
      weight(`second ${l}`, width, width),
    ];
    return (h) =>
      linear(gelu(linear(layerNorm(h, ...affine), first, zeros([width]))), second, zeros([width]));
  }),
  outLn: (h) => layerNorm(h, ...affine),
  outHead: (h) => linear(h, head, zeros([classes])),
};
const batches = [0, 1].map((i) => ({
  x: normal(rng.fork("x", i), [batch, inputs]),
  y: Array.from({ length: batch }, (_, b) => b % classes),
}));

async function main() {
  const snapshot = await collectEvidence(model, batches, {
    credits: ({ bpGradient }) => bpGradient.slice(1), // backpropagation: the exact signals
    creditIndex: "output",
  });
  const { thresholds } = policies.default;
  const [accuracy, frozen] = [60, 40].map((correct) => accuracyOf({ correct, total: 100 }));
  const diagnostics = [
    growthDiagnostic(snapshot, thresholds.growth),
    referenceDiagnostic(snapshot, thresholds.reference),
    stabilityDiagnostic(snapshot, thresholds.stability),
    depthUtilityDiagnostic(accuracy, frozen, thresholds.depthUtility),
  ];
  const shown = [];
  for (const pitfall of pitfalls) shown.push(await pitfall.run());
  return {
    hiddenNorms: snapshot.hiddenNorms,
    gradientNorms: snapshot.gradientNorms,
    gamma: snapshot.gamma.headline,
    diagnostics: diagnostics.map(({ id, value, fired }) => [id, value, fired]),
    verdict: verdict(diagnostics, "default").verdict,
    pitfalls: shown.flatMap(({ wrong, right, also }) =>
      [wrong, right, ...also].map((v) => v.value)
    ),
  };
}

main().then((result) => {
  const line = JSON.stringify(result);
  if (typeof document === "undefined") console.log(line);
  else document.body.textContent = line;
});
