// A way to show lines, and the stream that they go to.

/** A way to show lines. */
export interface Display {
  /** Shows a line that stays. */
  line(text: string): void;
  /** The board has changed. */
  changed(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** What is needed of a terminal. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}
