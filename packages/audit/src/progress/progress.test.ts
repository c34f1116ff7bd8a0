import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "@fa/protocol";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { LiveDisplay } from "./live_display.ts";
import { PlainDisplay } from "./plain_display.ts";
import { ProgressBoard } from "./progress_board.ts";
import { finishedLine, heartbeatLine, keptLine, liveLines } from "./progress_lines.ts";
import { createReporter, reporterMode } from "./reporter.ts";

const test = suite("progress");

const { runs } = planRuns(resolveConfiguration({ preset: "quick", methods: ["bp", "dfa"] })); // 11 runs of 20 epochs

function boardAt(clock: { now: number }, expected?: ReadonlyMap<string, number>): ProgressBoard {
  return new ProgressBoard(runs, { workers: 2, expected, now: () => clock.now });
}

/** A terminal that remembers what was written. */
function fakeStream(columns = 80): { written: string; columns: number; write(text: string): void } {
  return {
    written: "",
    columns,
    write(text) {
      this.written += text;
    },
  };
}

// Oracle: arithmetic. 2 of 11 runs half done after 10 s: 20 s a run, so 10 s for these two and
// 9 more runs on 2 workers = 5 rounds of 20 s.
test("estimates the time left from what was measured", () => {
  const clock = { now: 100 };
  const board = boardAt(clock);
  assert.is(board.secondsLeft, undefined);
  board.start("bp-42");
  board.start("bp-123");
  clock.now = 110;
  board.update({ id: "bp-42", epoch: 10, epochs: 20 });
  board.update({ id: "bp-123", epoch: 10, epochs: 20 });
  assert.is(board.secondsLeftOf("bp-42"), 10);
  assert.is(board.secondsLeft, 110);
  assert.ok(Math.abs(board.fraction - 1 / 11) < 1e-12);
});

// Oracle: arithmetic, weights: a frozen run is expected to take half of a trained one.
test("weighs runs by their expected time", () => {
  const clock = { now: 0 };
  const expected = new Map(runs.map((spec) => [spec.id, spec.trainedBlocks === 0 ? 30 : 60]));
  const board = boardAt(clock, expected); // 6 × 60 + 5 × 30 = 510 s of work
  assert.is(board.secondsLeft, 3 * 60 + 3 * 30); // 3 rounds of trained, then 3 + 2 frozen
  board.start("bp-42");
  clock.now = 30;
  board.update({ id: "bp-42", epoch: 20, epochs: 20 });
  board.finish("bp-42", {});
  assert.ok(Math.abs(board.fraction - 60 / 510) < 1e-12);
  assert.is(board.secondsLeft, (60 * 3 + 30 * 2) / 2); // twice as fast as expected
});

// Oracle: arithmetic. Half of bp-42 was there before; a quarter more takes 5 s, so the last quarter
// takes 5 s and each of the 8 runs that are left 20 s on 2 workers: 5 + 4 × 20 and 4 × 20 s.
test("counts what an earlier start has done, but not the time that it took", () => {
  const clock = { now: 100 };
  const board = boardAt(clock);
  board.resume("bp-42", 10);
  board.resume("bp-123", 20);
  board.resume("dfa-42", 20, { accuracy: 0.31 });
  assert.is(board.secondsLeft, undefined);
  assert.ok(Math.abs(board.fraction - 2.5 / 11) < 1e-12);
  assert.is(keptLine(board, "dfa-42"), "kept dfa-42  accuracy 0.310  2 of 11 runs");
  board.start("bp-42");
  clock.now = 101;
  board.update({ id: "bp-42", epoch: 10, epochs: 20 });
  clock.now = 106;
  board.update({ id: "bp-42", epoch: 15, epochs: 20 });
  assert.is(board.secondsLeftOf("bp-42"), 5);
  assert.is(board.secondsLeft, 85);
  assert.is(
    heartbeatLine(board),
    "25 %, 2 of 11 runs done; running bp-42 epoch 15.0/20; 1 min 25 s left",
  );
  clock.now = 111;
  board.finish("bp-42", {});
  assert.is(finishedLine(board, "bp-42"), "done bp-42  10 epochs in 10 s  3 of 11 runs");
});

test("counts the time of a run from its first word", () => {
  const clock = { now: 0 };
  const board = boardAt(clock);
  board.start("bp-42");
  clock.now = 5;
  board.update({ id: "bp-42", epoch: 0, epochs: 20 });
  clock.now = 6;
  board.update({ id: "bp-42", epoch: 1, epochs: 20 });
  assert.ok(Math.abs(board.secondsLeftOf("bp-42")! - 19) < 1e-9);
});

// Oracle: arithmetic. 130 s for 32.42 epochs: 80.2 s a run. One worker is free for 5 more of them,
// the other one in 40 s for 4: 401 s.
test("says how far everything is", () => {
  const clock = { now: 0 };
  const board = boardAt(clock);
  board.start("bp-42");
  board.start("dfa-42");
  clock.now = 65;
  board.update({ id: "bp-42", epoch: 13, epochs: 20 });
  board.finish("bp-42", { accuracy: 0.7154, hiddenNorm: 12.34, gradientNorm: 4.2e-4 });
  board.update({
    id: "dfa-42",
    epoch: 12.42,
    epochs: 20,
    accuracy: 0.31,
    hiddenNorm: { valid: false, reason: "NaN" },
    gradientNorm: 4.18e-9,
  });
  assert.is(
    finishedLine(board, "bp-42"),
    "done bp-42  accuracy 0.715  ‖h_L‖ 12.3  ‖g_L‖ 4.20e-4  20 epochs in 1 min 05 s  1 of 11 runs",
  );
  assert.is(
    heartbeatLine(board),
    "14 %, 1 of 11 runs done; running dfa-42 epoch 12.4/20; 6 min 41 s left",
  );
  const [run, overall, ...rest] = liveLines(board);
  assert.is(
    run,
    "dfa-42  epoch 12.4/20  accuracy 0.310  ‖h_L‖ not measured  ‖g_L‖ 4.18e-9  40 s left",
  );
  assert.is(overall, "███░░░░░░░░░░░░░░░░░░░░░ 14 %  1 of 11 runs done  6 min 41 s left");
  assert.is(rest.length, 0);
});

// Oracle: the control sequences of ECMA-48: CUU (A), ED (J), DECTCEM (?25l, ?25h).
test("redraws in place, never wraps, and gives the cursor back", () => {
  const stream = fakeStream(40);
  const board = boardAt({ now: 0 });
  const display = new LiveDisplay(stream, board);
  assert.is(stream.written, "\x1b[?25l");
  board.start("bp-42");
  display.line("x".repeat(100));
  display.line("second");
  display.close();
  display.line("after the end");
  const blocks = stream.written.split("\x1b[2A\r\x1b[J"); // one running run and the overall line
  assert.is(blocks.length, 3); // drawn twice, erased twice
  assert.match(blocks[1]!, /^second\n/);
  assert.is(blocks[2], "\x1b[?25h");
  for (const line of stream.written.split("\n")) {
    // deno-lint-ignore no-control-regex
    assert.ok([...line.replace(/\x1b\[[?\d]*[A-Za-z]|\r/g, "")].length < 40, line);
  }
});

test("redraws at most ten times a second", async () => {
  const stream = fakeStream();
  const board = boardAt({ now: 0 });
  const display = new LiveDisplay(stream, board);
  const started = performance.now();
  while (performance.now() - started < 350) {
    display.changed();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  display.close();
  const draws = stream.written.split("runs done").length - 1;
  assert.ok(draws >= 1 && draws <= 4, `${draws} draws in 350 ms`);
});

test("prints a sign of life after a silence, and none after the end", async () => {
  const stream = fakeStream();
  const display = new PlainDisplay(stream, boardAt({ now: 0 }), 20);
  await new Promise((resolve) => setTimeout(resolve, 200));
  display.close();
  const lines = stream.written.trim().split("\n");
  assert.ok(lines.length >= 2 && lines.every((line) => line === "0 %, 0 of 11 runs done"));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.is(stream.written.trim().split("\n").length, lines.length);
});

test("chooses the display by the stream", () => {
  const quiet = false;
  assert.is(reporterMode({ isTTY: true }, { quiet, term: "xterm" }), "live");
  assert.is(reporterMode({ isTTY: true }, { quiet, term: "dumb" }), "plain");
  assert.is(reporterMode({}, { quiet, term: undefined }), "plain");
  assert.is(reporterMode({ isTTY: true }, { quiet: true, term: "xterm" }), "quiet");
});

test("reports a finished run with its last numbers", () => {
  const stream = fakeStream();
  const reporter = createReporter(boardAt({ now: 0 }), { mode: "plain", stream });
  reporter.start(runs[0]!);
  reporter.done(
    runs[0]!,
    exampleEvidence({ accuracy: 0.5, hiddenNorms: [9, 18, 36], gradientNorm: 1e-3 }),
  );
  reporter.close();
  assert.match(stream.written, "done bp-42  accuracy 0.500  ‖h_L‖ 36.0  ‖g_L‖ 0.00100  20 epochs");
});

test.run();
