/**
 * Times training steps and matrix products of our engine and its peers, in one run, on the same
 * weights and batch, and checks that all of them compute the same losses.
 *
 *     deno task bench                          everything, into bench/results; about half an hour
 *     deno task bench --quick                  one short round
 *     deno task bench --only fa,jax-js         these engines
 *     deno task bench --runtime node           these runtimes
 *
 * What is missing on this machine is left out and said. Only losses that disagree are an error.
 */
import { execFile } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import { jsBackend, setDefaultBackend, unknownName } from "@fa/tensor";
import { compareLosses } from "./agreement.ts";
import { backendNames, defaultBackend } from "./backends.ts";
import { engineNames, type Job, jobs } from "./jobs.ts";
import { describeMachine } from "./machine.ts";
import { makeProblem } from "./make_problem.ts";
import { type Problem, readProblem } from "./problem.ts";
import { formatReport, type LossRow, type Result } from "./report.ts";
import { type Attempt, runRounds } from "./rounds.ts";
import { makeRows } from "./rows.ts";
import { findRuntime, root, type Runtime, type RuntimeName } from "./runtimes.ts";
import { makeStep } from "./train.ts";
import { type Method, workloads } from "./workloads.ts";

const run = promisify(execFile);
const peers = join(root, "bench/peers");
const resultFolder = join(root, "bench/results");
const runtimeNames = ["node", "deno", "bun", "python"] as const;
const dtypeNames = ["float32", "float64"] as const;

const help = `Usage: deno task bench [options]

  --quick            one short round
  --rounds <n>       rounds, of which the median counts (default: 3)
  --only <names>     engines: ${engineNames.join(", ")}
  --backend <names>  backends of fa: ${backendNames.join(", ")}
  --runtime <names>  ${runtimeNames.join(", ")}
  --dtype <names>    ${dtypeNames.join(", ")}
  --steps            training steps alone, no matrix products
  --help             this page

A run of everything is written to bench/results/<date>.json and .md, any other beside it as
<date>-partial.`;

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      quick: { type: "boolean" },
      rounds: { type: "string" },
      only: { type: "string" },
      backend: { type: "string" },
      runtime: { type: "string" },
      dtype: { type: "string" },
      steps: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (options.help) return console.log(help);
  const wanted = {
    engine: choose("engine", options.only, engineNames),
    backend: choose("backend", options.backend, backendNames),
    runtime: choose("runtime", options.runtime, runtimeNames),
    dtype: choose("dtype", options.dtype, dtypeNames),
  };
  const rounds = options.quick ? 1 : Number(options.rounds ?? 3);
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw new RangeError(`Cannot run ${options.rounds} rounds as it must be a whole number ≥ 1`);
  }
  const complete = Object.keys(options).length === 0;
  const chosen = jobs.filter((job) =>
    wanted.engine.includes(job.engine) && wanted.runtime.includes(job.runtime) &&
    wanted.dtype.includes(job.dtype) &&
    (job.engine !== "fa" || wanted.backend.includes(job.backend))
  );

  const machine = await describeMachine();
  const absent: string[] = [];
  const runtimes = await findRuntimes(chosen, absent);
  if (chosen.some(({ engine, runtime }) => engine !== "fa" && runtime !== "python")) {
    await installPeers(absent);
  }
  await mkdir(resultFolder, { recursive: true });
  const path = join(resultFolder, "problem.safetensors");
  await makeProblem(path);
  const problem = await readProblem(path);
  let attempts: readonly Attempt[];
  try {
    attempts = await runRounds(chosen, {
      rounds,
      runtimes,
      problem: path,
      workloads: workloads.map(({ name }) => name)
        .filter((name) => !options.steps || name.endsWith("-step")),
      ...(options.quick ? { warmUpMs: 200, budgetMs: 300 } : { warmUpMs: 500, budgetMs: 1000 }),
    });
  } finally {
    await rm(path);
  }

  const losses = compare(attempts, problem);
  const result: Result = {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      ...machine,
      versions: Object.fromEntries([
        ...[...runtimes].map(([name, { version }]) => [name, version]),
        ...attempts.flatMap(({ job, answer }) => answer ? [[job.engine, answer.version]] : []),
      ]),
    },
    rows: attempts.flatMap(({ job, rounds, answer }) => makeRows(job, rounds, answer?.notes ?? {})),
    losses,
    absent: [...new Set([...absent, ...attempts.flatMap(({ failure }) => failure ?? [])])],
  };
  const report = formatReport(result, defaultBackend);
  console.log(report);
  const wrong = losses.filter(({ agrees }) => !agrees);
  if (wrong.length > 0) {
    for (const { engine, backend, dtype, runtime, method, difference } of wrong) {
      console.error(
        `Losses disagree: ${engine} ${backend} ${dtype} in ${runtime}, ${method}, by ${difference}`,
      );
    }
    console.error("Nothing was written: times of different computations cannot be compared");
    process.exitCode = 1;
  } else if (result.rows.length > 0) {
    await write(`${result.date}${complete ? "" : "-partial"}`, result, report);
  }
}

/** The names in a list with commas; all of them if there is none. */
function choose(
  what: string,
  list: string | undefined,
  known: readonly string[],
): readonly string[] {
  const names = list?.split(",") ?? known;
  for (const name of names) if (!known.includes(name)) throw unknownName(what, name, known);
  return names;
}

/** The runtimes that the jobs need and that are there. */
async function findRuntimes(
  jobs: readonly Job[],
  absent: string[],
): Promise<Map<RuntimeName, Runtime>> {
  const found = new Map<RuntimeName, Runtime>();
  for (const name of new Set(jobs.map(({ runtime }) => runtime))) {
    try {
      found.set(name, await findRuntime(name));
    } catch (error) {
      absent.push(`everything in ${name}: ${error instanceof Error ? error.message : error}`);
      console.error(`left out: ${absent.at(-1)}`);
    }
  }
  return found;
}

/** Installs the peers, unless they are there as the lock file says. */
async function installPeers(absent: string[]): Promise<void> {
  const changed = async (path: string) => (await stat(join(peers, path))).mtimeMs;
  const installed = await changed("node_modules/.package-lock.json").catch(() => 0);
  if (installed > await changed("package-lock.json")) return;
  console.error("installing the peers in bench/peers");
  try {
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: peers });
  } catch (error) {
    absent.push(`peers in JavaScript: npm ci in bench/peers failed: ${error}`);
    console.error(`left out: ${absent.at(-1)}`);
  }
}

/** Every job's first losses beside those of the plain backend in double. */
function compare(attempts: readonly Attempt[], problem: Problem): LossRow[] {
  setDefaultBackend(jsBackend);
  const references = new Map<string, number[]>();
  const reference = (method: Method, count: number): number[] => {
    if (!references.has(method)) {
      const step = makeStep(problem, { method, dtype: "float64" });
      references.set(method, Array.from({ length: count }, step));
    }
    return references.get(method)!;
  };
  return attempts.flatMap(({ job: { engine, backend, dtype, runtime }, answer }) =>
    Object.entries(answer?.losses ?? {}).map(([method, losses]) => ({
      engine,
      backend,
      dtype,
      runtime,
      method,
      losses,
      ...compareLosses({
        engine,
        dtype,
        losses,
        reference: reference(method as Method, losses.length),
      }),
    }))
  );
}

async function write(name: string, { date, machine, ...rest }: Result, report: string) {
  const files = [`${name}.json`, `${name}.md`].map((file) => join(resultFolder, file));
  await writeFile(files[0]!, JSON.stringify({ machine: { date, ...machine }, ...rest }, null, 2));
  await writeFile(files[1]!, report);
  await run(process.execPath, ["fmt", "-q", ...files], { cwd: root }); // as the repository wants it
  console.error(`written: bench/results/${name}.json and .md`);
}

try {
  await main();
} catch (error) {
  // A wrong command line is answered in words, anything else is a fault of ours.
  if (!(error instanceof RangeError || error instanceof TypeError && "code" in error)) throw error;
  console.error(`${error.message}\n\n${help}`);
  process.exitCode = 2;
}
