// Small bundles in memory, for tests: a random model, its states and gradients as another framework
// would export them.
import { encodeSafetensors, Rng, type Tensor, tensor } from "@fa/tensor";

/** A bundle in memory. */
export interface TestBundle {
  /** Content of `bundle.json`, to be changed at will. */
  // deno-lint-ignore no-explicit-any
  readonly json: any;
  /** Tensors of the files, to be changed at will. */
  readonly tensors: Map<string, Map<string, Tensor>>;
}

/** What a test wants to be different. */
export interface TestBundleOptions {
  readonly dtype?: "float32" | "float64";
  /** Features of h_0 … h_L. */
  readonly widths?: readonly number[];
  readonly batches?: number;
  readonly batchSize?: number;
  readonly creditIndex?: "input" | "output";
}

/** A run with its frozen baseline, epochs 0 and 2, all optional tensors but those of `output`. */
export function testBundle(options: TestBundleOptions = {}): TestBundle {
  const rng = Rng.fromSeed(20260101);
  const tensors: TestBundle["tensors"] = new Map();
  const { batchSize = 3, creditIndex = "input" } = options;
  const run = (role: "method" | "baseline", correct: number) => ({
    method: "mine",
    role,
    seed: 42,
    creditIndex,
    creditNormalization: "sample",
    dataset: { name: "toy", split: "first half", trainSize: 100, testSize: 50 },
    model: { terminalNorm: true, residual: true },
    batchSize,
    backend: "PyTorch 2.5",
    configuration: { lr: 1e-3, nested: { note: "größe" } },
    finalAccuracy: { correct, total: 50 },
    snapshots: [0, 2].map((epoch) => {
      const file = `${role}-epoch-${epoch}.safetensors`;
      const grown = role === "baseline" ? 1 : 1 + epoch;
      tensors.set(file, snapshotTensors(rng.fork(file), options, grown));
      return epoch === 0 ? { epoch, file } : { epoch, file, learningRate: 1e-3, trainLoss: 2.1 };
    }),
  });
  const json = {
    kind: "fa-bundle",
    schemaVersion: 1,
    runs: [run("method", 40), run("baseline", 20)],
  };
  return { json, tensors };
}

function snapshotTensors(
  rng: Rng,
  { dtype = "float64", widths = [4, 4, 4], batches = 2, batchSize = 3, creditIndex = "input" }:
    TestBundleOptions,
  grown: number,
): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  const rows = batches * batchSize;
  const draw = (width: number, as = dtype) =>
    tensor(Array.from({ length: rows * width }, () => rng.normal()), {
      shape: [rows, width],
      dtype: as,
    });
  const blocks = widths.length - 1;
  const offset = creditIndex === "output" ? 1 : 0;
  widths.forEach((width, l) => {
    found.set(`hidden.${l}`, draw(width));
    const gradient = draw(width);
    found.set(`gradient.${l}`, gradient);
    found.set(
      `exact_gradient.${l}`,
      tensor([...gradient.dataSync()], { shape: gradient.shape, dtype: "float64" }),
    );
    if (l === blocks) return;
    found.set(`credit.${l}`, draw(widths[l + offset]!));
    found.set(`weight.${l}.w1`, tensor([[3 * grown, 4 * grown]], { dtype }));
  });
  if (creditIndex === "input") found.set("credit.terminal", draw(widths[blocks]!));
  return found;
}

/** The bytes of its files. */
export async function filesOf({ tensors }: TestBundle): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, content] of tensors) files.set(name, await encodeSafetensors(content));
  return files;
}
