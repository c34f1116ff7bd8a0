// The results as a page of Markdown, which is also what the terminal shows.
import { judgeGoals } from "./goals.ts";
import type { Machine } from "./machine.ts";
import { ours, type Row } from "./rows.ts";
import { workloads } from "./workloads.ts";

/** Losses of one job and their largest relative difference to the reference. */
export interface LossRow {
  readonly engine: string;
  readonly backend: string;
  readonly dtype: string;
  readonly runtime: string;
  readonly method: string;
  readonly losses: readonly number[];
  readonly difference: number;
  readonly agrees: boolean;
}

/** Everything that one run found out. */
export interface Result {
  readonly date: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  readonly losses: readonly LossRow[];
  /** Who could not take part, and why. */
  readonly absent: readonly string[];
}

/** @param backend our backend that the others are compared with. */
export function formatReport(
  { date, machine, rows, losses, absent }: Result,
  backend: string,
): string {
  const { processor, cores, vectors, memoryGiB, system, loadBefore, versions, commit } = machine;
  const parts = [
    `# Benchmark of ${date}`,
    `${processor}, ${cores} cores (${vectors.join(", ")}), ${memoryGiB} GiB, ${system}; load ` +
    `${loadBefore.toFixed(2)} at the start. ` +
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ") +
    (commit ? `; commit ${commit}.` : "."),
    "CPU ms is user and system time of the whole process for one repetition, one thread, the median " +
    "of the rounds with their range; in each round the second quickest of eight blocks. “× ours” is CPU time relative to our " +
    `\`${backend}\` backend with the same dtype in the same runtime (PyTorch: in Node).`,
  ];
  const outcomes = judgeGoals(rows);
  if (outcomes.length > 0) {
    parts.push(
      "## Goals",
      table(
        ["CPU time", "workload", "runtime", "ratio", "goal", ""],
        outcomes.map(({ goal, workload, runtime, ratio, limit }) => [
          goal,
          workload,
          runtime,
          ratio.toFixed(2),
          `≤ ${limit}`,
          ratio <= limit ? "reached" : "missed",
        ]),
      ),
    );
  }
  for (const { name } of workloads.filter(({ name }) => name.endsWith("-step"))) {
    const steps = rows.filter(({ workload }) => workload === name);
    if (steps.length > 0) parts.push(`## ${name}`, stepTable(steps, rows, backend));
  }
  const products = rows.filter(({ workload }) => /^(gemm|peak):/.test(workload));
  if (products.length > 0) {
    parts.push(
      "## Matrix products, GFLOP/s (× ours)",
      productTable(products, rows, backend),
      "“Registers alone” is a loop of vector multiplications and additions that touches no memory: " +
        "what WebAssembly without fusing can do at most on this machine.",
    );
  }
  if (losses.length > 0) {
    parts.push("## Losses before the first three updates", lossTable(losses));
  }
  if (absent.length > 0) {
    parts.push("## Not measured", absent.map((line) => `- ${line}`).join("\n"));
  }
  return parts.join("\n\n") + "\n";
}

const names = ["engine", "backend", "dtype", "runtime"];

function stepTable(steps: readonly Row[], rows: readonly Row[], backend: string): string {
  const headings = ["CPU ms", "range", "wall ms", "× ours", "GFLOP/s", "in GEMM", "note"];
  return table(
    [...names, ...headings],
    steps.map((row) => [
      row.engine,
      row.backend,
      row.dtype,
      row.runtime,
      row.cpuMsPerStep.toFixed(1),
      `${Math.min(...row.rounds).toFixed(1)}–${Math.max(...row.rounds).toFixed(1)}`,
      row.wallMs.toFixed(1),
      timesOurs(row, rows, backend),
      row.gflops.toFixed(1),
      row.gemmShare === undefined ? "" : `${(100 * row.gemmShare).toFixed(0)} %`,
      row.note ?? "",
    ]),
  );
}

function timesOurs(row: Row, rows: readonly Row[], backend: string): string {
  const reference = ours(row, rows, backend);
  return reference ? (row.cpuMsPerStep / reference.cpuMsPerStep).toFixed(2) : "";
}

function productTable(products: readonly Row[], rows: readonly Row[], backend: string): string {
  const shapes = workloads.map(({ name }) => name).filter((name) => /^(gemm|peak):/.test(name));
  const key = ({ engine, backend, dtype, runtime }: Row) => [engine, backend, dtype, runtime];
  const lines = Map.groupBy(products, (row) => key(row).join(" "));
  return table(
    [
      ...names,
      ...shapes.map((name) => name.replace("gemm:", "").replace("peak:mul-add", "registers alone")),
    ],
    [...lines.values()].map((line) => [
      ...key(line[0]!),
      ...shapes.map((shape) => {
        const row = line.find(({ workload }) => workload === shape);
        if (!row) return "";
        const times = timesOurs(row, rows, backend);
        return row.gflops.toFixed(1) + (times === "" ? "" : ` (${times})`);
      }),
    ]),
  );
}

function lossTable(losses: readonly LossRow[]): string {
  return table(
    [...names, "step", "1", "2", "3", "largest difference"],
    losses.map((row) => [
      row.engine,
      row.backend,
      row.dtype,
      row.runtime,
      row.method,
      ...row.losses.map((loss) => loss.toPrecision(row.dtype === "float32" ? 8 : 15)),
      row.difference.toExponential(1) + (row.agrees ? "" : " DISAGREES"),
    ]),
  );
}

/** Columns of equal width, as a formatter would write them; columns of numbers to the right. */
function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const used = head.map((_, c) => body.some((row) => row[c] !== ""));
  const columns = head.map((_, c) => c).filter((c) => used[c]);
  const widths = head.map((name, c) =>
    Math.max(3, ...[name, ...body.map((r) => r[c]!)].map(width))
  );
  const right = head.map((_, c) => body.every((row) => /^[-+–\d.]*( %)?$/.test(row[c]!)));
  const line = (row: readonly string[]) =>
    "| " + columns.map((c) => {
      const space = " ".repeat(widths[c]! - width(row[c]!));
      return right[c] ? space + row[c] : row[c] + space;
    }).join(" | ") + " |";
  const rule = columns.map((
    c,
  ) => (right[c] ? "-".repeat(widths[c]! - 1) + ":" : "-".repeat(widths[c]!)));
  return [line(head), `| ${rule.join(" | ")} |`, ...body.map(line)].join("\n");
}

const width = (text: string): number => [...text].length;
