// The audit: parse, prepare, run, write, print.

import { join } from "node:path";
import type { RunEvidence } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { openDataset } from "../data/open_dataset.ts";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { machine } from "../machine.ts";
import { prepareFolder, removeIfEmpty } from "../output/prepare_folder.ts";
import { renderMarkdown } from "../output/render_markdown.ts";
import { renderTable } from "../output/render_table.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import { writeAtomic } from "../output/write_atomic.ts";
import { configurationHash } from "../plan/configuration_hash.ts";
import { expectedSeconds } from "../plan/expected_seconds.ts";
import { packedSeconds } from "../plan/packed_seconds.ts";
import { type AuditPlan, planRuns } from "../plan/plan_runs.ts";
import { shareCores } from "../plan/share_cores.ts";
import { aboutDuration } from "../progress/duration.ts";
import { ProgressBoard } from "../progress/progress_board.ts";
import { createReporter, reporterMode } from "../progress/reporter.ts";
import { secondsPerStep } from "../run/seconds_per_step.ts";
import { type AuditResult, runAudit } from "../run_audit.ts";
import { type AuditRequest, type RawAuditOptions, readAuditOptions } from "./audit_options.ts";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";

/** Runs the audit that the options ask for; returns the exit code. */
export async function auditCommand(raw: RawAuditOptions, io: Io): Promise<number> {
  const request = usage(() => readAuditOptions(raw));
  const controller = new AbortController();
  const release = io.onInterrupt(() => controller.abort());
  try {
    return await audit(request, io, controller.signal);
  } finally {
    release();
  }
}

async function audit(request: AuditRequest, io: Io, signal: AbortSignal): Promise<number> {
  const { configuration, dataDir } = request;
  const plan = planRuns(configuration);
  const { workers, threads } = shareCores({
    runs: plan.runs.length,
    backend: configuration.backend,
    cores: machine().cores,
    workers: request.workers,
    threads: request.threads,
  });
  const backend = await openBackend(configuration.backend, { threads });
  const dataset = await openDataset(configuration.data, dataDir);
  const hash = await configurationHash(configuration);
  const out = request.out ?? join("audit-out", `${configuration.preset}-${hash}`);
  await prepareFolder(out, hash);

  const known = rebuildDataset(dataset);
  const expected = request.quiet
    ? undefined
    : expectedSeconds(plan, configuration, (spec) => secondsPerStep(spec, known, backend));
  if (expected) io.stderr.write(`${estimate(plan, expected, workers)}\n`);

  const board = new ProgressBoard(plan.runs, {
    workers,
    expected,
    now: () => performance.now() / 1000,
  });
  const mode = reporterMode(io.stderr, { quiet: request.quiet, term: io.env.TERM });
  const reporter = createReporter(board, { mode, stream: io.stderr });
  const closed = io.onExit(() => reporter.close());
  const kept = new Set<string>();
  let result: AuditResult;
  try {
    result = await runAudit(configuration, {
      dataset,
      // What was asked for, not what came of it: only then may threads be lent.
      ...(request.workers !== undefined && { workers: request.workers }),
      ...(request.threads !== undefined && { threads: request.threads }),
      signal,
      about: { out, dataDir: dataDir ?? null },
      onStart: reporter.start,
      onProgress: reporter.progress,
      onDone: async (spec, evidence) => {
        await writeAtomic(join(out, "runs", spec.id, "evidence.json"), toJson(evidence));
        kept.add(spec.id);
        reporter.done(spec, evidence);
      },
    });
  } catch (error) {
    await removeIfEmpty(out);
    throw new Error(`${(error as Error).message}; ${whatIsKept(kept, plan, out)}`, {
      cause: error,
    });
  } finally {
    reporter.close();
    closed();
  }
  const { report, evidences } = result;
  if (!report) {
    await removeIfEmpty(out);
    io.stderr.write(`stopped: ${whatIsKept(kept, plan, out)}\n`);
    return exitCodes.interrupted;
  }
  const json = toJson(report);
  await writeAtomic(join(out, "audit.json"), json);
  await writeAtomic(join(out, "audit.md"), renderMarkdown(report, inOrder(plan, evidences)));
  io.stdout.write(
    request.json ? json : renderTable(report, { out, style: styleFor(io.stdout, io.env) }),
  );
  return exitCodes.done;
}

/** `about 3 minutes: 11 runs on 2 workers`. */
function estimate(
  { runs }: AuditPlan,
  expected: ReadonlyMap<string, number>,
  workers: number,
): string {
  const seconds = packedSeconds(runs.map(({ id }) => expected.get(id)!), workers);
  return `${aboutDuration(seconds)}: ${runs.length} runs on ${workers} ${
    workers === 1 ? "worker" : "workers"
  }`;
}

function whatIsKept(kept: ReadonlySet<string>, { runs }: AuditPlan, out: string): string {
  return kept.size === 0
    ? `no run was finished, so nothing is kept`
    : `${kept.size} of ${runs.length} runs were finished and are kept in ${join(out, "runs")}`;
}

/** The evidence in the order of the plan, not in that of the finish. */
function inOrder(
  { runs }: AuditPlan,
  evidences: ReadonlyMap<string, RunEvidence>,
): Map<string, RunEvidence> {
  return new Map(runs.map(({ id }) => [id, evidences.get(id)!]));
}
