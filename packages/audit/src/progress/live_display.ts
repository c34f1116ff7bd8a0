// Progress that redraws itself in place on a terminal.

import type { Display, TerminalStream } from "./display.ts";
import type { ProgressBoard } from "./progress_board.ts";
import { liveLines } from "./progress_lines.ts";

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";

/**
 * Keeps a block of lines at the end of the terminal and redraws it at most ten times a second.
 * Lines that stay are printed above it. `close` removes the block and shows the cursor again.
 */
export class LiveDisplay implements Display {
  readonly #stream: TerminalStream;
  readonly #board: ProgressBoard;
  #drawn = 0; // lines of the block on the screen
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(stream: TerminalStream, board: ProgressBoard) {
    this.#stream = stream;
    this.#board = board;
    stream.write(hideCursor);
  }

  line(text: string): void {
    if (this.#closed) return;
    this.#stream.write(`${this.#erase()}${this.#cut(text)}\n`);
    this.#draw();
  }

  changed(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, 100);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stream.write(this.#erase() + showCursor);
  }

  #draw(): void {
    const lines = liveLines(this.#board).map((line) => this.#cut(line));
    this.#stream.write(this.#erase() + lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** Moves to the first line of the block and clears from there; writes nothing itself. */
  #erase(): string {
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A\r\x1b[J` : "";
    this.#drawn = 0;
    return up;
  }

  /** A line that wraps would be two lines to erase. */
  #cut(line: string): string {
    const columns = Math.max(20, this.#stream.columns ?? 80);
    const letters = [...line];
    return letters.length < columns ? line : `${letters.slice(0, columns - 2).join("")}…`;
  }
}
