// Finding where a value first was not finite.
import type { TrainableModel } from "@fa/models";
import { keep, type ObservedOp, observeOps, type TapeNode, type Tensor } from "@fa/tensor";
import type { Trainer } from "../trainer.ts";
import { finiteProbe, firstNonFinite } from "./_finite.ts";
import { SelfCheckAlarm, type SelfCheckFinding } from "./self_check_alarm.ts";

/** Options of {@link locateNonFinite}. */
export interface LocateOptions {
  /** What was found: an alarm of the check `non-finite`. */
  readonly alarm: SelfCheckAlarm;
  /** The model that `replay` trains. */
  readonly model: TrainableModel;
  /** The trainer with which `replay` trains it. */
  readonly trainer: Trainer;
  /**
   * Trains the epoch again, from the state at its start, in which model and trainer are when this is
   * called. {@link SelfChecks} that raised an alarm are silent meanwhile.
   */
  readonly replay: () => void;
}

/** Where it began. */
interface Origin extends Pick<SelfCheckFinding, "layer" | "step"> {
  readonly op: string;
  readonly stage: string;
  /** In words. */
  readonly text: string;
}

/** With this a step of any trainer begins. */
const FIRST_STAGE = "embedding, forward";

/**
 * The alarm with the place where it began: the first op of the replayed epoch that gave a value that
 * is not finite, in forward and backward passes and in updates; its layer and its step. The replay
 * ends there. On devices that read asynchronously it goes on to its end, and values stay unnamed.
 *
 * @returns an alarm of the same check, whose `step` and `layer` are those of the origin, with `op` and
 * `stage` among its values. If the replay met no such value, its message says so.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { createTrainer, locateNonFinite, SelfCheckAlarm, SelfChecks } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const x = normal(rng.fork("x"), [4, 12]), y = [0, 1, 2, 3];
 * function setUp() {
 *   const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 *   model.namedParameters().get("blocks.1.w1.bias")!.assign(new Float32Array(8).fill(NaN));
 *   return { model, trainer: createTrainer("bp", model, { rng: rng.fork("auxiliary") }) };
 * }
 * const run = setUp();
 * const checks = new SelfChecks({ method: "bp", ...run });
 * checks.startEpoch(1);
 * try {
 *   checks.afterStep(run.trainer.step(x, y, { lr: 1e-3, inspect: checks.inspect }));
 *   throw new Error("no alarm");
 * } catch (alarm) {
 *   if (!(alarm instanceof SelfCheckAlarm)) throw alarm;
 *   // From the same start again; a run of many epochs goes back to a copy of its state instead.
 *   const again = setUp();
 *   const replay = () => void again.trainer.step(x, y, { lr: 1e-3 });
 *   const { layer, message } = await locateNonFinite({ alarm, ...again, replay });
 *   if (layer !== "blocks.1" || !message.includes("linear")) throw new Error(message);
 * }
 * ```
 */
export async function locateNonFinite(
  { alarm, model, trainer, replay }: LocateOptions,
): Promise<SelfCheckAlarm> {
  const { check, method, epoch } = alarm;
  const origin = await findOrigin({ model, trainer, replay });
  if (!origin) {
    return new SelfCheckAlarm(
      `${alarm.message}. A replay of the epoch met no such value: training does not repeat itself, ` +
        "or a tensor was written to from outside",
      alarm,
    );
  }
  const { op, stage, layer, step, text } = origin;
  const values = { ...alarm.values, op, stage };
  return new SelfCheckAlarm(`${alarm.message}. It began at step ${step} with ${text}`, {
    check,
    method,
    layer,
    step,
    epoch,
    values,
  });
}

async function findOrigin(
  { model, trainer, replay }: Omit<LocateOptions, "alarm">,
): Promise<Origin | undefined> {
  const stop = new Error("Cannot go on with a replay as what it was to find is found");
  const names = namesOf(model, trainer);
  const recordedIn = new WeakMap<TapeNode, string>();
  const unread: { readonly probe: Tensor; readonly origin: Origin }[] = [];
  let found: Origin | undefined;
  let step = 0;
  let before = "";
  let busy = false; // our own ops are heard too

  function hear(heard: ObservedOp): void {
    if (busy || found) return;
    const { stage } = trainer;
    if (stage === FIRST_STAGE && before !== FIRST_STAGE) step++;
    before = stage;
    const { output, backwardOf } = heard;
    if (output.node) recordedIn.set(output.node, stage);
    const forward = backwardOf && recordedIn.get(backwardOf);
    const describe = (): Origin => originOf(heard, { model, names, step, stage, forward });
    busy = true;
    const probe = finiteProbe(output);
    if (!output.backend.readSync) unread.push({ probe: keep(probe), origin: describe() });
    else if (Number.isNaN(probe.item())) found = describe();
    busy = false;
    if (found) throw stop;
  }

  try {
    observeOps(hear, replay);
  } catch (error) {
    if (error !== stop) throw error;
  }
  for (const { probe, origin } of unread) {
    if (Number.isNaN((await probe.data())[0])) return origin;
  }
  return found;
}

interface Circumstances {
  readonly model: TrainableModel;
  readonly names: Names;
  readonly step: number;
  readonly stage: string;
  /** The stage in which the op was recorded whose gradient is passed back. */
  readonly forward: string | undefined;
}

function originOf(
  { op, inputs, output, backwardOf }: ObservedOp,
  { model, names, step, stage, forward }: Circumstances,
): Origin {
  const readsAtOnce = output.backend.readSync !== undefined;
  const value = readsAtOnce ? `${firstNonFinite(output)}` : "a value that is not finite";
  const cause = readsAtOnce ? causeOf(inputs, names) : "";
  if (op === "adamw") {
    const name = names.get(output.buffer) ?? "a parameter";
    const text = `the update of ${name}, which gave ${value}${cause}`;
    return { op, stage, layer: groupOf(name, model), step, text };
  }
  // A pass through the whole network has one stage; its ops know where they belong.
  const where = stage === "backward" && forward
    ? `${layerIn(forward) ?? forward}, backward`
    : stage;
  const back = backwardOf ? `, going back through ${backwardOf.op}` : "";
  const text = `${op} in ${where}${back}, which gave ${value}${cause}`;
  return { op, stage: where, layer: layerIn(where), step, text };
}

/** Why a value is not finite, in words. */
function causeOf(inputs: readonly Tensor[], names: Names): string {
  for (const input of inputs) {
    const value = firstNonFinite(input);
    if (value === undefined) continue;
    return ` as ${names.get(input.buffer) ?? `its input [${input.shape}]`} held ${value} before`;
  }
  return " from finite values";
}

type Names = ReadonlyMap<Tensor["buffer"], string>;

/** Names of the tensors that outlive a step. */
function namesOf(model: TrainableModel, trainer: Trainer): Names {
  const named = [...model.namedParameters(), ...trainer.state().tensors];
  return new Map(named.map(([name, tensor]) => [tensor.buffer, name]));
}

/** The part of the model to which a stage belongs. */
function layerIn(stage: string): string | undefined {
  return /^(embedding|blocks\.\d+|readout)\b/.exec(stage)?.[1];
}

/** The part of the model to which a parameter, or one of its moments, belongs. */
function groupOf(name: string, { parameterGroups }: TrainableModel): string | undefined {
  const parameter = name.replace(/^optimizer\.(.*)\.exp_avg(_sq)?$/, "$1");
  const { embedding, blocks, readout } = parameterGroups;
  if (embedding.has(parameter)) return "embedding";
  if (readout.has(parameter)) return "readout";
  const l = blocks.findIndex((block) => block.has(parameter));
  return l < 0 ? undefined : `blocks.${l}`;
}
