// The tensors of one snapshot: read batch by batch from a file whose layout is known to be right.
import { type ByteSource, readSafetensors, type SafetensorsFile } from "@fa/tensor";
import { mainCredit, SnapshotAccumulator } from "../evidence/_accumulate.ts";
import { l2Norm } from "../evidence/norm.ts";
import type { Snapshot } from "../evidence/snapshot.ts";
import type { BundleRun } from "./bundle.ts";
import { layoutOf } from "./_layout.ts";

/** What a file gives. */
export interface SnapshotFile {
  readonly snapshot: Snapshot;
  /** Shape of a sample of each h_l, such as `"256"`. */
  readonly shapes: readonly string[];
  /** For every block, the Frobenius norms of its weight matrices by name. */
  readonly matrixNorms: readonly ReadonlyMap<string, number>[];
}

/**
 * Reads a file. No more of it is held at a time than one batch of all tensors, or one matrix, and
 * nothing is allocated that the file does not hold.
 *
 * @throws {SafetensorsError} if the file breaks the format or the layout; the message names it.
 */
export async function readSnapshotFile(
  source: Uint8Array | ByteSource,
  name: string,
  run: BundleRun,
): Promise<SnapshotFile> {
  const file = await readSafetensors(source, { name });
  const layout = layoutOf(file.entries, name, run);
  const { blocks, batches, dtype, shapes, credits, terminal, exact } = layout;
  const { batchSize, creditIndex, model, backend, feedbackHash } = run;
  const accumulator = new SnapshotAccumulator({
    batchSize,
    blocks,
    dtype,
    backend,
    ...model,
    ...(credits && { creditIndex }),
    ...(feedbackHash !== undefined && { feedbackHash }),
  });
  for (let b = 0; b < batches; b++) {
    const rows = [b * batchSize, (b + 1) * batchSize] as const;
    const values = async (tensor: string) => (await file.tensor(tensor, { rows })).data();
    const all = (kind: string, count: number) => inOrder(count, (l) => values(`${kind}.${l}`));
    accumulator.add({
      hidden: await all("hidden", blocks + 1),
      gradient: await all("gradient", blocks + 1),
      ...(credits && { credits: new Map([[mainCredit, await all("credit", blocks)]]) }),
      ...(terminal && { terminal: await values("credit.terminal") }),
      ...(exact && { exactGradient: await all("exact_gradient", blocks + 1) }),
    });
  }
  const matrixNorms = await inOrder(blocks, (l) => normsOf(file, l, layout.matrices.get(l) ?? []));
  return { snapshot: accumulator.finish(), shapes, matrixNorms };
}

/** One after the other: never two tensors more in memory than needed. */
async function inOrder<T>(count: number, read: (l: number) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (let l = 0; l < count; l++) found.push(await read(l));
  return found;
}

async function normsOf(
  file: SafetensorsFile,
  l: number,
  names: readonly string[],
): Promise<Map<string, number>> {
  const norms = new Map<string, number>();
  for (const name of names) {
    norms.set(name, l2Norm(await (await file.tensor(`weight.${l}.${name}`)).data()));
  }
  return norms;
}
