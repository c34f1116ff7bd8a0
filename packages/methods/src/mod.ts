/**
 * Learning rules: backpropagation, local credit rules, and the trainers that apply them.
 *
 * @module
 */

export { BackpropTrainer } from "./backprop_trainer.ts";
export {
  type Auxiliary,
  type CreditContext,
  type CreditNormalization,
  type CreditRule,
  type Credits,
  type CreditSizes,
  requireAuxiliary,
} from "./credit_rule.ts";
export { createTrainer, creditRules, methodNames } from "./create_trainer.ts";
export { dfa } from "./dfa.ts";
export { LocalTrainer, type LocalTrainerOptions } from "./local_trainer.ts";
export type { StepReport, Trainer, TrainerOptions } from "./trainer.ts";
