// Methods by name.
import type { TrainableModel } from "@fa/models";
import { type Rng, unknownName } from "@fa/tensor";
import { BackpropTrainer } from "./backprop_trainer.ts";
import type { CreditRule } from "./credit_rule.ts";
import { dfa } from "./dfa.ts";
import { LocalTrainer } from "./local_trainer.ts";
import type { Trainer, TrainerOptions } from "./trainer.ts";

/** Local credit rules by name. */
export const creditRules: Readonly<Record<string, CreditRule>> = { dfa };

/** Names of all methods: backpropagation and the local credit rules. */
export const methodNames: readonly string[] = ["bp", ...Object.keys(creditRules)];

/**
 * The trainer of a method.
 *
 * @param method one of {@link methodNames}.
 * @param model is trained in place.
 * @param options `rng` draws the rule's auxiliary tensors; the rest is {@link TrainerOptions}.
 * @throws {RangeError} if there is no such method; names the nearest.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { createTrainer } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = createTrainer("dfa", model, { rng: rng.fork("auxiliary"), lambda: 1e-2 });
 * if (trainer.auxiliary.size !== 2) throw new Error("one feedback matrix for each block");
 * ```
 */
export function createTrainer(
  method: string,
  model: TrainableModel,
  { rng, ...options }: TrainerOptions & { readonly rng: Rng },
): Trainer {
  if (method === "bp") return new BackpropTrainer(model, options);
  const rule = Object.hasOwn(creditRules, method) ? creditRules[method] : undefined;
  if (!rule) throw unknownName("method", method, methodNames);
  return new LocalTrainer(model, { rule, auxiliary: rng, ...options });
}
