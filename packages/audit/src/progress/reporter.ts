// Shows progress on standard error: live on a terminal, in plain lines elsewhere, or not at all.

import { finalSnapshot, type RunEvidence } from "@fa/protocol";
import type { Progress, RunSpec } from "../run/run_spec.ts";
import type { Display, TerminalStream } from "./display.ts";
import { LiveDisplay } from "./live_display.ts";
import { PlainDisplay } from "./plain_display.ts";
import type { ProgressBoard, Reading } from "./progress_board.ts";
import { finishedLine, keptLine } from "./progress_lines.ts";

/** Hears what happens in the grid and shows it. */
export interface Reporter {
  /** A run that an earlier start of the audit has finished. */
  kept(spec: RunSpec, evidence: RunEvidence): void;
  start(spec: RunSpec): void;
  progress(progress: Progress): void;
  done(spec: RunSpec, evidence: RunEvidence): void;
  close(): void;
}

/** How to show progress. */
export interface ReporterOptions {
  readonly mode: "live" | "plain" | "quiet";
  readonly stream: TerminalStream;
}

/** The mode for a stream: live on a terminal that understands it. */
export function reporterMode(
  stream: { readonly isTTY?: boolean },
  { quiet, term }: { readonly quiet: boolean; readonly term: string | undefined },
): ReporterOptions["mode"] {
  if (quiet) return "quiet";
  return stream.isTTY && term !== "dumb" ? "live" : "plain";
}

/** A reporter of what a board holds. */
export function createReporter(board: ProgressBoard, { mode, stream }: ReporterOptions): Reporter {
  const display: Display = mode === "live"
    ? new LiveDisplay(stream, board)
    : mode === "plain"
    ? new PlainDisplay(stream, board)
    : { line() {}, changed() {}, close() {} };
  return {
    kept(spec, evidence) {
      board.resume(spec.id, spec.stopAfter, lastReading(evidence));
      display.line(keptLine(board, spec.id));
    },
    start(spec) {
      board.start(spec.id);
      display.changed();
    },
    progress(progress) {
      board.update(progress);
      display.changed();
    },
    done(spec, evidence) {
      board.finish(spec.id, lastReading(evidence));
      display.line(finishedLine(board, spec.id));
    },
    close: () => display.close(),
  };
}

function lastReading(evidence: RunEvidence): Reading {
  const { hiddenNorms, gradientNorms } = finalSnapshot(evidence);
  return {
    accuracy: evidence.finalAccuracy.value,
    hiddenNorm: hiddenNorms.at(-1),
    gradientNorm: gradientNorms.at(-1),
  };
}
