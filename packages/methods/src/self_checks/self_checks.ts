// Training that watches itself.
import type { TrainableModel } from "@fa/models";
import { type DType, keep, scope, type Tensor, type TypedArray } from "@fa/tensor";
import type { CreditRule } from "../credit_rule.ts";
import type { StepReport, StepView, Trainer } from "../trainer.ts";
import { disguiseTolerance, nearness, type Signal, signalsOf } from "./_disguise.ts";
import { finiteProbe } from "./_finite.ts";
import { type Change, FixedTensors } from "./_fixed_tensors.ts";
import { hiddenGradients } from "./_hidden_gradients.ts";
import { SelfCheckAlarm, type SelfCheckFinding } from "./self_check_alarm.ts";

/** Options of {@link SelfChecks}. */
export interface SelfChecksOptions {
  /** Name of the method, for messages. */
  readonly method: string;
  /** The model in training. */
  readonly model: TrainableModel;
  /** Its trainer, in the state from which training goes on. */
  readonly trainer: Trainer;
  /** The trainer's rule; undefined for backpropagation. */
  readonly rule?: CreditRule | undefined;
}

/**
 * Checks of training, which change nothing and throw a {@link SelfCheckAlarm}:
 *
 * 1. **bp in disguise**: a signal of a local rule is a multiple of the true gradient, g_l or g_{l+1} at
 *    block l, g_0 at the embedding; with a multiple for each sample and up to 1e-4 of its length, 1e-10
 *    in float64. Blocks that `rule.exactBlocks` names are exempt. First step of every epoch.
 * 2. **zero gradients**: g_0 … g_L are exactly zero for the whole batch. First step of every epoch.
 * 3. **non-finite**: the loss, or that of the rule's own networks, after every step; all parameters,
 *    auxiliary tensors and moments of the optimizers at the end of every epoch. {@link locateNonFinite}
 *    finds where it began.
 * 4. **feedback changed**: a tensor that `rule.fixed` names was replaced or written to, after every
 *    step; its bits at the end of every epoch.
 *
 * Backpropagation has 2 and 3 only. On devices that read asynchronously everything is read at the end
 * of the epoch, so that no step waits; only replaced and overwritten tensors are known at once. After
 * an alarm the checks are silent: the same loop can be run again to look for the origin. Together they
 * take 0.3 % of the CPU time of an epoch of 312 steps at d = 256 (`bench/self_checks.ts`).
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { createTrainer, creditRule, SelfCheckAlarm, SelfChecks } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = createTrainer("dfa", model, { rng: rng.fork("auxiliary") });
 * const checks = new SelfChecks({ method: "dfa", model, trainer, rule: creditRule("dfa") });
 *
 * const x = normal(rng.fork("x"), [4, 12]), y = [0, 1, 2, 3];
 * async function train(epoch: number): Promise<void> {
 *   checks.startEpoch(epoch);
 *   for (let step = 1; step <= 3; step++) {
 *     checks.afterStep(trainer.step(x, y, { lr: 1e-3, epoch, inspect: checks.inspect }));
 *   }
 *   await checks.endEpoch();
 * }
 * await train(1);
 * trainer.auxiliary.get("feedback.1")!.assign(new Float32Array(8 * 10));
 * const alarm = await train(2).catch((error) => error);
 * if (!(alarm instanceof SelfCheckAlarm) || alarm.check !== "feedback changed") throw alarm;
 * ```
 */
export class SelfChecks {
  readonly #options: SelfChecksOptions;
  readonly #fixed: FixedTensors;
  readonly #dtype: DType;
  /** Whether values can be read at once. */
  readonly #atOnce: boolean;
  #epoch = 0;
  #step = 0;
  #silent = false;
  #inspected = false;
  /** What is left to do at the end of the epoch, where values cannot be read at once. */
  #later: (() => Promise<void>)[] = [];

  /** The auxiliary tensors that must not change are taken as they are now. */
  constructor(options: SelfChecksOptions) {
    const { model, trainer, rule } = options;
    const [someParameter] = model.namedParameters().values();
    this.#options = options;
    this.#fixed = new FixedTensors(trainer.auxiliary, rule?.fixed?.(trainer.auxiliary) ?? []);
    this.#dtype = someParameter!.dtype;
    this.#atOnce = someParameter!.backend.readSync !== undefined;
  }

  /** Call it when the trainer was restored: what was restored must not change from now on. */
  restored(): void {
    this.#fixed.restart();
  }

  /**
   * Call it before the first step of an epoch.
   * @param epoch the one that begins, 1 is the first.
   */
  startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#step = 0;
    this.#inspected = false;
    this.#later = [];
  }

  /**
   * For the option `inspect` of every step; does nothing but at the first of an epoch.
   * @throws {SelfCheckAlarm} of checks 1 and 2.
   */
  readonly inspect: (view: StepView) => void = (view) => {
    if (this.#inspected || this.#silent) return;
    this.#inspected = true;
    const { rule } = this.#options;
    const signals = rule && view.credits ? signalsOf(view.credits, rule) : [];
    const gradients = scope(() => hiddenGradients(view));
    const tensors = [view.outputError, ...gradients, ...signals.map(({ tensor }) => tensor)];
    const judge = (values: readonly TypedArray[]) => {
      const first = 1 + gradients.length;
      this.#checkGradients(values.slice(1, first), values[0]!, view.y.length);
      this.#checkSignals(signals, values.slice(first), values.slice(1, first), view.y.length);
    };
    if (this.#atOnce) return judge(tensors.map((t) => t.dataSync()));
    tensors.forEach(keep);
    this.#later.push(async () => judge(await Promise.all(tensors.map((t) => t.data()))));
  };

  /**
   * Call it with the report of every step.
   * @throws {SelfCheckAlarm} of checks 3 and 4.
   */
  afterStep({ loss, auxiliaryLoss }: StepReport): void {
    if (this.#silent) return;
    if (this.#epoch === 0) {
      throw new Error("Cannot check a step as no epoch has begun: call startEpoch() first");
    }
    const step = ++this.#step;
    this.#checkFixed(this.#fixed.changed());
    if (this.#atOnce) return this.#checkLosses(step, loss.item(), auxiliaryLoss?.item());
    this.#later.push(async () =>
      this.#checkLosses(step, (await loss.data())[0]!, (await auxiliaryLoss?.data())?.[0])
    );
  }

  /**
   * Call it after the last step of an epoch, and await it.
   * @throws {SelfCheckAlarm} of checks 3 and 4; of all on devices that read asynchronously.
   */
  async endEpoch(): Promise<void> {
    if (this.#silent) return;
    if (this.#step > 0 && !this.#inspected) {
      throw new Error(
        "Cannot check an epoch as no step of it was inspected: give `inspect` to every step",
      );
    }
    for (const check of this.#later) await check();
    this.#checkFixed(await this.#fixed.differs());
    await this.#checkTensors();
  }

  #checkGradients(gradients: readonly TypedArray[], outputError: TypedArray, batch: number): void {
    if (!gradients.every(isZero)) return;
    throw this.#alarm(
      "some hidden state must have a gradient",
      `g_0 … g_${gradients.length - 1} of all ${batch} samples are exactly 0` +
        (isZero(outputError) ? ", as the output error is" : ", but the output error is not"),
      { check: "zero gradients", step: 1, values: { gradients: gradients.length, batch } },
    );
  }

  #checkSignals(
    signals: readonly Signal[],
    credits: readonly TypedArray[],
    gradients: readonly TypedArray[],
    batch: number,
  ): void {
    const tolerance = disguiseTolerance[this.#dtype];
    signals.forEach(({ name, layer, against }, i) => {
      for (const l of against) {
        const { distance, scale } = nearness(credits[i]!, gradients[l]!, batch);
        if (!(distance <= tolerance)) continue;
        throw this.#alarm(
          `the ${name} must not be the gradient of backpropagation`,
          `it is ${scale.toPrecision(3)}·g_${l} up to ${distance.toExponential(1)} of its length`,
          {
            check: "bp in disguise",
            layer,
            step: 1,
            values: { gradient: `g_${l}`, scale, distance, tolerance },
          },
        );
      }
    });
  }

  #checkLosses(step: number, loss: number, auxiliaryLoss: number | undefined): void {
    const losses = { loss, ...(auxiliaryLoss !== undefined && { auxiliaryLoss }) };
    for (const [name, value] of Object.entries(losses)) {
      if (Number.isFinite(value)) continue;
      const whose = name === "loss" ? "its loss" : "the loss of its own networks";
      throw this.#alarm(`${whose} must be finite`, `${value}`, {
        check: "non-finite",
        step,
        values: losses,
      });
    }
  }

  /** Everything that decides how training goes on. */
  async #checkTensors(): Promise<void> {
    const { model, trainer } = this.#options;
    const tensors = [...model.namedParameters(), ...trainer.state().tensors];
    const probes = tensors.map(([, tensor]) => finiteProbe(tensor));
    const found: [name: string, tensor: Tensor][] = [];
    for (const [i, probe] of probes.entries()) {
      if (Number.isNaN((await probe.data())[0])) found.push(tensors[i]!);
    }
    const [first] = found;
    if (!first) return;
    const [name, tensor] = first;
    const value = (await tensor.data()).find((value) => !Number.isFinite(value))!;
    const others = found.length - 1;
    throw this.#alarm(
      "what it trains must be finite",
      `${name} holds ${value}${others > 0 ? `, and ${others} other tensors are not finite` : ""}`,
      { check: "non-finite", step: this.#step, values: { tensor: name, value } },
    );
  }

  #checkFixed(change: Change | undefined): void {
    if (!change) return;
    const { name, how } = change;
    throw this.#alarm(`${name} must never change`, how, {
      check: "feedback changed",
      step: this.#step,
      values: { tensor: name, change: how },
    });
  }

  #alarm(
    rule: string,
    found: string,
    finding: Omit<SelfCheckFinding, "method" | "epoch">,
  ): SelfCheckAlarm {
    this.#silent = true;
    const { method } = this.#options;
    const epoch = this.#epoch;
    return new SelfCheckAlarm(
      `Cannot go on training ${method} as ${rule}: ${found}, at step ${finding.step} of epoch ${epoch}`,
      { ...finding, method, epoch },
    );
  }
}

function isZero(values: TypedArray): boolean {
  return values.every((value) => value === 0);
}
