// Tensors that must never change, such as feedback matrices.
import { keep, type Tensor, type TypedArray, zeros } from "@fa/tensor";
import type { Auxiliary } from "../credit_rule.ts";

/** What became of a tensor that must not change. */
export interface Change {
  /** Its name. */
  readonly name: string;
  /** What happened, in words. */
  readonly how: string;
}

interface Held {
  readonly name: string;
  readonly tensor: Tensor;
  readonly version: number;
  readonly copy: Tensor;
}

/** Watches some of the auxiliary tensors. */
export class FixedTensors {
  readonly #auxiliary: Auxiliary;
  readonly #names: readonly string[];
  #held: readonly Held[];

  constructor(auxiliary: Auxiliary, names: readonly string[]) {
    this.#auxiliary = auxiliary;
    this.#names = names;
    this.#held = this.#take();
  }

  /** From now on the values of this moment are those that must stay. */
  restart(): void {
    this.#held = this.#take();
  }

  /** The first that was replaced or written to, by what tensors count themselves. */
  changed(): Change | undefined {
    for (const { name, tensor, version } of this.#held) {
      const now = this.#auxiliary.get(name);
      if (now !== tensor) return { name, how: now ? "replaced by another tensor" : "removed" };
      if (now.version !== version) {
        return { name, how: `overwritten ${times(now.version - version)}` };
      }
    }
    return undefined;
  }

  /** The first whose values are no longer the same bit by bit. */
  async differs(): Promise<Change | undefined> {
    for (const { name, tensor, copy } of this.#held) {
      const [now, before] = await Promise.all([tensor.data(), copy.data()]);
      const [bits, expected] = [bitsOf(now), bitsOf(before)];
      const word = bits.findIndex((each, i) => each !== expected[i]);
      if (word < 0) continue;
      const at = Math.floor(word * bits.BYTES_PER_ELEMENT / now.BYTES_PER_ELEMENT);
      return { name, how: `other values, first ${before[at]} → ${now[at]} at index ${at}` };
    }
    return undefined;
  }

  #take(): Held[] {
    return this.#names.map((name) => {
      const tensor = this.#auxiliary.get(name);
      if (!tensor) {
        throw new RangeError(`Cannot watch auxiliary tensor ${name} as it is missing`);
      }
      const copy = keep(zeros(tensor.shape, tensor));
      copy.assign(tensor);
      return { name, tensor, version: tensor.version, copy };
    });
  }
}

function times(n: number): string {
  return n === 1 ? "once" : `${n} times`;
}

/** The same memory as whole numbers: also a −0 and the bits of a NaN count. */
function bitsOf(values: TypedArray): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
}
