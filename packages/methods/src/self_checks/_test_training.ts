// Tiny runs for the tests of the self-checks, trained in the loop that their documentation shows.
import { ResidualMLP } from "@fa/models";
import { type Backend, type DType, mul, normal, observeOps, Rng, type Tensor } from "@fa/tensor";
import { createTrainer, creditRule } from "../create_trainer.ts";
import type { CreditRule, RuleOptions } from "../credit_rule.ts";
import { LocalTrainer } from "../local_trainer.ts";
import type { StepReport, Trainer } from "../trainer.ts";
import { SelfChecks } from "./self_checks.ts";

export const BATCH = 6;
export const STEPS = 4;
export const sizes = { inputSize: 12, width: 8, depth: 3, classes: 4 };

/** Its embedding takes two ops: a step does not begin with every op of its first stage. */
class TwoOpEmbedding extends ResidualMLP {
  override embed(x: Tensor): Tensor {
    return mul(super.embed(x), 1);
  }
}

/** What is trained, and how. */
export interface TinyRun {
  readonly method: string;
  readonly model: ResidualMLP;
  readonly trainer: Trainer;
  readonly rule: CreditRule | undefined;
  readonly batches: readonly { readonly x: Tensor; readonly y: readonly number[] }[];
}

export interface TinyOptions {
  readonly dtype?: DType;
  readonly backend?: Backend;
  readonly terminalLayerNorm?: boolean;
  readonly residual?: boolean;
  /** A rule made for the test, in place of the method's. */
  readonly rule?: CreditRule;
  readonly ruleOptions?: RuleOptions;
}

/** Always the same run from the same arguments. */
export function tinyRun(
  method: string,
  {
    dtype = "float64",
    backend,
    terminalLayerNorm = true,
    residual = true,
    rule: made,
    ruleOptions,
  }: TinyOptions = {},
): TinyRun {
  const root = Rng.fromSeed(42);
  const create = { dtype, ...(backend && { backend }) };
  const model = new TwoOpEmbedding({
    ...sizes,
    ...create,
    terminalLayerNorm,
    residual,
    rng: root.fork("model"),
  });
  const rng = root.fork("auxiliary");
  const rule = made ?? creditRule(method, ruleOptions);
  const trainer = made
    ? new LocalTrainer(model, { rule: made, rng })
    : createTrainer(method, model, { rng, ...(ruleOptions && { rule: ruleOptions }) });
  const batches = Array.from({ length: STEPS }, (_, step) => ({
    x: normal(root.fork("x", step), [BATCH, sizes.inputSize], create),
    y: Array.from({ length: BATCH }, (_, b) => (b * b + step) % sizes.classes),
  }));
  return { method, model, trainer, rule, batches };
}

export interface TrainOptions {
  readonly checks?: SelfChecks;
  readonly epochs?: number;
  readonly lr?: number;
  /** Does something to the run before a step; both count from 1. */
  readonly tamper?: (run: TinyRun, step: number, epoch: number) => void;
}

/** The steps of one epoch. */
export function trainEpoch(
  run: TinyRun,
  epoch: number,
  { checks, epochs = 1, lr = 1e-2, tamper }: TrainOptions = {},
): StepReport[] {
  return run.batches.map(({ x, y }, i) => {
    tamper?.(run, i + 1, epoch);
    const when = { lr, epoch, epochs, ...(checks && { inspect: checks.inspect }) };
    const report = run.trainer.step(x, y, when);
    checks?.afterStep(report);
    return report;
  });
}

/** Trains under checks; what they throw, or undefined. */
export async function alarmOf(run: TinyRun, options: TrainOptions = {}): Promise<unknown> {
  const checks = options.checks ?? new SelfChecks(run);
  const { epochs = 1 } = options;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      checks.startEpoch(epoch);
      trainEpoch(run, epoch, { ...options, checks });
      await checks.endEpoch();
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

/** All that training leaves behind, as numbers. */
export function bitsAfter({ model, trainer }: TinyRun): Map<string, readonly number[]> {
  const tensors = [...model.namedParameters(), ...trainer.state().tensors];
  return new Map(tensors.map(([name, tensor]) => [name, [...tensor.dataSync()]]));
}

/** The ops of `f` that gave a value that is not finite. */
export function nonFiniteOps(f: () => void): string[] {
  const names: string[] = [];
  observeOps(({ op, output }) => {
    if (!output.dataSync().every(Number.isFinite)) names.push(op);
  }, f);
  return names;
}
