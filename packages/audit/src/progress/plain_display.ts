// Progress for logs: a line for each finished run, and a sign of life in between.

import type { Display, TerminalStream } from "./display.ts";
import type { ProgressBoard } from "./progress_board.ts";
import { heartbeatLine } from "./progress_lines.ts";

/** Prints lines that stay, and after ten seconds without one a line about what is running. */
export class PlainDisplay implements Display {
  readonly #stream: TerminalStream;
  readonly #board: ProgressBoard;
  readonly #silence: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param silence milliseconds after which a sign of life is due. */
  constructor(stream: TerminalStream, board: ProgressBoard, silence = 10_000) {
    this.#stream = stream;
    this.#board = board;
    this.#silence = silence;
    this.#restart();
  }

  line(text: string): void {
    if (this.#closed) return;
    this.#stream.write(`${text}\n`);
    this.#restart();
  }

  changed(): void {}

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.line(heartbeatLine(this.#board)), this.#silence);
  }
}
