/**
 * Prints how far equilibrium propagation is from backpropagation: the numbers of docs/methods.md.
 *
 *     node --import tsx packages/methods/src/testing/_print_ep_errors.ts
 */
import { ResidualMLP } from "@fa/models";
import { type DType, normal, Rng } from "@fa/tensor";
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

function printAlignment(
  title: string,
  net: Net,
  options: EpOptions,
  against: "input" | "output" = "output",
): void {
  console.log(`\nprimary model at initialisation, ${title}; blocks 0 … 3`);
  const found = epAlignment(net, options, { against });
  for (const [name, { cosines, lengths }] of Object.entries(found)) {
    console.log(`  ${name.padEnd(16)} cosine  ${cosines.map(short).join(" ")}`);
    console.log(`  ${"".padEnd(16)} length  ${lengths.map(short).join(" ")}`);
  }
}

/** d = 256, L = 4, C = 10, at its initial values, and a batch of 128 normal inputs. */
function primaryNet(dtype: DType): Net {
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({ inputSize: 3072, dtype, rng: rng.fork("model") });
  const x = normal(rng.fork("x"), [128, 3072], { dtype });
  return { model, x, y: Array.from({ length: 128 }, (_, b) => b % 10) };
}

const small = shallowNet();
printErrors("small network, one-sided, equilibrium", small, equilibrium);
printErrors("small network, symmetric, equilibrium", small, { ...equilibrium, symmetric: true });
printErrors("small network, one-sided, T = 20, α = 0.1", small, {});
printErrors("small network, symmetric, T = 20, α = 0.1", small, { symmetric: true });

const [double, single] = [primaryNet("float64"), primaryNet("float32")];
for (const steps of [20, 100, 1000]) {
  printAlignment(`float64, β = 0.5, α = 0.1, T = ${steps}`, double, { steps });
}
printAlignment("float32, the defaults", single, {});
printAlignment("float32, the defaults, against g_l", single, {}, "input");
printAlignment("float32, β = 0.5/128, as for a mean CE", single, { beta: 0.5 / 128 });
printAlignment("float32, T = 4", single, { steps: 4 });
printAlignment("float32, α = 1", single, { stepSize: 1 });
