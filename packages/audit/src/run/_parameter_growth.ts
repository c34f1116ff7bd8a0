// How much the weight matrices of the blocks have grown.
import type { TrainableModel } from "@fa/models";
import { l2Norm, type Measured, measured, unmeasured } from "@fa/protocol";
import type { Tensor } from "@fa/tensor";

type BlockNorms = Readonly<Record<string, number>>;

/** Frobenius norm of every weight matrix, block by block, under its short name (`w1`, `w2`). */
export async function matrixNorms(model: TrainableModel): Promise<BlockNorms[]> {
  const norms: BlockNorms[] = [];
  for (const block of model.parameterGroups.blocks) {
    const own: Record<string, number> = {};
    for (const [name, matrix] of matricesOf(block)) own[name] = l2Norm(await matrix.data());
    norms.push(own);
  }
  return norms;
}

function matricesOf(block: ReadonlyMap<string, Tensor>): [string, Tensor][] {
  return [...block]
    .filter(([, parameter]) => parameter.rank === 2)
    .map(([name, parameter]) => [name.split(".").at(-2)!, parameter]);
}

/** Norms now relative to norms at initialisation. */
export function growthOf(
  now: readonly BlockNorms[],
  initial: readonly BlockNorms[],
): Record<string, Measured>[] {
  return initial.map((block, l) =>
    Object.fromEntries(
      Object.entries(block).map(([name, before]) => [
        name,
        before > 0
          ? measured(now[l]![name]! / before, `growth of blocks.${l}.${name}`)
          : unmeasured(`blocks.${l}.${name} was zero at initialisation`),
      ]),
    )
  );
}
