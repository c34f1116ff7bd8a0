// What all engines in JavaScript share: taking an order, training, timing, and answering.
import process from "node:process";
import { type Problem, readProblem } from "./problem.ts";
import { type Method, type Product, workloads } from "./workloads.ts";

/** One child process: one engine in one runtime with one dtype, through all its workloads. */
export interface Order {
  /** Path of the problem. */
  readonly problem: string;
  readonly backend: string;
  readonly dtype: DType;
  /** Names of the workloads. */
  readonly workloads: readonly string[];
  /** CPU time to spend on a step before it is timed, for compilers need it; a product gets a third. */
  readonly warmUpMs: number;
  /** CPU time to spend on timed repetitions of a step; a product gets a third. */
  readonly budgetMs: number;
}

/** Element types. */
export type DType = "float32" | "float64";

/** What a child prints, as one line of JSON. */
export type Answer = { readonly unavailable: string } | {
  readonly version: string;
  /** The first losses of each way to train, before each update. */
  readonly losses: Partial<Record<Method, readonly number[]>>;
  readonly timings: readonly Timing[];
  /** What differs from the other engines, by workload; `""` for all of them. */
  readonly notes: Readonly<Record<string, string>>;
};

/** Time of one workload. */
export interface Timing {
  readonly workload: string;
  /** User and system time of the whole process for one repetition, in ms. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Timed repetitions. */
  readonly n: number;
  /** Part of the wall time that was spent in matrix products, where the engine tells. */
  readonly gemmShare?: number;
}

/** One step or one product; what it returns is the loss, or a promise to be waited for. */
export type Step = () => unknown;

/** An engine that is ready to work. */
export interface Engine {
  readonly version: string;
  readonly notes?: Readonly<Record<string, string>>;
  /**
   * Trains from the problem's weights. Each call makes one step on the batch and gives the loss
   * before the update. Absent if the engine cannot train in this way.
   */
  trainer(method: Method): Step | undefined;
  /** The product of two matrices, and its values, those of the last call. */
  product(shape: Product, a: Float32Array, b: Float32Array): {
    readonly run: Step;
    readonly values: () => ArrayLike<number> | Promise<ArrayLike<number>>;
  };
  /** So many 10⁹ multiplications and additions that stay in registers, where the engine can. */
  readonly peak?: (gflop: number) => Step;
  /** Milliseconds spent in matrix products so far; a step is run for it that is not timed. */
  readonly productMs?: () => number;
}

/** Why an engine cannot be measured here; no error. */
export class Unavailable extends Error {}

/** How many losses are compared. */
const LOSSES = 3;

/** Does what the command line orders with the engine that `start` gives. */
export async function serve(
  start: (order: Order, problem: Problem) => Engine | Promise<Engine>,
): Promise<void> {
  const order = JSON.parse(process.argv.at(-1)!) as Order;
  try {
    const problem = await readProblem(order.problem);
    print(await work(await start(order, problem), order));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print({ unavailable: error.message });
  }
}

const print = (answer: Answer): void => console.log(JSON.stringify(answer));

async function work(engine: Engine, order: Order): Promise<Answer> {
  const losses: Partial<Record<Method, number[]>> = {};
  const timings: Timing[] = [];
  for (const workload of workloads.filter(({ name }) => order.workloads.includes(name))) {
    const { name } = workload;
    if ("method" in workload) {
      const step = engine.trainer(workload.method);
      if (!step) continue;
      const first: number[] = losses[workload.method] = [];
      for (let i = 0; i < LOSSES; i++) first.push(await step() as number);
      const timing = await time(step, order);
      timings.push({ workload: name, ...timing, ...await gemmShare(step, engine) });
    } else if ("peak" in workload) {
      if (!engine.peak) continue;
      const third = { warmUpMs: order.warmUpMs / 3, budgetMs: order.budgetMs / 3 };
      timings.push({ workload: name, ...await time(engine.peak(workload.gflop), third) });
    } else {
      const { m, k, n } = workload.product;
      const a = factor(m * k, 1);
      const b = factor(k * n, 2);
      const product = engine.product(workload.product, a, b);
      await product.run();
      checkProduct(await product.values(), workload.product, { a, b, dtype: order.dtype });
      const third = { warmUpMs: order.warmUpMs / 3, budgetMs: order.budgetMs / 3 };
      timings.push({ workload: name, ...await time(product.run, third) });
    }
  }
  return { version: engine.version, losses, timings, notes: engine.notes ?? {} };
}

/** Parts that the timed repetitions are cut into. */
const BLOCKS = 8;

/**
 * Time of a step, repeated until it has used its CPU time: first to warm up, then to be timed in
 * blocks, of which the second quickest counts. Neighbours on the machine can only make a block
 * slower; the quickest may just have missed its share of garbage collection.
 */
export async function time(
  step: Step,
  { warmUpMs, budgetMs }: Pick<Order, "warmUpMs" | "budgetMs">,
): Promise<Omit<Timing, "workload">> {
  await repeat(step, warmUpMs);
  const blocks: Omit<Timing, "workload">[] = [];
  for (let i = 0; i < BLOCKS; i++) blocks.push(await repeat(step, budgetMs / BLOCKS));
  blocks.sort((a, b) => a.cpuMs - b.cpuMs);
  return { ...blocks[1]!, n: blocks.reduce((sum, { n }) => sum + n, 0) };
}

/** Repeats a step until it has used that much CPU time. */
async function repeat(step: Step, budgetMs: number): Promise<Omit<Timing, "workload">> {
  const before = process.cpuUsage();
  const start = performance.now();
  for (let n = 1;; n++) {
    const pending = step();
    if (pending instanceof Promise) await pending;
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    if (cpuMs >= budgetMs) return { cpuMs: cpuMs / n, wallMs: (performance.now() - start) / n, n };
  }
}

async function gemmShare(step: Step, { productMs }: Engine): Promise<{ gemmShare?: number }> {
  if (!productMs) return {};
  const before = productMs();
  const start = performance.now();
  for (let i = 0; i < 3; i++) await step();
  return { gemmShare: (productMs() - before) / (performance.now() - start) };
}

/** Numbers in [−1, 1) that look random. */
function factor(size: number, seed: number): Float32Array {
  const values = new Float32Array(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = Math.imul(state, 1664525) + 1013904223 | 0; // Numerical Recipes
    values[i] = state / 2 ** 31;
  }
  return values;
}

/** Compares some elements of a product with their sums in double. */
function checkProduct(
  values: ArrayLike<number>,
  { m, k, n, transposeA, transposeB }: Product,
  { a, b, dtype }: { a: Float32Array; b: Float32Array; dtype: DType },
): void {
  const tolerance = Math.sqrt(k) * (dtype === "float32" ? 1e-6 : 1e-14);
  for (const [row, column] of [[0, 0], [m - 1, n - 1], [m >> 1, n >> 2], [m >> 2, n >> 1]]) {
    let expected = 0;
    for (let i = 0; i < k; i++) {
      const x = transposeA ? a[i * m + row!]! : a[row! * k + i]!;
      expected += x * (transposeB ? b[column! * k + i]! : b[i * n + column!]!);
    }
    const got = values[row! * n + column!]!;
    if (!(Math.abs(got - expected) <= tolerance)) {
      throw new Error(`Wrong product at [${row},${column}] of ${m}x${k}x${n}: ${got}, ${expected}`);
    }
  }
}
