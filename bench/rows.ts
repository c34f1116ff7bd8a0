// From the answers of many rounds to the rows of the result.
import type { DType, Timing } from "./child.ts";
import type { Job } from "./jobs.ts";
import type { RuntimeName } from "./runtimes.ts";
import { workloads } from "./workloads.ts";

/** One line of the results: an engine and its time for one workload. */
export interface Row {
  /** `fa` is ours. */
  readonly engine: string;
  readonly backend: string;
  readonly dtype: DType;
  readonly runtime: RuntimeName;
  /** `bp-step`, `dfa-step` or `gemm:MxKxN:layout`. */
  readonly workload: string;
  /** Median of the rounds. */
  readonly cpuMsPerStep: number;
  /** Median of the rounds. */
  readonly wallMs: number;
  /** 10⁹ operations in a second of CPU time; of a step, its large products alone are counted. */
  readonly gflops: number;
  /** Timed repetitions in all rounds. */
  readonly n: number;
  /** CPU ms of each round. */
  readonly rounds: readonly number[];
  /** Part of the wall time spent in matrix products; ours only. */
  readonly gemmShare?: number;
  readonly note?: string;
}

/** The rows of one job, from what it measured in each round. */
export function makeRows(
  { engine, backend, dtype, runtime }: Omit<Job, "file">,
  rounds: readonly (readonly Timing[])[],
  notes: Readonly<Record<string, string>>,
): Row[] {
  const rows: Row[] = [];
  for (const { name: workload, gflop } of workloads) {
    const timings = rounds.flat().filter((timing) => timing.workload === workload);
    if (timings.length === 0) continue;
    const cpuMsPerStep = median(timings.map(({ cpuMs }) => cpuMs));
    const shares = timings.flatMap(({ gemmShare }) => gemmShare ?? []);
    const note = notes[workload] ?? notes[""];
    rows.push({
      engine,
      backend,
      dtype,
      runtime,
      workload,
      cpuMsPerStep,
      wallMs: median(timings.map(({ wallMs }) => wallMs)),
      gflops: gflop / cpuMsPerStep * 1000,
      n: timings.reduce((sum, { n }) => sum + n, 0),
      rounds: timings.map(({ cpuMs }) => cpuMs),
      ...(shares.length > 0 ? { gemmShare: median(shares) } : {}),
      ...(note ? { note } : {}),
    });
  }
  return rows;
}

/** The middle value; the mean of both where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The row of our default backend that a row is compared with; Python's are compared with Node's. */
export function ours(row: Row, rows: readonly Row[], backend: string): Row | undefined {
  const runtime = row.runtime === "python" ? "node" : row.runtime;
  return rows.find((other) =>
    other.engine === "fa" && other.backend === backend && other.dtype === row.dtype &&
    other.runtime === runtime && other.workload === row.workload
  );
}
