/**
 * Prints how far equilibrium propagation is from backpropagation: the numbers of docs/methods.md.
 *
 *     node --import tsx packages/methods/src/testing/_print_ep_errors.ts
 */
import { ResidualMLP } from "@fa/models";
import { normal, Rng } from "@fa/tensor";
import type { EpOptions } from "../ep.ts";
import { betas, equilibrium, shallowNet } from "./_ep_settings.ts";
import { creditNames, epAlignment, type EpErrors, epErrors, logLogSlope } from "./_ep_errors.ts";
import type { Net } from "./_small_net.ts";

const short = (v: number) => v.toPrecision(3).padStart(9);
const kinds = ["weights", ...creditNames] as const;

function printErrors(title: string, net: Net, options: EpOptions): void {
  console.log(`\n${title}\n${["β", ...kinds, "slope"].map((s) => s.padStart(15)).join(" ")}`);
  const found = betas.map((beta) => epErrors(net, { ...options, beta }));
  const row = (name: string, cells: number[]) =>
    console.log([name.padStart(15), ...cells.map((v) => short(v).padStart(15))].join(" "));
  const cells = (e: EpErrors) => [...kinds.map((kind) => e[kind]), e.slope];
  betas.forEach((beta, i) => row(`${beta}`, cells(found[i]!)));
  row("log-log slope", kinds.map((kind) => logLogSlope(betas, found.map((e) => e[kind]))));
}

function printAlignment(title: string, net: Net, options: EpOptions): void {
  console.log(`\n${title}`);
  for (const [name, { cosines, lengths }] of Object.entries(epAlignment(net, options))) {
    console.log(`  ${name.padEnd(16)} cosine  ${cosines.map(short).join(" ")}`);
    console.log(`  ${"".padEnd(16)} length  ${lengths.map(short).join(" ")}`);
  }
}

const small = shallowNet();
printErrors("small network, one-sided, equilibrium", small, equilibrium);
printErrors("small network, symmetric, equilibrium", small, { ...equilibrium, symmetric: true });
printErrors("small network, one-sided, T = 20, α = 0.1", small, {});
printErrors("small network, symmetric, T = 20, α = 0.1", small, { symmetric: true });

const rng = Rng.fromSeed(42), dtype = "float64";
const model = new ResidualMLP({ inputSize: 3072, dtype, rng: rng.fork("model") });
const x = normal(rng.fork("x"), [128, 3072], { dtype });
const primary: Net = { model, x, y: Array.from({ length: 128 }, (_, b) => b % 10) };
for (const steps of [20, 100, 1000]) {
  const title = `primary model at initialisation, β = 0.5, α = 0.1, T = ${steps}; blocks 0 … 3`;
  printAlignment(title, primary, { steps });
}
