// Runs the jobs one after the other, round after round: what disturbs the machine for a while then
// meets everybody.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Answer, Order, Timing } from "./child.ts";
import type { Job } from "./jobs.ts";
import { argumentsFor, environment, root, type Runtime, type RuntimeName } from "./runtimes.ts";

const run = promisify(execFile);
const TIMEOUT_MS = 300_000;
/** A job whose round takes longer is not repeated: what it shows will not hang on a few per cent. */
const SLOW_MS = 45_000;

/** What became of a job. */
export interface Attempt {
  readonly job: Job;
  readonly rounds: readonly (readonly Timing[])[];
  /** The answer of the first round. */
  readonly answer?: Extract<Answer, { readonly version: string }>;
  /** Why there is none. */
  readonly failure?: string;
}

/** What all jobs have in common. */
export interface Plan extends Omit<Order, "backend" | "dtype"> {
  readonly rounds: number;
  readonly runtimes: ReadonlyMap<RuntimeName, Runtime>;
}

/** All jobs whose runtime is there. Jobs that fail are not tried again. */
export async function runRounds(jobs: readonly Job[], plan: Plan): Promise<Attempt[]> {
  const { rounds, runtimes, ...order } = plan;
  let attempts: Attempt[] = jobs
    .filter(({ runtime }) => runtimes.has(runtime))
    .map((job) => ({ job, rounds: [] }));
  const slow = new Set<Job>();
  for (let round = 1; round <= rounds; round++) {
    const next: Attempt[] = [];
    for (const attempt of attempts) {
      const { job } = attempt;
      if (attempt.failure !== undefined || slow.has(job)) {
        next.push(attempt);
        continue;
      }
      const start = performance.now();
      const name = `${job.engine} ${job.backend} ${job.dtype} in ${job.runtime}`;
      const answer = await runJob(job, runtimes.get(job.runtime)!, order);
      const elapsed = performance.now() - start;
      if (elapsed > SLOW_MS) slow.add(job);
      if ("unavailable" in answer) {
        next.push({ ...attempt, failure: `${name}: ${answer.unavailable}` });
        console.error(`left out: ${next.at(-1)!.failure}`);
      } else {
        next.push({ answer, ...attempt, rounds: [...attempt.rounds, answer.timings] });
        console.error(`round ${round}/${rounds}  ${name.padEnd(42)} ${summary(answer.timings)}`);
      }
    }
    attempts = next;
  }
  return attempts;
}

async function runJob(
  { backend, dtype, runtime, engine, file }: Job,
  { program }: Runtime,
  order: Omit<Order, "backend" | "dtype">,
): Promise<Answer> {
  const argument = JSON.stringify({ ...order, backend, dtype } satisfies Order);
  const args = argumentsFor(runtime, { file, argument, ours: engine === "fa" });
  try {
    const { stdout } = await run(program, args, {
      cwd: root,
      env: environment,
      timeout: TIMEOUT_MS,
      maxBuffer: 1 << 24,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Answer;
  } catch (error) {
    const { killed, stderr, message } = error as { killed?: boolean; stderr?: string } & Error;
    if (killed) return { unavailable: `took longer than ${TIMEOUT_MS / 1000} s` };
    const said = /^.*Error: .*$/m.exec(stderr ?? "")?.[0];
    return { unavailable: `failed: ${said ?? stderr?.trim().split("\n").at(-1) ?? message}` };
  }
}

const summary = (timings: readonly Timing[]): string =>
  timings.filter(({ workload }) => workload.endsWith("-step"))
    .map(({ workload, cpuMs }) => `${workload} ${cpuMs.toFixed(1)} ms`).join("  ");
