// What we want to reach, as ratios of CPU time within one run.
import type { DType } from "./child.ts";
import type { Row } from "./rows.ts";

interface Side {
  readonly engine: string;
  readonly backend: string;
  readonly dtype: DType;
}

/** One goal in one runtime, and what was measured. */
export interface Outcome {
  readonly goal: string;
  readonly workload: string;
  readonly runtime: string;
  readonly ratio: number;
  readonly limit: number;
}

const goals: readonly { readonly side: Side; readonly other: Side; readonly limit: number }[] = [
  {
    side: { engine: "fa", backend: "wasm", dtype: "float32" },
    other: { engine: "jax-js", backend: "wasm", dtype: "float32" },
    limit: 0.45,
  },
  {
    side: { engine: "fa", backend: "wasm", dtype: "float64" },
    other: { engine: "fa", backend: "wasm", dtype: "float32" },
    limit: 2.2,
  },
  {
    side: { engine: "fa", backend: "blas", dtype: "float32" },
    other: { engine: "pytorch", backend: "cpu", dtype: "float32" },
    limit: 0.75,
  },
  {
    side: { engine: "fa", backend: "blas", dtype: "float64" },
    other: { engine: "pytorch", backend: "cpu", dtype: "float64" },
    limit: 0.8,
  },
];

/** Every goal of which both sides were measured, for each step and runtime. */
export function judgeGoals(rows: readonly Row[]): Outcome[] {
  const steps = rows.filter(({ workload }) => workload.endsWith("-step"));
  return goals.flatMap(({ side, other, limit }) =>
    steps.filter((row) => matches(row, side)).flatMap((row): Outcome[] => {
      const { workload, runtime } = row;
      const against = steps.find((candidate) =>
        matches(candidate, other) && candidate.workload === workload &&
        (candidate.runtime === runtime || candidate.runtime === "python")
      );
      if (!against) return [];
      const ratio = row.cpuMsPerStep / against.cpuMsPerStep;
      return [{ goal: `${label(side)} / ${label(other)}`, workload, runtime, ratio, limit }];
    })
  );
}

const matches = (row: Row, { engine, backend, dtype }: Side): boolean =>
  row.engine === engine && row.backend === backend && row.dtype === dtype;

const label = ({ engine, backend, dtype }: Side): string => `${engine} ${backend} ${dtype}`;
