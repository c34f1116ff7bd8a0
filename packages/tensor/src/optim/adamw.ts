// AdamW.
import { tellObserver } from "../autograd/_tape.ts";
import { zeros } from "../create/full.ts";
import { pin } from "../memory/scope.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkTogether } from "../ops/_operands.ts";

/** Options of {@link AdamW}; the defaults are PyTorch's. */
export interface AdamWOptions {
  /** Learning rate. Default 1e-3. */
  readonly lr?: number;
  /** Decay of the first and second moment. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment. Default 1e-8. */
  readonly eps?: number;
  /** Decoupled weight decay. Default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2), in
 * PyTorch's form: p ← p·(1 − lr·wd); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²;
 * p ← p − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε). Parameters are updated in place.
 *
 * @example
 * ```ts
 * import { AdamW, parameter, tensor } from "@fa/tensor";
 *
 * const p = parameter(tensor([1], { dtype: "float64" }));
 * const optimizer = new AdamW([p], { lr: 0.1, weightDecay: 0 });
 * optimizer.step([tensor([5], { dtype: "float64" })]); // the first step has length lr
 * if (Math.abs(p.item() - 0.9) > 1e-8) throw new Error("wrong step");
 * ```
 */
export class AdamW {
  /** Learning rate of {@link step} where none is given. */
  readonly lr: number;
  readonly #parameters: readonly Tensor[];
  readonly #first: readonly Tensor[];
  readonly #second: readonly Tensor[];
  readonly #options: { beta1: number; beta2: number; eps: number; weightDecay: number };
  // β₁ᵗ and β₂ᵗ as running products: the same bits everywhere, which Math.pow does not promise.
  #power1 = 1;
  #power2 = 1;
  #steps = 0;

  /**
   * @param parameters what is trained; moments are made for each, zero at first.
   * @throws {RangeError} if lr, ε or weight decay is negative, or a β is outside [0, 1).
   */
  constructor(
    parameters: readonly Tensor[],
    { lr = 1e-3, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01 }:
      AdamWOptions = {},
  ) {
    checkRange("lr", lr, 0, Infinity);
    checkRange("betas[0]", beta1, 0, 1);
    checkRange("betas[1]", beta2, 0, 1);
    checkRange("eps", eps, 0, Infinity);
    checkRange("weightDecay", weightDecay, 0, Infinity);
    this.lr = lr;
    this.#parameters = parameters;
    this.#options = { beta1, beta2, eps, weightDecay };
    this.#first = parameters.map((p) => pin(zeros(p.shape, p)));
    this.#second = parameters.map((p) => pin(zeros(p.shape, p)));
  }

  /** Number of steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** First and second moment of each parameter, in their order; the optimizer's own tensors. */
  get moments(): readonly { readonly first: Tensor; readonly second: Tensor }[] {
    return this.#first.map((first, i) => ({ first, second: this.#second[i]! }));
  }

  /**
   * Goes on as after `steps` steps; the moments, which are assigned to, must be those of that time.
   * The powers of β are the same running products, so that what follows is the same to the last bit.
   * @throws {RangeError} if `steps` is not a whole number ≥ 0.
   */
  resume(steps: number): void {
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw new RangeError(
        `Cannot resume an optimizer as steps must be a whole number ≥ 0: ${steps}`,
      );
    }
    const { beta1, beta2 } = this.#options;
    this.#steps = steps;
    this.#power1 = this.#power2 = 1;
    for (let t = 0; t < steps; t++) {
      const [power1, power2] = [this.#power1, this.#power2];
      this.#power1 *= beta1;
      this.#power2 *= beta2;
      // Among the smallest doubles the products come to rest, so no number of steps takes long.
      if (this.#power1 === power1 && this.#power2 === power2) break;
    }
  }

  /**
   * One step.
   * @param gradients one for each parameter, in its shape.
   * @param options `lr`: learning rate of this step; default the optimizer's.
   * @throws {RangeError} if gradients do not match the parameters.
   */
  step(gradients: readonly Tensor[], { lr = this.lr }: { readonly lr?: number } = {}): void {
    if (gradients.length !== this.#parameters.length) {
      throw new RangeError(
        `Cannot step ${this.#parameters.length} parameters with ${gradients.length} gradients as each needs one`,
      );
    }
    // Everything is checked before anything changes.
    this.#parameters.forEach((p, i) => {
      const g = gradients[i]!;
      if (!sameShape(g.shape, p.shape) || g.dtype !== p.dtype) {
        throw new RangeError(
          `Cannot step parameter ${i} ${formatShape(p.shape)} ${p.dtype} with gradient ${
            formatShape(g.shape)
          } ${g.dtype} as both must be equal`,
        );
      }
      checkTogether(`step parameter ${i}`, p, g);
    });
    const { beta1, beta2, eps, weightDecay } = this.#options;
    this.#steps++;
    this.#power1 *= beta1;
    this.#power2 *= beta2;
    const constants = {
      lr,
      beta1,
      beta2,
      eps,
      weightDecay,
      correction1: 1 - this.#power1,
      correction2: 1 - this.#power2,
    };
    this.#parameters.forEach((p, i) => {
      const [g, first, second] = [gradients[i]!, this.#first[i]!, this.#second[i]!];
      p.backend.kernels.adamw(p, g, first, second, constants);
      p.buffer.version++;
      tellObserver("adamw", [g], p, first, second);
    });
  }
}

function checkRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value < high)) {
    throw new RangeError(
      `Cannot make AdamW with ${name} ${value} as it must lie in [${low}, ${high})`,
    );
  }
}
