// Cosines of one credit with the gradient, block by block, and what is made of them.
import { mean } from "../statistics/mean.ts";
import { perNormClampFactor, productClampFactor } from "./clamped_cosine.ts";
import { cosine } from "./cosine.ts";
import { isCovered, uncovered } from "./_coverage.ts";
import { isMeasured, type Measured, measured, unmeasured } from "./measured.ts";
import { meanFrom } from "./_layers.ts";
import { l2Norm } from "./norm.ts";
import { passportOf } from "./_passport.ts";
import { type Reference, trustIn } from "./_regime.ts";
import type { Alignment, CreditIndex, LayerAlignment, Passport } from "./snapshot.ts";

/** ε of PyTorch's cosine similarity. */
const eps = 1e-8;

/** Of one sample. */
export interface Gradient {
  readonly values: ArrayLike<number>;
  /** Its exact norm. */
  readonly norm: number;
}

/** One credit vector and the gradient that it is compared with, over all samples. */
class LayerCosines {
  readonly #valid: number[] = [];
  readonly #product: number[] = [];
  readonly #perNorm: number[] = [];
  #invalid = 0;

  add(credit: ArrayLike<number>, { values: gradient, norm }: Gradient): void {
    const value = cosine(credit, gradient);
    if (isMeasured(value)) this.#valid.push(value);
    else this.#invalid++;
    // productClampCosine and perNormClampCosine, of which all but the clamp is known already.
    const norms = [l2Norm(credit), norm] as const;
    const exact = isMeasured(value) ? value : norms.every(Number.isFinite) ? 0 : NaN;
    this.#product.push(exact * productClampFactor(...norms, eps));
    this.#perNorm.push(exact * perNormClampFactor(...norms, eps));
  }

  /** Samples that were added. */
  get count(): number {
    return this.#valid.length + this.#invalid;
  }

  /** @param l the layer whose gradient was compared with. */
  alignment(name: string, l: number, reference: Reference): LayerAlignment {
    const samples = this.#valid.length;
    const all = this.count;
    const trust = trustIn(reference, l);
    return {
      value: "refused" in trust
        ? unmeasured(`${name} is refused as ${trust.refused}`)
        : isCovered(samples, all)
        ? measured(mean(this.#valid), name)
        : uncovered(`${name}, whose credit or gradient is else zero or not finite,`, samples, all),
      samples,
      invalidSamples: this.#invalid,
      ...("regime" in trust && { regime: trust.regime }),
      naive: {
        productClamp: measured(mean(this.#product), `${name} with the product clamp`),
        perNormClamp: measured(mean(this.#perNorm), `${name} with the per-norm clamp`),
      },
    };
  }
}

/** Cosines of one credit with the gradient. */
export class Cosines {
  readonly #blocks: readonly LayerCosines[];
  #terminal: LayerCosines | undefined;

  constructor(blocks: number) {
    this.#blocks = Array.from({ length: blocks }, () => new LayerCosines());
  }

  /** One sample of block l. */
  add(l: number, credit: ArrayLike<number>, gradient: Gradient): void {
    this.#blocks[l]!.add(credit, gradient);
  }

  /** One sample of the credit at h_L. */
  addTerminal(credit: ArrayLike<number>, gradient: Gradient): void {
    (this.#terminal ??= new LayerCosines()).add(credit, gradient);
  }

  /**
   * @param credit what it is called.
   * @param samples those of all batches.
   * @throws {RangeError} if a credit was given for some of them only.
   */
  checkCounts(credit: string, samples: number): void {
    const check = (what: string, { count }: LayerCosines) => {
      if (count === samples) return;
      throw new RangeError(
        `Cannot measure the alignment of ${what} as it must be given for all samples or none: ${count} of ${samples}`,
      );
    };
    for (const block of this.#blocks) check(credit, block);
    if (this.#terminal) check(`the credit at h_${this.#blocks.length}`, this.#terminal);
  }

  alignment(
    creditIndex: CreditIndex,
    reference: Reference,
    feedbackHash: Passport["feedbackHash"] | undefined,
  ): Alignment {
    const offset = creditIndex === "output" ? 1 : 0;
    const blocks = this.#blocks.length;
    const perLayer = this.#blocks.map((layer, l) =>
      layer.alignment(`Γ_${l}`, l + offset, reference)
    );
    const terminal = this.#terminal?.alignment(`Γ of the credit at h_${blocks}`, blocks, reference);
    const { dtype, batchSize } = reference;
    return {
      creditIndex,
      perLayer,
      headline: aggregateAlignment(perLayer, 0),
      deepOurs: aggregateAlignment(perLayer, 1),
      deepPaper: deepPaperOf(creditIndex, perLayer, terminal),
      ...(terminal && { terminal }),
      passport: passportOf({
        creditIndex,
        dtype,
        batchSize,
        ...(feedbackHash !== undefined && { feedbackHash }),
      }),
    };
  }
}

/** Mean of Γ_l over l = first..L−1; a layer that was not measured makes it unmeasured. */
export function aggregateAlignment(perLayer: readonly LayerAlignment[], first: number): Measured {
  return meanFrom(perLayer.map((layer) => layer.value), first, "Γ");
}

/** *Deep, paper*: mean over h_1..h_L. */
export function deepPaperOf(
  creditIndex: CreditIndex,
  perLayer: readonly LayerAlignment[],
  terminal: LayerAlignment | undefined,
): Measured {
  if (creditIndex === "output") return aggregateAlignment(perLayer, 0);
  if (!terminal) return unmeasured("the method offers no credit at h_L");
  return aggregateAlignment([...perLayer, terminal], 1);
}
