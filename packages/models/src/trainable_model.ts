// What a trainer needs of a model.
import type { Tensor } from "@fa/tensor";

/** Parameters by name. Names are those of a PyTorch state dict, weights of linear layers `[out, in]`. */
export type NamedParameters = ReadonlyMap<string, Tensor>;

/**
 * A residual network in parts, with its parameters grouped as local learning rules need them. With
 * h_0 = embed(x), h_{l+1} = h_l + F_l(h_l) and logits = outHead(outLn(h_L)).
 */
export interface TrainableModel {
  /** h_0 of a batch `[B, inputSize]`. */
  embed(x: Tensor): Tensor;
  /** `blocks[l](h)` is F_l(h), the residual branch without the skip. */
  readonly blocks: readonly ((h: Tensor) => Tensor)[];
  /** Whether h_{l+1} = h_l + F_l(h_l) (true) or h_{l+1} = F_l(h_l) (false). */
  readonly residual: boolean;
  /** The terminal LayerNorm; absent where the model has none. */
  readonly outLn?: (h: Tensor) => Tensor;
  /** Logits from the (normalised) h_L. */
  outHead(h: Tensor): Tensor;
  /** Width of the residual stream. */
  readonly width: number;
  /** Number of classes. */
  readonly classes: number;
  /** Parameters in three groups: embedding, each block, terminal LayerNorm with head. */
  readonly parameterGroups: {
    /** Parameters of `embed`. */
    readonly embedding: NamedParameters;
    /** Parameters of each block. */
    readonly blocks: readonly NamedParameters[];
    /** Parameters of `outLn` and `outHead`. */
    readonly readout: NamedParameters;
  };
  /** All parameters, in state-dict order. */
  namedParameters(): NamedParameters;
}
