// Progress in words: the lines of both displays.

import { formatNumber } from "@fa/protocol";
import { formatDuration } from "./duration.ts";
import type { ProgressBoard, Reading, RunState } from "./progress_board.ts";

/** The live display: one line for each running run, then the whole grid with a bar. */
export function liveLines(board: ProgressBoard): string[] {
  const running = board.in("running");
  const width = Math.max(0, ...running.map(({ id }) => id.length));
  return [...running.map((run) => runningLine(board, run, width)), overallLine(board)];
}

function runningLine(board: ProgressBoard, run: RunState, width: number): string {
  const parts = [run.id.padEnd(width), `epoch ${epochs(run)}`.padEnd(13), ...readingWords(run)];
  const left = board.secondsLeftOf(run.id);
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  return parts.join("  ");
}

function overallLine(board: ProgressBoard): string {
  const cells = 24;
  const filled = Math.floor(board.fraction * cells);
  const bar = "█".repeat(filled) + "░".repeat(cells - filled);
  const left = board.secondsLeft;
  const time = left === undefined ? "" : `  ${formatDuration(left)} left`;
  return `${bar} ${percent(board)}  ${count(board)} done${time}`;
}

/** The line of a finished run. */
export function finishedLine(board: ProgressBoard, id: string): string {
  const run = board.of(id);
  const epochs = run.epochs - run.from;
  const took = `${epochs} ${epochs === 1 ? "epoch" : "epochs"} in ${formatDuration(run.seconds)}`;
  return [`done ${id}`, ...readingWords(run), took, count(board)].join("  ");
}

/** The line of a run that an earlier start has finished. */
export function keptLine(board: ProgressBoard, id: string): string {
  return [`kept ${id}`, ...readingWords(board.of(id)), count(board)].join("  ");
}

/** The heartbeat of the plain display. */
export function heartbeatLine(board: ProgressBoard): string {
  const runs = board.in("running").map((run) => `${run.id} epoch ${epochs(run)}`).join(", ");
  const left = board.secondsLeft;
  const time = left === undefined ? "" : `; ${formatDuration(left)} left`;
  return `${percent(board)}, ${count(board)} done${runs && `; running ${runs}`}${time}`;
}

function readingWords({ accuracy, hiddenNorm, gradientNorm }: Reading): string[] {
  const words: string[] = [];
  if (accuracy !== undefined) words.push(`accuracy ${formatNumber(accuracy, { decimals: 3 })}`);
  if (hiddenNorm !== undefined) words.push(`‖h_L‖ ${formatNumber(hiddenNorm)}`);
  if (gradientNorm !== undefined) words.push(`‖g_L‖ ${formatNumber(gradientNorm)}`);
  return words;
}

function epochs({ epoch, epochs }: RunState): string {
  return `${epoch.toFixed(1)}/${epochs}`;
}

function percent(board: ProgressBoard): string {
  return `${Math.floor(board.fraction * 100)} %`;
}

function count(board: ProgressBoard): string {
  return `${board.in("done").length + board.in("kept").length} of ${board.size} runs`;
}
