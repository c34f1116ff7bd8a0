// A ResidualMLP made of plain ops, for tests: this package imports no model.
import { gelu, layerNorm, linear, type Tensor, tensor } from "@fa/tensor";
import type { AuditableModel } from "./auditable_model.ts";

/** A tensor as fixtures write it. */
export interface FixtureTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A float64 tensor from a fixture. */
export function fromFixture({ shape, data }: FixtureTensor): Tensor {
  return tensor([...data], { shape, dtype: "float64" });
}

/** §2's ResidualMLP with the given parameters, under their PyTorch names. */
export function resmlp(
  parameters: Readonly<Record<string, Tensor>>,
  { eps = 1e-5, outLn = true }: { eps?: number; outLn?: boolean } = {},
): AuditableModel {
  const of = (name: string): Tensor => {
    const found = parameters[name];
    if (!found) throw new RangeError(`Cannot find parameter ${name}`);
    return found;
  };
  const norm = (name: string) => (h: Tensor) =>
    layerNorm(h, of(`${name}.weight`), of(`${name}.bias`), { eps });
  const dense = (name: string) => (h: Tensor) =>
    linear(h, of(`${name}.weight`), of(`${name}.bias`));
  const blocks: ((h: Tensor) => Tensor)[] = [];
  for (let l = 0; `blocks.${l}.w1.weight` in parameters; l++) {
    const [ln, w1, w2] = [norm(`blocks.${l}.ln`), dense(`blocks.${l}.w1`), dense(`blocks.${l}.w2`)];
    blocks.push((h) => w2(gelu(w1(ln(h)))));
  }
  return {
    embed: dense("embed"),
    blocks,
    ...(outLn && { outLn: norm("out_ln") }),
    outHead: dense("out_head"),
  };
}
