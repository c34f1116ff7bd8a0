// Which tensors a file of a bundle holds: checked from its header, before any of them is read.
import { type SafetensorsDType, SafetensorsError, type SafetensorsFile } from "@fa/tensor";
import type { BundleRun } from "./bundle.ts";

/** What a file holds. */
export interface Layout {
  /** L. */
  readonly blocks: number;
  /** Batches of the loss. */
  readonly batches: number;
  /** Element type of states, gradients and credits. */
  readonly dtype: string;
  /** Shape of a sample of each h_l, such as `"256"`. */
  readonly shapes: readonly string[];
  /** Whether there are credits of the blocks. */
  readonly credits: boolean;
  /** Whether there is a credit at h_L. */
  readonly terminal: boolean;
  /** Whether there are gradients in float64 beside the working ones. */
  readonly exact: boolean;
  /** Names of weight matrices by block. */
  readonly matrices: ReadonlyMap<number, readonly string[]>;
}

type Entries = SafetensorsFile["entries"];
type Refuse = (rule: string) => SafetensorsError;

/** So many at most, as (c) compares every pair. */
const mostBatches = 1000;

const dtypes: Partial<Record<SafetensorsDType, string>> = {
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
};
const dtypeNames = Object.keys(dtypes).join(", ");

const index = "(0|[1-9]\\d{0,5})";
const perLayer = new RegExp(`^(hidden|gradient|credit|exact_gradient)\\.${index}$`);
const matrixOfBlock = new RegExp(`^weight\\.${index}\\.(\\P{Cc}+)$`, "u");

/**
 * @throws {SafetensorsError} if a tensor is missing, unknown, or of the wrong shape or type.
 */
export function layoutOf(entries: Entries, file: string, run: BundleRun): Layout {
  const refuse: Refuse = (rule) => new SafetensorsError(`Cannot read ${file} as ${rule}`);
  const { blocks, counts, matrices } = namesOf(entries, refuse);
  const credits = counts.credit > 0;
  const exact = counts.exact_gradient > 0;
  const terminal = entries.has("credit.terminal");
  if (terminal && !credits) throw refuse("credit.terminal must not be there without credit.0");
  if (terminal && run.creditIndex === "output") {
    throw refuse(
      "credit.terminal must not be there where creditIndex is output: the last credit is the one at h_L",
    );
  }
  const { shape, dtype } = entries.get("hidden.0")!;
  const found = { credits, terminal, exact, matrices };
  const batches = batchesOf(shape, run, refuse);
  checkTensors(entries, { ...found, blocks }, run, refuse);
  const shapes: string[] = [];
  for (let l = 0; l <= blocks; l++) shapes.push(entries.get(`hidden.${l}`)!.shape.slice(1).join());
  return { blocks, batches, dtype: dtypes[dtype]!, shapes, ...found };
}

/** What the names alone say. */
function namesOf(entries: Entries, refuse: Refuse) {
  const counts = { hidden: 0, gradient: 0, credit: 0, exact_gradient: 0 };
  const matrices = new Map<number, string[]>();
  for (const name of entries.keys()) {
    const layer = perLayer.exec(name);
    const matrix = matrixOfBlock.exec(name);
    if (layer) counts[layer[1] as keyof typeof counts]++;
    else if (matrix) {
      const l = Number(matrix[1]);
      const own = matrices.get(l);
      if (own) own.push(matrix[2]!);
      else matrices.set(l, [matrix[2]!]);
    } else if (name !== "credit.terminal") {
      throw refuse(
        "its tensors must be named hidden.l, gradient.l, credit.l, credit.terminal, " +
          `exact_gradient.l and weight.l.NAME: ${quote(name)}`,
      );
    }
  }
  const blocks = counts.hidden - 1;
  const need = (kind: keyof typeof counts, count: number) => {
    for (let l = 0; l < count; l++) {
      if (!entries.has(`${kind}.${l}`)) throw refuse(`${kind}.${l} is missing`);
    }
    if (counts[kind] !== count) {
      throw refuse(
        `${kind}.0 to ${kind}.${count - 1} belong to ${blocks} blocks: there are ${counts[kind]}`,
      );
    }
  };
  need("hidden", Math.max(counts.hidden, 2));
  need("gradient", blocks + 1);
  if (counts.credit > 0) need("credit", blocks);
  if (counts.exact_gradient > 0) need("exact_gradient", blocks + 1);
  for (const l of matrices.keys()) {
    if (l >= blocks) throw refuse(`weight.${l} needs a block ${l}: there are ${blocks} blocks`);
  }
  return { blocks, counts, matrices };
}

function batchesOf(shape: readonly number[], { batchSize }: BundleRun, refuse: Refuse): number {
  const samples = shape[0] ?? 0;
  const batches = samples / batchSize;
  if (Number.isInteger(batches) && batches >= 1 && batches <= mostBatches) return batches;
  throw refuse(
    `it must hold 1 to ${mostBatches} batches of batchSize ${batchSize}: hidden.0 is [${shape}]`,
  );
}

/** Shapes and types. */
function checkTensors(
  entries: Entries,
  { blocks, credits, terminal, exact, matrices }: Omit<Layout, "batches" | "dtype" | "shapes">,
  { creditIndex, model }: BundleRun,
  refuse: Refuse,
): void {
  const { dtype, shape: [samples] } = entries.get("hidden.0")!;
  if (dtypes[dtype] === undefined) {
    throw refuse(`hidden.0 must be of ${dtypeNames}: it is of ${dtype}`);
  }
  const check = (name: string, like: string, type = dtype) => {
    const entry = entries.get(name)!;
    const { shape } = entries.get(like)!;
    if (entry.dtype !== type) throw refuse(`${name} must be of ${type}: it is of ${entry.dtype}`);
    if (entry.shape.join() === shape.join()) return;
    throw refuse(`${name} must have the shape of ${like}, [${shape}]: it is [${entry.shape}]`);
  };
  const offset = creditIndex === "output" ? 1 : 0;
  for (let l = 0; l <= blocks; l++) {
    const { shape, byteLength } = entries.get(`hidden.${l}`)!;
    if (shape[0] !== samples || shape.length < 2 || byteLength === 0) {
      throw refuse(`hidden.${l} must have ${samples} samples with features: it is [${shape}]`);
    }
    check(`hidden.${l}`, `hidden.${model.residual ? 0 : l}`);
    check(`gradient.${l}`, `hidden.${l}`);
    if (credits && l < blocks) check(`credit.${l}`, `hidden.${l + offset}`);
    if (exact) check(`exact_gradient.${l}`, `hidden.${l}`, "F64");
  }
  if (terminal) check("credit.terminal", `hidden.${blocks}`);
  for (const [l, names] of matrices) {
    for (const matrix of names) {
      const name = `weight.${l}.${matrix}`;
      const { dtype, shape, byteLength } = entries.get(name)!;
      if (dtypes[dtype] !== undefined && shape.length >= 2 && byteLength > 0) continue;
      throw refuse(`${quote(name)} must be a matrix of ${dtypeNames}: it is ${dtype} [${shape}]`);
    }
  }
}

/** A name in a message, whatever is in it. */
function quote(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 77)}...` : name;
  return JSON.stringify(short.replace(/\p{Cc}/gu, "\ufffd"));
}
