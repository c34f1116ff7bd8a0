/**
 * Learning rules: backpropagation, local credit rules, and the trainers that apply them.
 *
 * @module
 */

export { BackpropTrainer } from "./backprop_trainer.ts";
export type { Checkpoint, CheckpointRecord, CheckpointValue } from "./checkpoint/checkpoint.ts";
export { CheckpointError } from "./checkpoint/checkpoint_error.ts";
export { checkpointsToDelete, type KeepPolicy } from "./checkpoint/checkpoints_to_delete.ts";
export { decodeCheckpoint, type DecodeCheckpointOptions } from "./checkpoint/decode_checkpoint.ts";
export { type CheckpointContent, encodeCheckpoint } from "./checkpoint/encode_checkpoint.ts";
export { restoreCheckpoint, type RestoreTargets } from "./checkpoint/restore_checkpoint.ts";
export { creditBridge, type CreditBridgeOptions } from "./credit_bridge.ts";
export {
  type Auxiliary,
  type AuxiliaryLearning,
  type CreditContext,
  type CreditModel,
  type CreditNormalization,
  type CreditRule,
  type Credits,
  type CreditSizes,
  type Lesson,
  requireAuxiliary,
  type RuleOptions,
  type TrainingTime,
} from "./credit_rule.ts";
export { createTrainer, creditRule, creditRules, methodNames } from "./create_trainer.ts";
export { dfa, type DfaOptions } from "./dfa.ts";
export { ep, type EpOptions } from "./ep.ts";
export { fa, type FaOptions } from "./fa.ts";
export { LocalTrainer, type LocalTrainerOptions } from "./local_trainer.ts";
export { locateNonFinite, type LocateOptions } from "./self_checks/locate_non_finite.ts";
export {
  SelfCheckAlarm,
  type SelfCheckFinding,
  type SelfCheckName,
} from "./self_checks/self_check_alarm.ts";
export { SelfChecks, type SelfChecksOptions } from "./self_checks/self_checks.ts";
export { stateBridge, type StateBridgeOptions } from "./state_bridge.ts";
export type {
  StepOptions,
  StepReport,
  StepView,
  Trainer,
  TrainerOptions,
  TrainerState,
} from "./trainer.ts";
