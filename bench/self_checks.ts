/**
 * What the self-checks of training cost: CPU time of an epoch with them and without, in turns.
 *
 *     deno task bench:self-checks [--methods bp,dfa] [--rounds 5] [--steps 312] [--dtype float32]
 *
 * Prints medians over rounds. Each round trains two equal networks over one epoch; every dozen steps
 * the other one goes first, so that what disturbs the machine meets both. The time inside of the
 * checks is told too, for the difference drowns in the noise of a busy machine; what they cost around
 * them, such as room in caches, shows in the difference only.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createTrainer, creditRule, SelfChecks, type StepView } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, normal, Rng, setDefaultBackend } from "@fa/tensor";
import { defaultBackend, openBackend } from "./backends.ts";
import { ADAMW, BATCH, CLASSES, INPUT } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: defaultBackend },
    dtype: { type: "string", default: "float32" },
    methods: { type: "string", default: "bp,dfa" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "312" },
  },
});
const dtype = options.dtype as DType;
const steps = Number(options.steps);
/** Steps that one of the two takes before it is the other's turn. */
const TURN = 12;
setDefaultBackend(await openBackend(options.backend));

/** What an epoch took, in ms of CPU time: in all, and within the checks. */
interface Cost {
  cpuMs: number;
  insideMs: number;
}

/** User and system time of the whole process so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A network in training, and what its epoch has taken so far. */
function makeRun(method: string, watched: boolean) {
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({ inputSize: INPUT, dtype, rng: rng.fork("model") });
  const trainer = createTrainer(method, model, { rng: rng.fork("auxiliary") });
  const rule = creditRule(method);
  const checks = watched ? new SelfChecks({ method, model, trainer, rule }) : undefined;
  const x = normal(rng.fork("x"), [BATCH, INPUT], { dtype });
  const y = Array.from({ length: BATCH }, (_, b) => b % CLASSES);
  const cost: Cost = { cpuMs: 0, insideMs: 0 };

  const inside = <T>(work: () => T): T => {
    const before = cpuMs();
    const result = work();
    cost.insideMs += cpuMs() - before;
    return result;
  };
  async function spend(work: () => unknown): Promise<void> {
    const before = cpuMs();
    await work();
    cost.cpuMs += cpuMs() - before;
  }
  const inspect = (view: StepView) => inside(() => checks!.inspect(view));

  return {
    cost,
    start: () => spend(() => checks?.startEpoch(1)),
    train: (count: number) =>
      spend(() => {
        for (let i = 0; i < count; i++) {
          const report = trainer.step(x, y, { lr: ADAMW.lr, ...(checks && { inspect }) });
          if (checks) inside(() => checks.afterStep(report));
          else report.loss.item(); // both wait for the step
        }
      }),
    async end(): Promise<void> {
      const before = cost.cpuMs;
      await spend(() => checks?.endEpoch());
      if (checks) cost.insideMs += cost.cpuMs - before;
    },
  };
}

/** One epoch of two networks, with checks and without; places in memory change with the number. */
async function round(method: string, number = 0): Promise<{ plain: Cost; watched: Cost }> {
  const first = makeRun(method, number % 2 === 1);
  const second = makeRun(method, number % 2 === 0);
  const [plain, watched] = number % 2 === 0 ? [first, second] : [second, first];
  for (const run of [plain, watched]) await run.start();
  for (let done = 0, turn = 0; done < steps; done += TURN, turn++) {
    const count = Math.min(TURN, steps - done);
    const order = turn % 2 === 0 ? [plain, watched] : [watched, plain];
    for (const run of order) await run.train(count);
  }
  for (const run of [watched, plain]) await run.end();
  return { plain: plain.cost, watched: watched.cost };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

for (const method of options.methods.split(",")) {
  await round(method); // compilers warm up
  const rounds: Awaited<ReturnType<typeof round>>[] = [];
  for (let i = 0; i < Number(options.rounds); i++) rounds.push(await round(method, i));
  const plain = median(rounds.map(({ plain }) => plain.cpuMs));
  const differences = rounds.map(({ plain, watched }) => watched.cpuMs / plain.cpuMs - 1);
  const inside = rounds.map(({ plain, watched }) => watched.insideMs / plain.cpuMs);
  console.log(
    `${method.padEnd(4)} ${options.backend} ${dtype}, ${steps} steps: ${
      plain.toFixed(0)
    } CPU ms; ` +
      `with checks ${percent(median(differences))} more (${
        differences.map(percent).join(", ")
      }); ` +
      `inside of them ${percent(median(inside))}`,
  );
}
