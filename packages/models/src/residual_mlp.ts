// The primary model: a pre-LayerNorm residual MLP.
import {
  add,
  type Backend,
  type CreateOptions,
  type DType,
  gelu,
  layerNorm,
  linear,
  normal,
  ones,
  parameter,
  Rng,
  type Tensor,
  zeros,
} from "@fa/tensor";
import { linearParameters } from "./linear_parameters.ts";
import { loadParameters } from "./load_parameters.ts";
import type { NamedParameters, TrainableModel } from "./trainable_model.ts";

/** Options of {@link ResidualMLP.copy}. */
export interface CopyOptions {
  /** Element type of the copy. Default: the model's own. */
  readonly dtype?: DType;
  /** Where the copy lives. Default: where the model lives. */
  readonly backend?: Backend;
}

/** Options of {@link ResidualMLP}. */
export interface ResidualMLPOptions {
  /** Numbers in one input sample. */
  readonly inputSize: number;
  /** d, width of the residual stream. Default 256. */
  readonly width?: number;
  /** L, number of residual blocks. Default 4. */
  readonly depth?: number;
  /** C, number of classes. Default 10. */
  readonly classes?: number;
  /** Element type of parameters and activations. Default float32. */
  readonly dtype?: DType;
  /** Where it lives. Default: see `setDefaultBackend`. */
  readonly backend?: Backend;
  /** Whether a LayerNorm stands before the head. Default true. */
  readonly terminalLayerNorm?: boolean;
  /** Whether blocks are added to the stream. Default true. Without, w2 starts at std 0.5. */
  readonly residual?: boolean;
  /** Draws the initial values. */
  readonly rng: Rng;
}

const LAYER_NORM_EPS = 1e-5;
const W2_STD = 0.01;
const W2_STD_WITHOUT_RESIDUAL = 0.5;

interface Block {
  readonly parameters: NamedParameters;
  readonly branch: (h: Tensor) => Tensor;
}

/**
 * Pre-LayerNorm residual MLP: h_0 = embed(x); h_{l+1} = h_l + w2(GELU(w1(LN(h_l)))); logits =
 * out_head(out_ln(h_L)). All linear layers have biases and no hidden expansion. `embed`, `w1` and
 * `out_head` start as PyTorch's `nn.Linear` does, weight and bias ~ U(±1/√fan_in); w2's weight
 * starts at N(0, 0.01²), its bias at 0; LayerNorms (ε = 1e-5) at 1 and 0.
 *
 * Parameter names are those of a PyTorch state dict: `embed.weight`, `blocks.0.ln.weight`,
 * `blocks.0.w1.weight`, `blocks.0.w2.weight`, `out_ln.weight`, `out_head.weight`, and `….bias`.
 *
 * Source: the paper "Beyond Accuracy and Alignment", its primary model.
 *
 * @example
 * ```ts
 * import { Rng, zeros } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 *
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: Rng.fromSeed(42) });
 * const logits = model.forward(zeros([5, 12]));
 * if (logits.shape.join() !== "5,10") throw new Error("wrong shape");
 * if (model.namedParameters().get("blocks.1.w2.weight")?.shape.join() !== "8,8") {
 *   throw new Error("wrong name");
 * }
 * ```
 */
export class ResidualMLP implements TrainableModel {
  /** d, width of the residual stream. */
  readonly width: number;
  /** C, number of classes. */
  readonly classes: number;
  /** Whether blocks are added to the stream. */
  readonly residual: boolean;
  /** Numbers in one input sample. */
  readonly inputSize: number;
  /** Element type of parameters and activations. */
  readonly dtype: DType;
  /** `blocks[l](h)` is F_l(h): `[B, d]` to `[B, d]`, without the skip. */
  readonly blocks: readonly ((h: Tensor) => Tensor)[];
  /** The terminal LayerNorm `[B, d]` to `[B, d]`; absent in the variant without it. */
  readonly outLn?: (h: Tensor) => Tensor;
  /** Parameters in three groups. */
  readonly parameterGroups: TrainableModel["parameterGroups"];

  /** @throws {RangeError} if a size is not a whole number ≥ 1. */
  constructor(
    {
      inputSize,
      width = 256,
      depth = 4,
      classes = 10,
      dtype = "float32",
      backend,
      terminalLayerNorm = true,
      residual = true,
      rng,
    }: ResidualMLPOptions,
  ) {
    for (const [name, n] of Object.entries({ inputSize, width, depth, classes })) {
      if (!(Number.isInteger(n) && n >= 1)) {
        throw new RangeError(
          `Cannot make a ResidualMLP as ${name} must be a whole number ≥ 1: ${n}`,
        );
      }
    }
    this.width = width;
    this.classes = classes;
    this.residual = residual;
    this.inputSize = inputSize;
    this.dtype = dtype;
    const create: CreateOptions = { dtype, ...(backend && { backend }) };
    const embed = linearParameters(rng.fork("embed"), {
      inputs: inputSize,
      outputs: width,
      ...create,
    });
    const head = linearParameters(rng.fork("out_head"), {
      inputs: width,
      outputs: classes,
      ...create,
    });
    const w2Std = residual ? W2_STD : W2_STD_WITHOUT_RESIDUAL;
    const blocks = Array.from(
      { length: depth },
      (_, l) => makeBlock(l, { width, create, w2Std, rng: rng.fork("blocks", l) }),
    );
    this.blocks = blocks.map(({ branch }) => branch);
    const readout = new Map<string, Tensor>();
    if (terminalLayerNorm) {
      const weight = parameter(ones([width], create));
      const bias = parameter(zeros([width], create));
      readout.set("out_ln.weight", weight).set("out_ln.bias", bias);
      this.outLn = (h) => layerNorm(h, weight, bias, { eps: LAYER_NORM_EPS });
    }
    readout.set("out_head.weight", head.weight).set("out_head.bias", head.bias);
    this.parameterGroups = {
      embedding: new Map([["embed.weight", embed.weight], ["embed.bias", embed.bias]]),
      blocks: blocks.map(({ parameters }) => parameters),
      readout,
    };
  }

  /** h_0 = embed(x): `[B, inputSize]` to `[B, d]`; no activation, no LayerNorm. */
  embed(x: Tensor): Tensor {
    const { embedding } = this.parameterGroups;
    return linear(x, embedding.get("embed.weight")!, embedding.get("embed.bias")!);
  }

  /** Logits `[B, C]` from the normalised h_L. */
  outHead(h: Tensor): Tensor {
    const { readout } = this.parameterGroups;
    return linear(h, readout.get("out_head.weight")!, readout.get("out_head.bias")!);
  }

  /** Logits `[B, C]` of a batch `[B, inputSize]`. */
  forward(x: Tensor): Tensor {
    let h = this.embed(x);
    for (const block of this.blocks) h = this.residual ? add(h, block(h)) : block(h);
    return this.outHead(this.outLn ? this.outLn(h) : h);
  }

  /** All parameters by their PyTorch names, in state-dict order. */
  namedParameters(): NamedParameters {
    const { embedding, blocks, readout } = this.parameterGroups;
    return new Map([...embedding, ...blocks.flatMap((block) => [...block]), ...readout]);
  }

  /**
   * Takes over the values of a state dict, rounded to the model's dtype.
   * @throws {RangeError} if a name is missing, unknown, or has another shape; nothing is changed then.
   */
  load(state: ReadonlyMap<string, Tensor>): void {
    loadParameters(this.namedParameters(), state);
  }

  /**
   * A model of its own with the same architecture and parameters, in another element type or on
   * another backend: float32 becomes float64 exactly, float64 is rounded to float32 once, and a
   * backend that stores half precision rounds from there. Training one does not change the other.
   *
   * @throws {TypeError} if the backend cannot hold the dtype.
   *
   * @example
   * ```ts
   * import { Rng } from "@fa/tensor";
   * import { ResidualMLP } from "@fa/models";
   *
   * const model = new ResidualMLP({ inputSize: 4, width: 4, depth: 1, rng: Rng.fromSeed(1) });
   * const exact = model.copy({ dtype: "float64" }); // to measure how exact float32 gradients are
   * const [a, b] = [model, exact].map((m) => m.namedParameters().get("embed.weight")!.dataSync());
   * if (exact.dtype !== "float64" || a!.join() !== b!.join()) throw new Error("not exact");
   * ```
   */
  copy({ dtype = this.dtype, backend = this.#backend }: CopyOptions = {}): ResidualMLP {
    const copy = new ResidualMLP({
      inputSize: this.inputSize,
      width: this.width,
      depth: this.blocks.length,
      classes: this.classes,
      dtype,
      backend,
      terminalLayerNorm: this.outLn !== undefined,
      residual: this.residual,
      rng: Rng.fromSeed(0), // what it draws is overwritten
    });
    copy.load(this.namedParameters());
    return copy;
  }

  get #backend(): Backend {
    return this.parameterGroups.embedding.get("embed.weight")!.backend;
  }
}

function makeBlock(
  l: number,
  { width, create, w2Std, rng }: {
    width: number;
    create: CreateOptions;
    w2Std: number;
    rng: Rng;
  },
): Block {
  const lnWeight = parameter(ones([width], create));
  const lnBias = parameter(zeros([width], create));
  const w1 = linearParameters(rng.fork("w1"), { inputs: width, outputs: width, ...create });
  const w2Weight = parameter(
    normal(rng.fork("w2", "weight"), [width, width], { std: w2Std, ...create }),
  );
  const w2Bias = parameter(zeros([width], create));
  return {
    parameters: new Map([
      [`blocks.${l}.ln.weight`, lnWeight],
      [`blocks.${l}.ln.bias`, lnBias],
      [`blocks.${l}.w1.weight`, w1.weight],
      [`blocks.${l}.w1.bias`, w1.bias],
      [`blocks.${l}.w2.weight`, w2Weight],
      [`blocks.${l}.w2.bias`, w2Bias],
    ]),
    branch: (h) => {
      const normalized = layerNorm(h, lnWeight, lnBias, { eps: LAYER_NORM_EPS });
      return linear(gelu(linear(normalized, w1.weight, w1.bias)), w2Weight, w2Bias);
    },
  };
}
