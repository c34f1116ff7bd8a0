// Methods by name.
import type { TrainableModel } from "@fa/models";
import { type Rng, unknownName } from "@fa/tensor";
import { BackpropTrainer } from "./backprop_trainer.ts";
import { creditBridge } from "./credit_bridge.ts";
import type { CreditRule, RuleOptions } from "./credit_rule.ts";
import { dfa } from "./dfa.ts";
import { ep } from "./ep.ts";
import { fa } from "./fa.ts";
import { LocalTrainer } from "./local_trainer.ts";
import { stateBridge } from "./state_bridge.ts";
import type { Trainer, TrainerOptions } from "./trainer.ts";

/** Local credit rules by name. */
export const creditRules: Readonly<Record<string, (options?: RuleOptions) => CreditRule>> = {
  dfa,
  fa,
  sb: stateBridge,
  cb: creditBridge,
  ep,
};

/** Names of all methods: backpropagation and the local credit rules. */
export const methodNames: readonly string[] = ["bp", ...Object.keys(creditRules)];

/**
 * The credit rule of a method, its options checked; undefined for backpropagation, which has none.
 *
 * @param method one of {@link methodNames}.
 * @param options choices that differ from the rule's defaults, such as `{ feedbackScale: 2 }`.
 * @throws {RangeError} if there is no such method or option; names the nearest.
 * @throws {TypeError} if an option has a value of another type than its default.
 *
 * @example
 * ```ts
 * import { creditRule } from "@fa/methods";
 *
 * const rule = creditRule("dfa", { feedbackScale: 2 })!;
 * if (rule.options.feedbackScale !== 2 || rule.creditIndex !== "input") throw new Error("options");
 * if (creditRule("bp") !== undefined) throw new Error("backpropagation has no credits");
 * ```
 */
export function creditRule(method: string, options: RuleOptions = {}): CreditRule | undefined {
  if (!methodNames.includes(method)) throw unknownName("method", method, methodNames);
  const make = Object.hasOwn(creditRules, method) ? creditRules[method] : undefined;
  const known = make?.().options ?? {};
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw unknownName(`${method} option`, name, Object.keys(known));
    }
    if (typeof value !== typeof known[name]) {
      throw new TypeError(
        `Cannot set option ${name} of ${method} as it must be a ${typeof known[name]}, ` +
          `such as ${known[name]}: ${value}`,
      );
    }
  }
  return make?.(options);
}

/**
 * The trainer of a method.
 *
 * @param method one of {@link methodNames}.
 * @param model is trained in place.
 * @param options `rng` draws the rule's auxiliary tensors and noise; `rule`: the rule's own options;
 * the rest is {@link TrainerOptions}.
 * @throws {RangeError} if there is no such method or option; names the nearest.
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
  { rng, rule: ruleOptions, ...options }: TrainerOptions & {
    readonly rng: Rng;
    readonly rule?: RuleOptions;
  },
): Trainer {
  const rule = creditRule(method, ruleOptions);
  return rule
    ? new LocalTrainer(model, { rule, rng, ...options })
    : new BackpropTrainer(model, options);
}
